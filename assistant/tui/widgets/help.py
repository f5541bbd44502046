"""What F1 shows: the keys, and the commands of the registry.

It refuses to know what the commands do.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from assistant.commands import all_commands
from assistant.commands.plain import plain
from assistant.tui.widgets.drawn import Drawn

KEYS = (
    ("Enter", "send"),
    ("Shift+Enter, Ctrl+J, Alt+Enter", "new line"),
    ("Up, Down", "what was typed before"),
    ("Tab", "complete a command"),
    ("PageUp, PageDown", "scroll"),
    ("Esc", "stop the answer; what was said stays"),
    ("Ctrl+C", "copy a selection, else clear the draft, else stop, else quit (twice)"),
    ("Ctrl+Z", "undo, also a cleared draft"),
    ("Ctrl+D", "quit, when nothing is typed"),
    ("Ctrl+End", "to the newest line, and stay there"),
    ("Alt+Up, Shift+Tab", "to a message: e edit, r retry, f fork, ← → versions, t tree"),
    ("Ctrl+F", "find words in this chat; Esc back to where you were"),
    ("F1", "this help, on and off"),
    ("F2", "the keys of a comparison: d, p, w, v, b; Esc leaves them"),
)


class HelpText(Drawn):
    """Two lists, each entry with what it does below or beside it."""

    def lines(self, width: int) -> list[Content]:
        lines = [Content.styled("Keys", "bold"), *_entries(KEYS, width), Content("")]
        commands = [(f"/{c.name}", plain(c.summary)) for c in all_commands().values()]
        lines += [Content.styled("Commands", "bold"), *_entries(commands, width), Content("")]
        more = "/help NAME tells more about a command."
        return lines + Content.styled(more, "$foreground 60%").wrap(width)


def _entries(
    entries: tuple[tuple[str, str], ...] | list[tuple[str, str]], width: int
) -> list[Content]:
    column = min(18, max((len(name) for name, _ in entries), default=0) + 2)
    lines: list[Content] = []
    for name, what in entries:
        text = Content(what).wrap(max(8, width - column))
        name_line = Content.styled(name, "$text-primary")
        if name_line.cell_length < column:
            lines.append(name_line.pad_right(column - name_line.cell_length) + text.pop(0))
        else:
            lines.append(name_line)
        lines += [Content(" " * column) + line for line in text]
    return lines


class Help(VerticalScroll, can_focus=False):
    """The panel over the transcript."""

    def compose(self) -> ComposeResult:
        yield HelpText()
