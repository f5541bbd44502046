"""/open: go on with an earlier conversation. It refuses to know how they are kept and found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.commands.blocks import Block, Effect, Notice, Pick
from assistant.commands.chats import answered_by
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.past import past, spot
from assistant.commands.session import Session


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.text:
        yield from _list(session)
        return
    chat, message = session.chats.find(arguments.text)
    info = session.open_chat(chat, message)
    yield from past(session.conversation)
    if message is not None:
        yield from spot(session.conversation, message)
    yield Notice(f"You go on with “{info.title or 'a chat'}”.", "good")
    if session.read_before:
        yield Notice(f"{session.read_before:,} tokens of it need not be read again.")
    now, then = answered_by(session.about_chat), answered_by(info)
    if now and then and now != then:
        yield Notice(f"Its last answer was by {then}; the next one is by {now}.")
    yield Effect("status")


def _list(session: Session) -> Iterator[Block]:
    chats = session.chats.listed()
    if not chats.rows:
        yield Notice("There are no chats yet.")
        return
    hint = Notice("/open NUMBER goes on with one; /search WORDS looks into all of them.")
    yield Pick("chats", (chats, hint))


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    if " " in arguments.text.strip():
        return ()
    return [Choice(str(number), title) for number, title in session.chats.numbered()]


COMMAND = Command(
    name="open",
    summary="Go on with an earlier chat",
    forms=(
        Form("", "choose among the chats, the latest first"),
        Form("NUMBER", "go on with one of the list, or of what /search found"),
        Form("WORDS", "go on with the latest chat that has them, in its title first"),
    ),
    run=run,
    needs="turn",
    complete=choices,
    examples=("/open 2", "/open sort an array"),
    details=(
        "It comes with its system prompt and its prompt from the library; the model and the "
        "adapters are those of now. A long chat shows its end, and more when you ask for it."
    ),
)
