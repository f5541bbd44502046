"""Files named with @ in a draft: which path stands before the cursor, and what is put for a choice.

    naming = Naming(chips)
    naming.before("see @no")         -> Named(start=4, path="no")
    naming.put_for("notes.txt")      -> "[notes.txt, 3 lines] "
    naming.put_for("my docs/")       -> "@my docs/", and `before` goes on below that folder

It refuses to know keys, and where paths are looked up.
"""

from __future__ import annotations

from typing import NamedTuple

from assistant.plain_text import plain
from assistant.tui.attaching import read_attachment
from assistant.tui.chips import Chips
from assistant.tui.completing import named_path
from assistant.tui.layout import one_line


class Named(NamedTuple):
    """A path in a line."""

    start: int
    """The column of its @."""
    path: str
    """As the system knows it."""


class Naming:
    """What is named in one composer."""

    def __init__(self, chips: Chips) -> None:
        self._chips = chips
        self._folders: dict[str, str] = {}
        """Those that were chosen, by what stands for them in the text: it is safe and on one line,
        and their names need not be. Only of these is it known that a space is part of the name."""

    def before(self, text: str) -> Named | None:
        """The path that the word at the end of a line names; None where it names none."""
        for shown in sorted(self._folders, key=len, reverse=True):
            start = text.rfind(f"@{shown}")
            rest = text[start + 1 + len(shown) :]
            begins = start == 0 or (start > 0 and text[start - 1].isspace())
            if begins and not any(character.isspace() for character in rest):
                return Named(start, self._folders[shown] + rest)
        path = named_path(text)
        return None if path is None else Named(len(text) - len(path) - 1, path)

    def put_for(self, path: str) -> str:
        """What stands in the text for a path that was chosen: a chip of a file's text; a folder by
        its name, to go on from.

        Raises:
            InputFileError: the file cannot be sent.
        """
        if path.endswith("/"):
            shown = one_line(path)
            self._folders[shown] = path
            return f"@{shown}"
        label, text = read_attachment(path)
        return f"{self._chips.add(one_line(label), plain(text))} "
