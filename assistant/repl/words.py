"""How wide a text is on a terminal, and where a line of it may be broken.

It refuses to know Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator

from wcwidth import wcswidth, wcwidth

SPACES = " \t"

# What Chinese and Japanese never begin, or end, a line with.
_NOT_FIRST = frozenset(
    "、。,.，．・：；？！ー…―」』】〕〉》）］｝〟’”)]}:;?!%％々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
_NOT_LAST = frozenset("「『【〔〈《（［｛〝‘“([{$￥")

_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u2060\u00a0")


def cells(text: str) -> int:
    """Columns of the terminal that a text takes: two for each CJK character and emoji."""
    width = wcswidth(text)
    # With a control character in it, there is no saying; what can be counted is.
    return width if width >= 0 else sum(max(wcwidth(letter), 0) for letter in text)


def cut(text: str, room: int) -> str:
    """The text, or as much of it as fits into so many columns, with a sign that it goes on."""
    begins = text[: 8 * room]  # which is wider, unless nothing is in it but marks
    if begins == text and cells(text) <= room:
        return text
    while begins and cells(begins) >= room:
        begins = begins[: -max(1, (cells(begins) - room) // 2)]
    return f"{begins.rstrip()}…"


def unbreakable(text: str) -> Iterator[str]:
    """The text in stretches that stay whole, each with the spaces before it.

    Chinese and Japanese have no spaces, and may be broken nearly everywhere.
    """
    start = 0
    seen = bool(text) and text[0] not in SPACES
    for at in range(1, len(text)):
        before, letter = text[at - 1], text[at]
        if letter in SPACES:
            breaks = seen and before not in SPACES
        else:
            breaks = seen and before not in SPACES and _parts(before, letter)
            seen = True
        if breaks:
            yield text[start:at]
            start, seen = at, letter not in SPACES
    if text:
        yield text[start:]


def wrapped(text: str, room: int, indent: int = 0) -> list[str]:
    """A line broken between words, and no word broken: a long name or path stays whole."""
    lines = [""]
    for stretch in unbreakable(text.expandtabs()):
        if not lines[-1].strip() or cells(lines[-1] + stretch) <= room:
            lines[-1] += stretch
        elif word := stretch.lstrip(SPACES):
            lines.append(" " * indent + word)
    return [line.rstrip() for line in lines]


def _parts(before: str, after: str) -> bool:
    """Whether a line may end between two characters that are no spaces."""
    if not (_is_wide(before) or _is_wide(after)):
        return False
    if before in _NOT_LAST or after in _NOT_FIRST or {before, after} & _JOINERS:
        return False
    # Combining marks, skin tones and the halves of flags belong to what is before them.
    return wcwidth(after) > 0 and not _is_half(after)


def _is_wide(letter: str) -> bool:
    """Korean is as wide, and has spaces."""
    return wcwidth(letter) == 2 and not 0xAC00 <= ord(letter) <= 0xD7A3


def _is_half(letter: str) -> bool:
    return 0x1F1E6 <= ord(letter) <= 0x1F1FF or 0x1F3FB <= ord(letter) <= 0x1F3FF
