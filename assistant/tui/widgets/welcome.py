"""What an empty chat says: what this is, four lines to try, and the keys that lead on.

A click puts a line where the person types. It refuses to know what comes of it.
"""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message

from assistant.tui.hints import FAINT
from assistant.tui.widgets.drawn import Drawn

ABOUT = (
    "A model on this computer, and LoRA adapters that you load, weigh and compare while you chat."
)
TRY = (
    ("How do I sort an array in MLX?", "ask the base model"),
    ("/adapter load mlx-docs", "teach it MLX as you chat"),
    ("/compare How do I sort an array in MLX?", "with and without, side by side"),
    ("/rank [[1,2],[3,6]]", "the mathematics of adapters"),
)
KEYS = (
    ("F1", "help"),
    ("F3", "adapters"),
    ("F4", "models"),
    ("Ctrl+P", "commands"),
    ("/open", "your chats"),
)
_COLUMN = max(len(line) for line, _ in TRY) + 4


class Welcome(Drawn):
    """Shown while nothing was said."""

    ALLOW_SELECT = False

    class Chosen(Message):
        """One of the lines was clicked."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    def on_click(self, event: events.Click) -> None:
        lines = self.lines(max(1, self.content_size.width))
        clicked = lines[event.y].plain.strip() if 0 <= event.y < len(lines) else ""
        for line, _ in TRY:
            if clicked.startswith(line):
                event.stop()
                self.post_message(self.Chosen(line))

    def lines(self, width: int) -> list[Content]:
        return welcome_lines(width)


def welcome_lines(width: int) -> list[Content]:
    """The text, for so many cells."""
    lines = [*Content(ABOUT).wrap(width), Content(""), Content.styled("Try", "bold")]
    side_by_side = _COLUMN + max(len(why) for _, why in TRY) <= width
    for line, why in TRY:
        typed = Content.styled(f"  {line}".ljust(_COLUMN), "$text-primary")
        lines.append(typed + Content.styled(why, FAINT) if side_by_side else typed)
    keys = [Content.assemble((key, "$text-primary"), (f" {what}", FAINT)) for key, what in KEYS]
    together = Content.assemble("  ", Content.styled(" · ", FAINT).join(keys))
    # A screen that is narrow is short as well, and F1 stands in the status line.
    if together.cell_length <= width:
        lines += [Content(""), Content.styled("And then", "bold"), together]
    return [line.rstrip().truncate(width, ellipsis=True) for line in lines]
