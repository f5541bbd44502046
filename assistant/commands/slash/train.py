"""/train: an adapter from what was taught, while the chat goes on.

It refuses to know how training works.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assistant.commands.apprentice import Apprentice
from assistant.commands.blocks import Block, Effect, Notice
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session
from assistant.compare import label
from assistant.compare.exports import chosen_answers
from assistant.compare.votes import Votes
from assistant.errors import AdapterNotFound, InputFileError, UsageError
from assistant.file_trouble import why

USUAL = "taught"
"""The adapter's name when none is given; only this one is replaced without being asked."""
PASSES = 20
"""Times that each answer is learnt from: few answers need many."""
_FEWEST, _MOST = 40, 600
"""Steps of a training."""
_SMALL = 100_000_000
"""Models with fewer parameters than this take larger steps."""


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    words = list(arguments.words)
    options = {word for word in words if word.startswith("--")}
    unknown = options - {"--votes", "--replace"}
    names = [word for word in words if word not in options]
    if unknown or len(names) > 1:
        raise UsageError(
            f"/train does not take {(sorted(unknown) or names[1:])[0]}.",
            "As in /train my-notes --votes; there are --votes and --replace.",
        )
    now = session.apprentice
    if names == ["stop"]:
        yield from _stop(session)
    elif names == ["load"]:
        yield from _load(session)
    elif now is not None and now.running:
        yield Notice(f"{now.name} is being trained: {now.far}. /train stop ends it.")
    else:
        yield from _begin(session, names[0] if names else USUAL, options)


def _begin(session: Session, name: str, options: set[str]) -> Iterator[Block]:
    from assistant.training.own import check_name

    check_name(name)
    model = session.engine.info.path
    if not model.is_dir():
        raise UsageError(
            "Only a model on this computer can be trained here.", "Choose one: /model NAME"
        )
    target = session.places.data / "adapters" / name
    if target.exists() and name != USUAL and "--replace" not in options:
        raise UsageError(
            f"There is an adapter {name!r} already.",
            f"Take another name, or /train {name} --replace",
        )
    examples = [lesson.to_dict() for lesson in session.taught.all()]
    if "--votes" in options:
        examples += chosen_answers(Votes(session.places.votes_file).all())
    if not examples:
        raise UsageError(
            "There is nothing to train on yet.",
            "Teach some: /teach THE ANSWER after a question; /train --votes takes the votes too.",
        )
    from assistant.training.rehearsal import rehearsal

    taught = len(examples)
    examples += rehearsal(session.engine, session.system)
    batch = min(4, len(examples))
    steps = max(_FEWEST, min(_MOST, PASSES * len(examples) // batch))
    rate = 3e-4 if session.engine.info.parameters < _SMALL else 1e-4
    session.apprentice = Apprentice(
        name,
        [
            str(_write(session, name, examples)),
            name,
            *("-m", str(model), "--replace", "--all"),
            *("--batch", str(batch), "--iterations", str(steps), "--learning-rate", str(rate)),
        ],
        session.places.data,
    )
    yield Notice(
        f"{name} is being trained on {_answers(taught)}, in {steps} steps. Go on chatting; "
        "/train says how far it is, /train stop ends it."
    )
    yield Effect("status")


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count} answers"


def _write(session: Session, name: str, examples: list[dict[str, Any]]) -> Any:
    file = session.places.data / "training" / f"{name}.jsonl"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(row) + "\n" for row in examples), encoding="ascii")
    except OSError as error:
        raise InputFileError(
            f"{file} cannot be written: {why(error)}.", "Check the disk."
        ) from None
    return file


def _stop(session: Session) -> Iterator[Block]:
    now = session.apprentice
    if now is None or not now.running:
        yield Notice("Nothing is being trained.")
        return
    now.stop()
    now.told = True
    yield Notice(f"The training of {now.name} was stopped. /train {now.name} takes it up again.")
    yield Effect("status")


def _load(session: Session) -> Iterator[Block]:
    now = session.apprentice
    name = now.name if now else USUAL
    folder = session.places.data / "adapters" / name
    if not folder.is_dir():
        raise AdapterNotFound(f"There is no adapter {name!r} yet.", "Train it: /train")
    # Loaded anew where an earlier one of that name answers.
    info = session.engine.load_adapter(str(folder), name=name)
    session.weigh_adapter(info.name, 1.0)
    if now and not now.running:
        now.loaded = True
    yield Notice(f"{info.name} is loaded. Answering from now on: {label(session.in_use)}.", "good")
    yield Effect("status")


COMMAND = Command(
    name="train",
    summary="Train an adapter on what was taught, while the chat goes on",
    forms=(
        Form("[NAME]", "train the adapter NAME; without one, “taught”. Or say how far it is"),
        Form("[NAME] --votes", "learn from the answers that won your votes as well"),
        Form("NAME --replace", "put it in the place of an adapter of that name"),
        Form("stop", "end the training; it can go on later"),
        Form("load", "load what was trained, and let it answer"),
    ),
    run=run,
    examples=("/train", "/train my-notes --votes", "/train load"),
    details=(
        "The training runs beside the chat, in a process of its own with a second copy of the "
        "model. When the chat is left, it ends; the same `/train` takes it up again, a "
        "long one from its last checkpoint. `assistant train lora` has all its settings."
    ),
)
