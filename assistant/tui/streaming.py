"""Where Markdown that is still being written can be cut: which blocks are finished for good.

    pieces = Pieces()
    pieces.feed("# Title\\n\\nSome wo")     -> [Piece("# Title\\n\\n")]
    pieces.rest                            -> "Some wo"
    pieces.finish()                        -> [Piece("Some wo")]

The cuts depend on the text alone and never on how it was chunked, so a screen that was drawn while
an answer arrived equals one drawn afterwards. It refuses to know widgets.

Why it holds: only complete lines are read, because half a line can still become anything; the last
block is kept back while it can still grow; and a block that another one follows is settled. Code
behind its last fence and a paragraph behind a blank line cannot grow, and are drawn at once.
Long lists are cut every few items, so that no single piece is dear to draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_CLOSING = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")
ITEMS_PER_PIECE = 10
"""So that the numbers of a list up to 99 keep one width."""


@dataclass(frozen=True)
class Piece:
    """One finished block of Markdown, or some items of a long list."""

    text: str
    continued: bool = False
    """It goes on with the list of the piece before, so no gap belongs between them."""
    first_number: int | None = None
    """What the first item counts as, when that list is ordered."""


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """As few pieces as look the same, for a text that is drawn at once: cuts remain in long lists
    only."""
    found: list[Piece] = []
    for piece in pieces:
        if found and not piece.continued:
            found[-1] = replace(found[-1], text=found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def markdown_parser() -> MarkdownIt:
    """What counts as Markdown here: GitHub's, and HTML is text like any other, so that `List<int>`
    or a tag in an answer stays visible."""
    # Sixty modules: not before the first paint.
    from markdown_it import MarkdownIt

    return MarkdownIt("gfm-like", {"html": False})


@lru_cache(maxsize=1)
def _block_parser() -> MarkdownIt:
    # Blocks are found without reading what is inside the lines, which is most of the work.
    parser = markdown_parser()
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@dataclass(frozen=True)
class _Cut:
    line: int
    continued: bool = False
    """Whether this cut is inside a list."""
    number: int | None = None


class Pieces:
    """Takes text as it comes and gives back the pieces that are finished."""

    def __init__(self) -> None:
        self.rest = ""
        """What is not finished yet."""
        self.has_references = False
        """Whether link references are defined: pieces cannot see those of other pieces, so such a
        text has to be drawn as a whole once it has ended."""
        self._next = _Cut(0)
        """How the text that is left begins."""
        self._read_to = 0

    @property
    def continued(self) -> bool:
        """Whether what is left goes on with the list of the last piece."""
        return self._next.continued

    def feed(self, text: str) -> list[Piece]:
        """Add text; the pieces that it finished, in order."""
        self.rest += text
        complete = self.rest.rfind("\n") + 1
        if complete <= self._read_to:
            return []
        self._read_to = complete
        return self._take(self.rest[:complete])

    def finish(self) -> list[Piece]:
        """The pieces of what is left, when nothing more comes."""
        pieces = self._take(self.rest)
        if self.rest.strip():
            pieces.append(Piece(self.rest, self._next.continued, self._next.number))
        self.rest, self._next = "", _Cut(0)
        return pieces

    def _take(self, text: str) -> list[Piece]:
        lines = text.splitlines(keepends=True)
        cuts = self._cuts(text)
        pieces: list[Piece] = []
        start = 0
        for cut in cuts:
            piece = "".join(lines[start : cut.line])
            if piece.strip():
                pieces.append(Piece(piece, self._next.continued, self._next.number))
            start, self._next = cut.line, cut
        taken = sum(len(line) for line in lines[:start])
        self.rest = self.rest[taken:]
        self._read_to -= min(taken, self._read_to)
        return pieces

    def _cuts(self, text: str) -> list[_Cut]:
        """The lines where a later block, or a later stretch of a list, begins; those of blocks that
        are known to be whole are their ends, so that they need not wait for what follows."""
        env: dict[str, Any] = {}
        tokens = _block_parser().parse(text, env)
        blocks = [token for token in tokens if token.level == 0 and token.map is not None]
        lines = text.split("\n")
        cuts: list[_Cut] = []
        items = number = 0
        first = 1
        whole = True  # the first block begins the text: nothing before it could be cut off
        for token in tokens:
            if token.map is None:
                continue
            if token.level == 0:
                number += 1
                if not whole:
                    cuts.append(_Cut(token.map[0]))
                end = _end(token, lines)
                whole = _is_whole(token, lines, end, last=number == len(blocks))
                if whole:
                    cuts.append(_Cut(end))
                items = 0
            elif token.type == "list_item_open" and token.level == 1:
                if items == 0 and token.info:
                    first = self._first_number(number, token.info)
                if items and items % ITEMS_PER_PIECE == 0:
                    cuts.append(_Cut(token.map[0], True, first + items if token.info else None))
                items += 1
        self.has_references = self.has_references or bool(env.get("references"))
        return cuts

    def _first_number(self, block: int, marker: str) -> int:
        """What an ordered list counts from: its first marker, unless it continues another piece."""
        if block == 1 and self._next.number is not None:
            return self._next.number
        return int(marker)


def _end(token: Token, lines: Sequence[str]) -> int:
    """The line after a block's last."""
    start, end = token.map or (0, 0)
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _is_whole(token: Token, lines: Sequence[str], end: int, *, last: bool) -> bool:
    """Whether nothing that follows can make a block longer, or another one; lists and code that is
    only indented go on behind blank lines, and are whole when something else follows."""
    if token.type in ("heading_open", "hr"):
        return True
    if token.type == "fence":
        closing = _CLOSING.fullmatch(lines[end - 1])
        opened = token.map is not None and end - 1 > token.map[0]
        return not last or (opened and closing is not None and closing[1].startswith(token.markup))
    if token.type in ("paragraph_open", "table_open", "blockquote_open"):
        # What is behind the last line break is no line yet.
        return not last or (end + 1 < len(lines) and not lines[end].strip())
    return False
