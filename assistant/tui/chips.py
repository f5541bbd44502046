"""Long texts of a draft, folded into one short word each: "[pasted 120 lines]".

    chips = Chips()
    chips.fold(text)                 -> "[pasted 120 lines]"
    chips.unfold("Explain: [pasted 120 lines]")  -> the draft as it is sent

Only what was folded here is unfolded, so a text that looks like a chip stays what it is. It refuses
to know where a draft is typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES = 8
"""As many as the composer shows at once."""
MOST_CHARACTERS = 2000


@dataclass(frozen=True)
class Chip:
    """Where one stands in a line."""

    start: int
    end: int
    token: str


class Chips:
    """What was folded in one draft."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """The text, or the chip that stands for it when it is long."""
        lines = text.count("\n") + (not text.endswith("\n"))
        if lines <= MOST_LINES and len(text) <= MOST_CHARACTERS:
            return text
        size = f"{lines:,} lines" if lines > MOST_LINES else f"{len(text):,} characters"
        return self.add(f"pasted {size}", text)

    def add(self, label: str, text: str) -> str:
        """A chip of this label for a text; a second one of the same label gets a number."""
        token, number = f"[{label}]", 1
        while self._texts.get(token, text) != text:
            number += 1
            token = f"[{label} #{number}]"
        self._texts[token] = text
        return token

    def text_of(self, token: str) -> str:
        return self._texts[token]

    def unfold(self, draft: str) -> str:
        """The draft with the texts in place of their chips."""
        pattern = self._pattern()
        # In one pass: what a text contains is never taken for a chip itself.
        return pattern.sub(lambda found: self._texts[found[0]], draft) if pattern else draft

    def within(self, line: str) -> list[Chip]:
        """The chips of one line."""
        pattern = self._pattern()
        found = pattern.finditer(line) if pattern else ()
        return [Chip(match.start(), match.end(), match[0]) for match in found]

    def forget(self) -> None:
        """Begin another draft."""
        self._texts.clear()

    def _pattern(self) -> re.Pattern[str] | None:
        if not self._texts:
            return None
        longest_first = sorted(self._texts, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)))
