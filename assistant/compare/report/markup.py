"""HTML out of texts that are data: everything goes through `escaped`, nothing else makes tags.

It refuses to know what is reported.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Sequence

# Half characters no file can hold, controls no reader needs, and overrides that turn the direction
# of what follows and so could make a text look like another.
_UNWANTED = {
    **dict.fromkeys([*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)]),
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)]),
    **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"),
}


class Html(str):
    """Markup made here."""

    __slots__ = ()


def escaped(text: str) -> Html:
    """A text as HTML, safe in content and in attributes."""
    if isinstance(text, Html):
        return text
    return Html(html.escape(text.translate(_UNWANTED), quote=True))


def tag(name: str, *inside: str, **attributes: str | None) -> Html:
    """An element; texts in it are escaped. `class_` and `for_` are the attributes of those names.

    An attribute of None is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{given}>{''.join(map(escaped, inside))}</{name}>")


def joined(parts: Iterable[str]) -> Html:
    return Html("".join(map(escaped, parts)))


def number_cell(value: float | None) -> str:
    """A number as a table shows it."""
    return "–" if value is None else f"{value:.3g}"


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    caption: str = "",
    adapted: int = -1,
    texts: Collection[int] = (0,),
) -> Html:
    """A table. Columns that are no `texts` are set as numbers; `adapted` is that of an adapter."""
    parts = [tag("caption", caption)] if caption else []
    kinds = ["text" if number in texts else "number" for number in range(len(heads))]
    cells = [
        tag("th", head, class_=f"{kind} adapted" if number == adapted else kind, scope="col")
        for number, (head, kind) in enumerate(zip(heads, kinds, strict=True))
    ]
    parts.append(tag("tr", *cells))
    for row in rows:
        told = (tag("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True))
        parts.append(tag("tr", *told))
    return tag("div", tag("table", *parts), class_="wide")
