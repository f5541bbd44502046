"""Every adapter there is to choose from: in the folders, and on the model.

One list for the panel of a screen; `/adapter list` and `assistant adapter list` say it as a table.
It refuses to know how it is drawn and how an adapter is attached.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from assistant.engine.describing import describe
from assistant.engine.types import AdapterInfo
from assistant.errors import AssistantError
from assistant.paths import search_folders, whose

if TYPE_CHECKING:
    from assistant.commands.session import Session

Match: TypeAlias = Literal["made for it", "made for another", "unsaid"]


@dataclass(frozen=True)
class Shelved:
    """One adapter of the list."""

    name: str
    path: Path
    where: str
    """"project", "yours", "shipped", or "elsewhere"."""
    info: AdapterInfo | None
    """None for a folder that cannot be used."""
    problem: AssistantError | None = None
    loaded: bool = False
    scale: float | None = None
    """Its strength while it answers; None when it does not."""
    match: Match = "unsaid"
    """Whether it was made for the model that runs, as far as its own config says."""


def shelf(session: Session) -> list[Shelved]:
    """Loaded ones first, in the order they were loaded, then those in the folders by name."""
    from assistant.lora import list_adapters

    loaded = session.engine.adapters() if session.is_open else []
    model = session.engine.info.model if session.is_open else session.settings.model
    in_use = session.in_use
    found = [
        Shelved(
            info.name,
            info.path,
            _where(info.path, session),
            info,
            loaded=True,
            scale=in_use.get(info.name),
            match=_match(info.base, model),
        )
        for info in loaded
    ]
    names = {item.name for item in found}
    for item in list_adapters(search_folders("adapters", session.places)):
        if item.name in names:
            continue
        info_of = describe(item.folder) if item.folder else None
        found.append(
            Shelved(
                item.name,
                item.path,
                _where(item.path, session),
                info_of,
                item.problem,
                match=_match(info_of.base, model) if info_of else "unsaid",
            )
        )
    return found


def _where(path: Path, session: Session) -> str:
    """In whose folder an adapter lies."""
    return whose(path, "adapters", session.places) or "elsewhere"


def _match(base: str, model: str) -> Match:
    if not base:
        return "unsaid"
    names = (Path(base).name.lower(), Path(model).name.lower())
    return "made for it" if names[0] == names[1] else "made for another"
