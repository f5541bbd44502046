"""The beginning of a session: the model of the settings, fetched if need be, and its adapters.

It refuses to know how a model is opened and who watches.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.commands.blocks import Block, Notice
from assistant.commands.fetching import fetching_model
from assistant.commands.job import awaited
from assistant.commands.remarks import about_model
from assistant.commands.scales import split_scale
from assistant.errors import ModelError, Stopped
from assistant.paths import hub_cache, search_folders

if TYPE_CHECKING:
    from assistant.commands.session import Session


def begin(session: Session) -> Iterator[Block]:
    """Open the engine; what there is to see and to say on the way.

    Raises:
        ModelError, AdapterError: after an adapter's error the model is open and can be used.
    """
    if not (repository := missing_model(session)):
        yield from about_model(session.start())
        return
    try:
        yield from awaited(fetching_model(repository))
    except Stopped:
        said = "The download was stopped, so there is no model yet."
        yield Notice(f"{said} /model chooses one; this one goes on where it was.", "warning")
        return
    yield from about_model(session.start())


def missing_model(session: Session) -> str | None:
    """The repository of the settings' model, when it is not on this machine yet."""
    from assistant.engine.fetching import is_fetched

    repository = repository_of(session.settings.model, session)
    return repository if repository and not is_fetched(repository) else None


def missing_adapters(session: Session) -> list[str]:
    """The repositories of the settings' adapters that are not on this machine yet."""
    from assistant.lora import is_repository

    if session.settings.engine:
        return []
    names = [split_scale(ref, session.is_adapter)[0] for ref in session.settings.adapters]
    return [
        name
        for name in names
        if is_repository(name)
        and not Path(name).is_dir()
        and not any(
            hub_cache().glob(f"models--{name.replace('/', '--')}/snapshots/*/*.safetensors")
        )
    ]


def repository_of(model: str, session: Session) -> str | None:
    """The repository that a name means; None for a folder, and for what a server has."""
    if session.settings.engine:
        return None
    from assistant.engine.models import find_model

    with suppress(ModelError):  # opening it says what is wrong
        return find_model(model, search_folders("models", session.places)).repository
    return None
