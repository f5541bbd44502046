"""An adapter on its way onto the model, fetched before if need be: watched, and stopped.

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


def loading_adapter(session: Session, ref: str) -> Calculation[AdapterInfo]:
    """Load NAME[=SCALE], a folder or OWNER/NAME, and put it in use."""

    def work(watch: Watch) -> AdapterInfo:
        from assistant.lora import fetch_adapter, is_repository

        name, _ = split_scale(ref)
        if is_repository(name) and not Path(name).is_dir():
            fetch_adapter(name, telling(watch, name))
        watch.share = None
        watch.tell(f"Loading {name}")
        info = session.load_adapter(ref)
        if watch.stopped:  # it could not be stopped any more, so it is undone
            session.unload_adapter(info.name)
        return info

    return Calculation(work, verb="")
