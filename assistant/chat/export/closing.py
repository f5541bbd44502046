"""Ends for what a Markdown text leaves open: a code block, a comment, an element of HTML.

    closed("<details>\\nHalf an answer")  ->  the same, and </details> below it

An answer that was stopped would take in what follows it: the next question would be code, or be
nowhere. Where no end helps, the text is shown as it was written, as code. It refuses to know who
said it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names

_NEXT = "\uf8ff"
"""A heading that no text has."""

_ALONE = "area base br col embed frame hr img input link meta param source track wbr"
"""Elements that have no end."""

_INLINE = """
a abbr audio b bdo big button canvas cite code del dfn em font i ins kbd label mark math noscript
object picture pre q s samp script select small span strike strong style sub sup svg template
textarea tt u var video xmp
"""

# What any other <word> is, is for its author to know: it changes nothing of what follows.
_ELEMENTS = {*block_names, *_INLINE.split()} - {*_ALONE.split()}

_ENDS = (
    *("-->", "<!-- -->", "?>", "]]>", ">", '">', "'>"),
    *(f"</{name}>" for name in ("pre", "textarea", "script", "style", "title", "xmp", "iframe")),
)
"""Of what goes on over all that follows."""


def closed(text: str) -> str:
    """The text with an end for all that has none; nothing of it takes in what follows."""
    if "```" not in text and "~~~" not in text and "<" not in text:
        return text  # needs no reader of Markdown
    for end in ("", *_fences(text), *_ENDS):
        ended = f"{text}\n{end}" if end else text
        names = left_open(ended)
        if names == []:
            return ended
        if names:
            ended += "\n\n" + "".join(f"</{name}>" for name in reversed(names))
            if left_open(ended) == []:
                return ended
    # One endless thing within another: to a reader of Markdown not the one that a browser sees.
    return _as_code(text)


def _as_code(text: str) -> str:
    fence = "`" * (max([2, *map(len, re.findall("`+", text))]) + 1)
    return f"{fence}\n{text}\n{fence}"


def left_open(text: str) -> list[str] | None:
    """The elements of HTML that go on after a text; None for one that what follows would be a part
    of."""
    reader = _Reader()
    reader.feed(MarkdownIt("commonmark").render(f"{text}\n\n# {_NEXT}\n"))
    return reader.found  # without `close`, which guesses an end


def _fences(text: str) -> list[str]:
    if "```" not in text and "~~~" not in text:
        return []
    last = MarkdownIt("commonmark").parse(text)[-1]
    return [last.markup] if last.type == "fence" else []


class _Reader(HTMLParser):
    """Reads up to the heading, as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] | None = None
        self._open: list[str] = []
        self._last = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._last = tag
        if tag in _ELEMENTS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        # What is open within stays so: a <b> goes on in the next paragraph.
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag)]

    def handle_data(self, data: str) -> None:
        if data.strip() == _NEXT and self._last == "h1":
            self.found = self._open[:-1]
