"""/model: another model, in the middle of a conversation.

It refuses to know how a model is opened.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from assistant.commands.blocks import Block, Effect, Notice
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.models import described, listing, served
from assistant.commands.remarks import about_model
from assistant.commands.session import Session
from assistant.errors import UsageError
from assistant.paths import search_folders

if TYPE_CHECKING:
    from assistant.engine.models import ModelListing


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    words = arguments.words
    if not words:
        yield from _list(session)
        return
    if len(words) > 1:
        raise UsageError("/model takes one name.", "Quote a folder whose name has spaces.")
    taken_off = [a.name for a in session.engine.adapters()] if session.is_open else []
    yield Notice(f"Loading {words[0]}…")
    info = session.change_model(words[0])
    yield Notice(f"{info.model} answers from now on: {described(info)}.", "good")
    yield from about_model(info)
    if taken_off:
        were = "was" if len(taken_off) == 1 else "were"
        yield Notice(
            f"{', '.join(taken_off)} {were} made for the model before and {were} taken off.",
            "warning",
        )
    yield Effect("status")


def _list(session: Session) -> Iterator[Block]:
    if session.is_open and session.engine.info.server:
        yield served(session.engine.info)
        return
    models = _on_this_machine(session)
    if models:
        yield listing(models, session.engine.info.model if session.is_open else "")
    yield Notice("A folder or a Hugging Face repository, OWNER/NAME, can be given as well.")


def _on_this_machine(session: Session) -> list[ModelListing]:
    from assistant.engine.models import list_models

    return list_models(search_folders("models", session.places))


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    if " " in arguments.text.strip():
        return ()
    info = session.engine.info if session.is_open else None
    if info is not None and info.server:
        return [Choice(shlex.quote(name), f"on {info.server}") for name in info.served]
    return [Choice(shlex.quote(m.name), m.architecture) for m in _on_this_machine(session)]


COMMAND = Command(
    name="model",
    summary="Show the models, or change to another",
    forms=(
        Form("", "list the models on this machine, or on the server that answers"),
        Form("NAME", "answer with another model; the conversation stays"),
    ),
    run=run,
    complete=choices,
    examples=("/model tiny",),
    details="Adapters are made for one model, so they are taken off when the model changes.",
)
