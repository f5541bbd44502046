"""Downloads under way: how far they are, in a thread of their own, and the way to stop them.

    folder = yield from awaited(fetching_model("mlx-community/Qwen3-0.6B-4bit"))

It refuses to know who watches.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.commands.amounts import size
from assistant.commands.job import Calculation
from assistant.rank.watch import Watch


def fetching_model(repository: str) -> Calculation[Path]:
    """The download of a model; its result is the folder in the hub's cache."""

    def work(watch: Watch) -> Path:
        # huggingface_hub takes a good part of a second to import: not before it is wanted.
        from assistant.engine.fetching import fetch_model

        return fetch_model(repository, telling(watch, repository))

    return Calculation(work, verb="")


def fetching_adapter(repository: str) -> Calculation[Path]:
    """The download of an adapter."""

    def work(watch: Watch) -> Path:
        from assistant.lora import fetch_adapter

        return fetch_adapter(repository, telling(watch, repository))

    return Calculation(work, verb="")


def telling(watch: Watch, repository: str) -> Callable[[int, int], None]:
    """What to tell a download, so that the watch knows how far it is and can stop it."""
    watch.tell(f"Asking the hub for {repository}")

    def tell(done: int, total: int) -> None:
        watch.share = done / total if total else None
        watch.tell(f"Fetching {repository}: {size(done)} of {size(total)}")

    return tell
