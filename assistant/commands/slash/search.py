"""/search: words in all conversations. It refuses to know how they are found."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block, Notice
from assistant.commands.chats import findings
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session
from assistant.errors import UsageError


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.text:
        raise UsageError("There are no words to look for.", "/search sort array")
    found = session.chats.search(arguments.text)
    if not found:
        yield Notice(f"No chat has {arguments.text!r}.")
        return
    yield findings(found)
    yield Notice("/open NUMBER goes on with one, at that place.")


COMMAND = Command(
    name="search",
    summary="Look for words in all chats",
    forms=(Form("WORDS", "the chats that have all of them, the most fitting first"),),
    run=run,
    needs="nothing",
    examples=("/search sort array",),
    details="Words are found from their beginnings: `arr` finds `array`.",
)
