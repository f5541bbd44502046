"""An adapter on its way onto the model, fetched before if need be, or off it: watched, and stopped.

It refuses to know who watches.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.commands.fetching import telling
from assistant.commands.job import Calculation
from assistant.commands.scales import split_scale
from assistant.engine.types import AdapterInfo
from assistant.rank.watch import Watch

if TYPE_CHECKING:
    from assistant.commands.session import Session


def loading_adapter(
    session: Session, ref: str, scale: float | None = None
) -> Calculation[AdapterInfo]:
    """Load NAME[=SCALE], a folder or OWNER/NAME, and put it in use; with a scale, `ref` is the name
    alone."""

    def work(watch: Watch) -> AdapterInfo:
        from assistant.lora import fetch_adapter, is_repository

        name = ref if scale is not None else split_scale(ref, session.is_adapter)[0]
        if is_repository(name) and not Path(name).is_dir():
            fetch_adapter(name, telling(watch, name))
        watch.share = None
        watch.tell(f"Loading {name}")
        with session.lineup.one_load:
            watch.check()
            before, in_use = session.engine.adapters(), session.in_use
            info = session.load_adapter(ref, scale)
            if watch.stopped:  # it could not be stopped any more, so it is undone
                if any(adapter.name == info.name for adapter in before):
                    session.weigh_adapter(info.name, in_use.get(info.name))
                else:
                    session.unload_adapter(info.name)
        return info

    return Calculation(work, verb="")


def unloading_adapter(session: Session, name: str) -> Calculation[None]:
    """Take an adapter off the model, which waits until the model is free for it."""

    def work(watch: Watch) -> None:
        watch.tell(f"Taking {name} off the model")
        session.unload_adapter(name)

    return Calculation(work, verb="")
