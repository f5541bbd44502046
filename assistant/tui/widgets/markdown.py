"""One finished piece of Markdown, drawn by Textual with a few changes.

HTML is text; what entities stand for is made safe when they have been read; links and pictures say
where they lead and open on a click only when they lead to the web; code is highlighted only when
its language is named, and without the adapter's colour; a list or a table is one widget, however
long. It refuses to know answers and streaming.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from pygments.token import Token as Code
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Mount
from textual.highlight import HighlightTheme, highlight
from textual.widgets import Label, Markdown
from textual.widgets._markdown import (
    MarkdownBulletList,
    MarkdownList,
    MarkdownListItem,
    MarkdownOrderedList,
    MarkdownParagraph,
    MarkdownTable,
)
from textual.widgets.markdown import MarkdownBlock, MarkdownFence

from assistant.plain_text import plain
from assistant.tui.streaming import Piece, markdown_parser
from assistant.tui.widgets.code_head import CodeHead
from assistant.tui.widgets.drawn import Drawn, Grid, Item, item_lines
from assistant.tui.widgets.flowing import Flowing, Placed


class CodeTheme(HighlightTheme):
    """Textual's, with the accent (and the warning colour, which looks like it) left out."""

    STYLES = {  # noqa: RUF012
        **HighlightTheme.STYLES,
        Code.Keyword: "$text-secondary",
        Code.Keyword.Namespace: "$text-secondary",
        Code.Name: "$text",
        Code.Name.Builtin: "$text-primary",
        Code.Name.Attribute: "$text",
        Code.Name.Class: "$text-primary bold",
        Code.Name.Function: "$text-primary",
        Code.Name.Function.Magic: "$text-primary",
        Code.Literal.Number: "$text-success",
        Code.Number: "$text-success",
        Code.Operator: "$text",
        Code.Operator.Word: "$text-secondary",
    }


class CodeLines(Label, Placed):
    """The lines of a fence."""


class Fence(MarkdownFence, Placed):
    """Code, coloured when it says what it is, below a line that copies it."""

    def compose(self) -> ComposeResult:
        yield CodeHead((self.lexer.split() or [""])[0], self.code.removesuffix("\n"))
        yield CodeLines(self._highlighted_code, id="code-content", expand=True)

    def notify_style_update(self) -> None:
        # Textual colours the code anew, which takes long and takes the marks of a search away. Ours
        # is coloured in names that every theme has.
        MarkdownBlock.notify_style_update(self)

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        # One theme for all: its colours are the screen's, the terminal's own sixteen as well.
        # Guessing the language of a fence that names none takes long and is mostly wrong.
        name = (language.split() or ["text"])[0]
        return highlight(code, language=name, theme=CodeTheme)


class Linked(Drawn):
    """Lines of Markdown, whose links work as those of Textual's own blocks do."""

    async def action_link(self, href: str) -> None:
        markdown = next(node for node in self.ancestors if isinstance(node, Markdown))
        self.post_message(Markdown.LinkClicked(markdown, href))


class Cells(Linked, Grid):
    """The cells of a table."""


class Table(MarkdownTable, Placed):
    """A table drawn as one widget; cells have no tooltips, which would read them as markup."""

    def compose(self) -> ComposeResult:
        yield Cells(*self._get_headers_and_rows())


class Items(Linked):
    """The items of a list, with the lists inside them."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self._items = items

    def lines(self, width: int) -> list[Content]:
        return item_lines(self._items, width)


def items_of(block: MarkdownBlock) -> list[Item] | None:
    """What a list holds, when that is only text and lists of text."""
    found: list[Item] = []
    numbers = isinstance(block, MarkdownOrderedList)
    listed = [part for part in block._blocks if isinstance(part, MarkdownListItem)]
    first = next((int(item.bullet) for item in listed if item.bullet.isdigit()), 1)
    last = f"{first + len(listed) - 1}. "
    for number, item in enumerate(listed, first):
        parts: list[Content | list[Item]] = []
        for part in item._blocks:
            inside = items_of(part) if isinstance(part, MarkdownList) else None
            if isinstance(part, MarkdownParagraph):
                parts.append(part._content)
            elif inside is not None:
                parts.append(inside)
            else:
                return None
        sign = f"{number}. ".rjust(len(last) + 1) if numbers else item.bullet
        found.append(Item(sign, parts))
    return found


class BulletList(MarkdownBulletList, Placed):
    """A list drawn as one widget, when it holds no more than text; with code it is Textual's."""

    def compose(self) -> ComposeResult:
        items = items_of(self)
        if items is None:
            yield from super().compose()
        else:
            yield Items(items)


class OrderedList(MarkdownOrderedList, Placed):
    """The same for a list with numbers."""

    def compose(self) -> ComposeResult:
        items = items_of(self)
        if items is None:
            yield from super().compose()
        else:
            yield Items(items)


def _placed(block: type[MarkdownBlock]) -> type[MarkdownBlock]:
    """Textual's own block, of the same name for its styles."""
    return type(block.__name__, (block, Placed), {})


class MarkdownPiece(Markdown, Flowing):
    """A piece of an answer, or of a command's Markdown."""

    BLOCKS = {  # noqa: RUF012
        **{name: _placed(block) for name, block in Markdown.BLOCKS.items()},
        "fence": Fence,
        "code_block": Fence,
        "table_open": Table,
        "bullet_list_open": BulletList,
        "ordered_list_open": OrderedList,
    }

    def __init__(self, piece: Piece, *, first: bool) -> None:
        super().__init__(parser_factory=partial(_parser, piece.first_number), open_links=False)
        self._markdown = piece.text
        self._close = first or piece.continued

    def compose(self) -> ComposeResult:
        """The blocks, with everything else that is composed: Textual's own way parses in a thread
        and mounts a second time, which takes longer than to parse a piece."""
        blocks = self._build_from_source(self.source)
        for block in blocks[: self._close]:
            # By a class: a rule on the first child would have all of them looked at again.
            block.add_class("-close", update=False)
        yield from blocks

    def _on_mount(self, event: Mount) -> None:  # type: ignore[override]
        event.prevent_default()  # where Textual would begin that way

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        if event.href.startswith(("https://", "http://")):
            self.app.open_url(event.href)


# To make a parser takes longer than to parse a paragraph.
@lru_cache(maxsize=32)
def _parser(first_number: int | None) -> MarkdownIt:
    parser = markdown_parser()
    parser.core.ruler.push("safe_texts", _make_safe)
    parser.core.ruler.push("targets", _show_targets)
    if first_number is not None:
        parser.core.ruler.push("first_number", _count_from(first_number))
    return parser


def _count_from(number: int) -> Callable[[StateCore], None]:
    """A rule that lets the first ordered list begin with a number."""

    def rule(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "list_item_open":
                token.info = str(number)
                return

    return rule


def _make_safe(state: StateCore) -> None:
    """A rule that makes texts safe once more: `&#x202e;` and `%E2%80%AE` are read only here."""
    todo = [child for token in state.tokens for child in token.children or ()]
    while todo:
        token = todo.pop()
        token.content = plain(token.content).replace("\n", " ")
        todo += token.children or ()


def _show_targets(state: StateCore) -> None:
    """A rule that writes the target of a link behind its text, and the source of a picture behind
    that, unless the text says it. Behind a link, where a picture is in one: what stands inside
    leads elsewhere on a click."""
    for token in state.tokens:
        if token.type != "inline" or not token.children:
            continue
        children: list[Token] = []
        target, text = "", ""
        sources: list[Token] = []
        for child in token.children:
            children.append(child)
            if child.type == "link_open":
                target, text = str(child.attrs.get("href", "")), ""
            elif child.type == "image":
                drawn = "".join(part.content for part in child.children or ())
                sources += _told(drawn, str(child.attrs.get("src", "")))
            elif child.type == "link_close":
                sources += _told(text, target)
                target = ""
            else:
                text += child.content
            if not target:
                children += sources
                sources = []
        token.children = children


def _told(text: str, target: str) -> list[Token]:
    if not target or _says(text, target):
        return []
    return [Token("text", "", 0, content=f" ({target})")]


def _says(text: str, target: str) -> bool:
    bare = target.removeprefix("https://").removeprefix("http://").removeprefix("mailto:")
    return text.strip().rstrip("/") in {target.rstrip("/"), bare.rstrip("/")}
