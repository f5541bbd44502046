"""The models to choose from: those on this machine, and a few worth fetching, with what they need.

One list for /model, the screen's panel and `assistant model`. It refuses to know how a model is
opened and how the list is drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.paths import Places, search_folders, whose

if TYPE_CHECKING:
    from assistant.commands.session import Session
    from assistant.engine.models import ModelListing


ON_THE_HUB = "on the hub"


@dataclass(frozen=True)
class Offered:
    """One model of the list."""

    name: str
    """What /model and -m take."""
    where: str
    """"project", "yours", "shipped", "hub cache", or "on the hub" for one to be fetched,
    or "on" the host of a server."""
    architecture: str
    parameters: int
    bits: int | None
    bytes: int
    """Size of the weights on disk."""
    needs: int
    """Bytes of memory it takes with a chat."""
    fits: bool
    """Whether the memory check lets it be opened now."""
    path: Path | None = None
    """None for one that is not on this machine."""
    remark: str = ""

    @property
    def here(self) -> bool:
        return self.where != ON_THE_HUB


@dataclass(frozen=True)
class Catalogue:
    offered: tuple[Offered, ...]
    """Those on this machine first."""
    memory: int
    """Bytes that a model may take now."""
    of: str
    """What they are of."""
    server: str = ""
    """The host that has them; "" for this machine."""


def catalogue_of(session: Session) -> Catalogue:
    """What a session can choose from: where a server is to answer, that is what it serves.

    Raises:
        SettingsError, ServerError: it does not say so, with the reason.
    """
    info = session.engine.info if session.is_open else None
    if info is not None and info.server:
        return _served(info.server, info.served)
    if info is None and session.settings.engine:
        # It has several, say, and none was named. httpx takes a good part of a second to import.
        from assistant.engine.remote import models_on

        return _served(*models_on(session.settings.engine))
    return catalogue(session.places, info.model if info else "")


def catalogue(places: Places, in_use: str = "") -> Catalogue:
    """The list, looked up anew; headers of files are read, so not on a thread that draws.

    The model `in_use` has its memory already, so it fits.
    """
    from assistant.engine.models import list_models
    from assistant.engine.recommended import RECOMMENDED

    memory, of = _memory()
    found = [
        _on_disk(one, places, memory, one.name == in_use)
        for one in list_models(search_folders("models", places))
        if one.bytes or one.source != "hub cache"  # a download that was stopped is not there yet
    ]
    names = {one.name for one in found}
    for one in RECOMMENDED:
        if one.repository not in names:
            needs = one.need.total
            found.append(
                Offered(
                    one.repository,
                    ON_THE_HUB,
                    "",
                    one.parameters,
                    4,
                    one.bytes,
                    needs,
                    needs <= memory,
                    remark=one.remark,
                )
            )
    return Catalogue(tuple(found), memory, of)


def _served(host: str, names: Iterable[str]) -> Catalogue:
    """What a server has; of its models it tells no more than the names."""
    where = f"on {host}"
    offered = (Offered(name, where, "", 0, None, 0, 0, True, remark=where) for name in names)
    return Catalogue(tuple(offered), 0, "", host)


def _on_disk(one: ModelListing, places: Places, memory: int, in_use: bool) -> Offered:
    from assistant.engine.memory import need_of

    needs = need_of(one.path).total
    fits = in_use or needs <= memory
    owner = whose(one.path, "models", places) if one.source == "folder" else None
    where = owner or one.source
    return Offered(
        one.name,
        where,
        one.architecture,
        one.parameters,
        one.bits,
        one.bytes,
        needs,
        fits,
        one.path,
    )


def _memory() -> tuple[int, str]:
    from assistant.engine.memory import available_memory, free_main_memory

    # mlx belongs to the engine's thread, which is to be the first to import it.
    return available_memory() if "mlx.core" in sys.modules else (free_main_memory(), "memory")
