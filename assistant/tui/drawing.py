"""From a block to the widget that shows it. Live answers and effects are the app's own business.

Texts of blocks are data: they go through `plain`, and into widgets that read no markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import HorizontalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from assistant.commands import blocks
from assistant.plain_text import plain
from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line
from assistant.tui.widgets.drawn import BarChart, Grid, Remark
from assistant.tui.widgets.fold import FoldView
from assistant.tui.widgets.past import EarlierView, PastAnswer
from assistant.tui.widgets.prose import Prose
from assistant.tui.widgets.texts import Question

_SIGNS = {"info": "·", "good": "✓", "warning": "!"}
_SIGN_STYLES = {"info": FAINT, "good": "$text-success", "warning": "bold $text-error"}


def draw(block: blocks.Block) -> Widget | None:
    """The widget for a block; None for the blocks that are no content."""
    if isinstance(block, blocks.Markdown):
        return Prose(block.text)
    if isinstance(block, blocks.Preformatted):
        return _wide(_code(block), "preformatted")
    if isinstance(block, blocks.Notice):
        return _notice(block)
    if isinstance(block, blocks.Problem):
        return _problem(block)
    if isinstance(block, blocks.Table):
        return Grid(
            [Content(plain(column)) for column in block.columns],
            [[Content(plain(cell)) for cell in row] for row in block.rows],
            title=block.title,
            accent=block.accent,
        )
    if isinstance(block, blocks.Matrix):
        return _wide(matrix_content(block), "matrix")
    if isinstance(block, blocks.Chart):
        return BarChart(block.bars, block.caption, block.threshold)
    if isinstance(block, blocks.Fold):
        return FoldView(block.title, lambda: draw_all(block.blocks), opened=block.open)
    if isinstance(block, blocks.Asked):
        return Question(block.text, block.message)
    if isinstance(block, blocks.Answered):
        return PastAnswer(block)
    if isinstance(block, blocks.Earlier):
        earlier = block.blocks
        return EarlierView(
            len(earlier),
            lambda first, end: _long_past(earlier[first:end]),
            lambda message: text_of(earlier[message]),
            lambda message: getattr(earlier[message], "message", None),
        )
    return None


def draw_all(many: tuple[blocks.Block, ...]) -> list[Widget]:
    """The widgets for some blocks that stand below each other."""
    widgets: list[Widget] = []
    for widget in map(draw, many):
        if widget is not None:
            keep_apart(widgets[-1] if widgets else None, widget)
            widgets.append(widget)
    return widgets


def text_of(block: blocks.Block) -> str:
    """What a message of long ago will show when it is drawn."""
    if isinstance(block, blocks.Asked):
        return plain(block.text).strip("\n")
    return plain(block.text).strip() if isinstance(block, blocks.Answered) else ""


def _long_past(many: Sequence[blocks.Block]) -> list[Widget]:
    """Blocks of long ago, drawn cheaply: there may be many."""
    widgets: list[Widget] = []
    for block in many:
        if isinstance(block, blocks.Answered):
            widget: Widget | None = PastAnswer(block, frozen=True)
        else:
            widget = draw(block)
        if widget is not None:
            widget.add_class("-apart", update=False)
            widgets.append(widget)
    return widgets


def keep_apart(above: Widget | None, below: Widget) -> None:
    """Leave a gap between two widgets, unless they are lines of one kind."""
    kinds = [
        "fold" if isinstance(widget, FoldView) else "notice"
        for widget in (above, below)
        if isinstance(widget, FoldView) or (widget is not None and widget.has_class("notice"))
    ]
    alike = len(kinds) == 2 and kinds[0] == kinds[1]
    # Not yet in the tree, so there is nothing to restyle, which would take most of the drawing.
    below.set_class(above is not None and not alike, "-apart", update=below.is_attached)


def _code(block: blocks.Preformatted) -> Content:
    text = plain(block.text).expandtabs(4)
    if block.language:
        # With Markdown and its highlighting the first paint would take a quarter longer.
        from textual.highlight import highlight

        from assistant.tui.widgets.markdown import CodeTheme

        return highlight(text, language=block.language, theme=CodeTheme)
    return Content(text)


def _wide(content: Content, name: str) -> Widget:
    """Lines that must not wrap; they scroll sideways where they are too long."""
    inside = Static(content, markup=False, classes="unwrapped")
    scroll = HorizontalScroll(inside, classes=name)
    scroll.can_focus = False
    return scroll


def _notice(block: blocks.Notice) -> Widget:
    sign = Content.styled(_SIGNS[block.tone], _SIGN_STYLES[block.tone])
    style = "$foreground 80%" if block.tone == "info" else ""
    return Remark(sign, Content.styled(plain(block.text), style), classes=f"notice -{block.tone}")


def _problem(block: blocks.Problem) -> Widget:
    content = Content(plain(block.message))
    if block.hint:
        content += Content.assemble("\n", (plain(block.hint), "$foreground 70%"))
    return Remark(Content.styled("✗", "bold $text-error"), content, classes="problem")


def matrix_content(block: blocks.Matrix) -> Content:
    """The grid in brackets, numbers right-aligned, pivots marked."""
    rows = [[Content(one_line(cell)) for cell in row] for row in block.rows]
    count = max((len(row) for row in rows), default=0)
    widths = [
        max((row[index].cell_length for row in rows if index < len(row)), default=0)
        for index in range(count)
    ]
    lines: list[Content] = []
    for y, row in enumerate(rows):
        left, right = _brackets(y, len(rows))
        cells = []
        for x, cell in enumerate(row):
            if (y, x) in block.pivots:
                cell = cell.stylize("bold underline $text-success")
            cells.append(cell.pad_left(widths[x] - cell.cell_length))
        body = Content("  ").join(cells)
        body = body.pad_right(sum(widths) + 2 * max(0, count - 1) - body.cell_length)
        lines.append(Content.assemble((f"{left} ", FAINT), body, (f" {right}", FAINT)))
    if block.caption:
        lines.append(Content.styled(plain(block.caption), FAINT))
    return Content("\n").join(lines)


def _brackets(row: int, rows: int) -> tuple[str, str]:
    if rows == 1:
        return "[", "]"
    if row == 0:
        return "⎡", "⎤"
    return ("⎣", "⎦") if row == rows - 1 else ("⎢", "⎥")
