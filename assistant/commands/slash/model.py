"""/model: another model, in the middle of a conversation.

It refuses to know how a model is opened and fetched.
"""

from __future__ import annotations

import shlex
from collections.abc import Generator, Iterable, Iterator

from assistant.commands.blocks import Block, Effect, Notice, Panel
from assistant.commands.carrying import about_carried
from assistant.commands.catalogue import catalogue_of
from assistant.commands.command import Arguments, Choice, Command, Form, Need
from assistant.commands.fetching import fetching_model
from assistant.commands.job import Calculation, awaited
from assistant.commands.models import described, listing
from assistant.commands.opening import repository_of
from assistant.commands.remarks import about_model
from assistant.commands.session import Session
from assistant.engine.protocol import Engine
from assistant.errors import Stopped, UsageError
from assistant.rank.watch import Watch


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    words = arguments.words
    if words[:1] == ("pull",) and len(words) > 1:
        yield from _pull(words[1:])
    elif not words or words == ("list",):
        blocks = tuple(listing(catalogue_of(session), _current(session)))
        if words:
            yield from blocks
        else:
            yield Panel("models", blocks)
    elif len(words) > 1:
        raise UsageError("/model takes one name.", "Quote a folder whose name has spaces.")
    else:
        yield from _switch(session, words[0])


def _current(session: Session) -> str:
    return session.engine.info.model if session.is_open else ""


def _pull(words: tuple[str, ...]) -> Iterator[Block]:
    from assistant.lora import is_repository

    if len(words) > 1 or not is_repository(words[0]):
        raise UsageError(
            "/model pull takes one repository.", "As in /model pull mlx-community/Qwen3-0.6B-4bit"
        )
    if (yield from _fetched(words[0])):
        yield Notice(f"{words[0]} is here. /model {words[0]} answers with it.", "good")


def _fetched(repository: str) -> Generator[Block, None, bool]:
    """Whether a repository is here at the end; fetched, unless somebody stops that."""
    try:
        yield from awaited(fetching_model(repository))
    except Stopped:
        yield Notice("The download was stopped; it goes on there the next time.", "warning")
        return False
    return True


def _switch(session: Session, model: str) -> Iterator[Block]:
    repository = repository_of(model, session)
    if repository and not (yield from _fetched(repository)):
        return
    opened: list[Engine] = []

    def work(watch: Watch) -> Engine:
        watch.tell(model)
        engine = session.lineup.open_other(model)
        opened.append(engine)
        if watch.stopped:
            engine.close()
        return engine

    job = Calculation(work, verb="Loading ")
    try:
        engine = yield from awaited(job)
    except Stopped:
        for engine in opened:
            engine.close()
        yield Notice("Stopped; the model before goes on.", "warning")
        return
    carried = session.adopt(engine, model)
    info = engine.info
    yield Notice(f"{info.model} answers from now on: {described(info)}.", "good")
    yield from about_model(info)
    yield from about_carried(carried)
    yield Effect("status")


def needs(arguments: Arguments) -> Need:
    """The list needs no model, and neither does a download."""
    return "nothing" if arguments.words[:1] in ((), ("list",), ("pull",)) else "model"


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    words = arguments.text.split(" ")
    if len(words) > 2 or (len(words) == 2 and words[0] != "pull"):
        return ()
    offered = catalogue_of(session).offered
    return [
        Choice(shlex.quote(one.name), one.architecture or one.remark)
        for one in offered
        if one.here or len(words) == 2
    ]


COMMAND = Command(
    name="model",
    summary="Show the models, or change to another",
    forms=(
        Form("", "choose a model; a list where there is no screen for it"),
        Form("NAME", "answer with another model, fetched if need be; the conversation stays"),
        Form("list", "list the models here and some worth fetching; of a server, what it has"),
        Form("pull OWNER/NAME", "fetch one from the Hugging Face hub"),
    ),
    run=run,
    complete=choices,
    needs=needs,
    examples=("/model tiny", "/model mlx-community/Qwen3-0.6B-4bit"),
    details=(
        "The adapters that fit the new model stay on it, and the others are named and taken off. "
        "Esc or Ctrl-C stops a download; the next one goes on where it was. With `--engine` the "
        "models are the server's, and nothing is fetched."
    ),
)
