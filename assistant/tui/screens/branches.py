"""All branches of the chat below each other, to walk and to go to one.

It refuses to know how branches are kept.
"""

from __future__ import annotations

from textual.content import Content

from assistant.commands.tree import Row as Message
from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line
from assistant.tui.screens.picking import Picker, Row

GO_TO = "/branch at "


class BranchesScreen(Picker):
    """The tree; words typed leave only the messages that have them."""

    HEADING = "Branches of this chat"
    PLACEHOLDER = "Words of a message"
    KEYS = "Enter goes there · ● the branch you are on · Esc back"
    NOTHING = "No message has these words."

    def __init__(self, messages: list[Message], at: int | None) -> None:
        super().__init__()
        self._messages = messages
        self._at = at
        """The message that the mark begins on."""

    def fill(self, words: str) -> None:
        wanted = words.casefold().split()
        found = [m for m in self._messages if all(w in m.text.casefold() for w in wanted)]
        marked = next((n for n, m in enumerate(found) if m.message == self._at), 0)
        self.show(len(found), lambda place: _row(found[place]), marked)


def _row(message: Message) -> Row:
    who = "bold" if message.who == "you" else "bold $text-accent" if message.adapted else "bold"
    content = Content.assemble(
        ("● " if message.here else "○ ", "" if message.here else FAINT),
        (message.lines, FAINT),
        (one_line(message.who), who),
        "  ",
        (one_line(message.text[:400]), "" if message.here else "$foreground 80%"),
    )
    return Row(content, f"{GO_TO}{message.message}", str(message.message))
