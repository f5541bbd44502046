"""Fetches from the Hugging Face hub: how far it is, the way to stop it, and why it failed.

    fetch("mlx-community/Qwen3-0.6B-4bit", ["*.json"], lambda done, total: ..., refusal)

It refuses to know what is fetched.
"""

from __future__ import annotations

import errno
import io
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from assistant.errors import AssistantError
from assistant.file_trouble import first_line, why
from assistant.paths import hub_cache

# What is wrong with the disk, and not with the network, which raises the same kind of error.
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG}

Tell: TypeAlias = Callable[[int, int], None]
"""Takes the bytes that are here and those there are in all. What it raises ends the download."""


Refusal: TypeAlias = Callable[[str, str], AssistantError]
"""Makes the error of a download that failed, of the reason and of what to do."""


def fetch(repository: str, patterns: Sequence[str], tell: Tell | None, refusal: Refusal) -> Path:
    """The folder of a repository in the hub's cache, downloaded as far as it is not there.

    A download that was stopped goes on where it was. Raises `refusal` when it cannot be had.
    """
    try:
        return _fetch(repository, patterns, tell)
    except AssistantError:  # whoever was told has stopped it
        raise
    except Exception as error:  # whatever the library and its HTTP client raise is one refusal
        raise refusal(*_reason_of(error)) from None


def _fetch(repository: str, patterns: Sequence[str], tell: Tell | None) -> Path:
    # Takes a good part of a second to import: only when a repository is asked for.
    from huggingface_hub import snapshot_download

    size = _size(repository, patterns)
    folder = snapshot_download(
        repository,
        allow_patterns=list(patterns),
        cache_dir=hub_cache(),
        tqdm_class=_bar_class(tell or (lambda done, total: None), size or 0),
        # Without a network the library would try again, and again.
        local_files_only=size is None,
    )
    return Path(folder)


def _size(repository: str, patterns: Sequence[str]) -> int | None:
    """Bytes of the files, 0 when the hub does not say; None when it cannot be reached. The library
    itself learns of each file when its turn comes, so that its own total grows."""
    from huggingface_hub import HfApi
    from huggingface_hub.utils import filter_repo_objects

    try:
        found = HfApi().model_info(repository, files_metadata=True).siblings or []
    except Exception as error:  # what is wrong, the download says
        return None if _is_of_network(error) else 0
    sizes = {file.rfilename: file.size or 0 for file in found}
    return sum(sizes[n] for n in filter_repo_objects(sizes, allow_patterns=list(patterns)))


def _reason_of(error: Exception) -> tuple[str, str]:
    """(why a download failed, what to do), without the library's own advice."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HFValidationError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    if isinstance(error, GatedRepoError):
        return "it asks for an agreement first", "Give it on its page, then `hf auth login`."
    if isinstance(error, RepositoryNotFoundError):
        return "the hub has no such repository, or it is private", "Check the name."
    if isinstance(error, HFValidationError):
        return "that is no name of a repository", "It has the form OWNER/NAME."
    if isinstance(error, OfflineModeIsEnabled) or _is_offline(error):
        return "HF_HUB_OFFLINE is set", "Unset it, or give a folder."
    if isinstance(error, OSError) and error.errno in _DISK:
        hint = "Make room, or name another place for the hub's cache with HF_HUB_CACHE."
        return f"the hub's cache cannot be written: {why(error)}", hint
    if (status := _status(error)) is not None:
        return f"the hub answered with an error ({status})", "Try again in a while."
    if isinstance(error, LocalEntryNotFoundError | ConnectionError) or _is_of_network(error):
        return "the hub cannot be reached", "Check the network, or give a folder."
    reason = first_line(error)
    return reason, "Check the name and the network, or give a folder."


def _status(error: BaseException) -> int | None:
    """The number with which the hub refused, where it did; the library hides it behind its own."""
    cause: BaseException | None = error
    while cause is not None:
        status = getattr(getattr(cause, "response", None), "status_code", None)
        if isinstance(status, int) and status >= 429:
            return status
        cause = cause.__cause__
    return None


def _is_offline(error: Exception) -> bool:
    from huggingface_hub import constants
    from huggingface_hub.errors import LocalEntryNotFoundError

    return bool(constants.HF_HUB_OFFLINE) and isinstance(error, LocalEntryNotFoundError)


def _is_of_network(error: Exception) -> bool:
    """Whether the library's HTTP client raised it, whichever client that is."""
    return type(error).__module__.partition(".")[0] in {"httpx", "httpx2", "httpcore", "requests"}


def _bar_class(tell: Tell, size: int) -> type[Any]:
    """What huggingface_hub takes for a progress bar: it draws nothing, and tells."""
    # tqdm comes with huggingface_hub, and its monitor thread would outlive the download.
    from tqdm.auto import tqdm

    bars: list[Any] = []

    class Bar(tqdm):  # type: ignore[misc]  # tqdm has no types
        monitor_interval = 0

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)  # huggingface_hub's own, which tqdm does not know
            super().__init__(*args, **{**kwargs, "file": io.StringIO(), "disable": False})
            if kwargs.get("unit") == "B":
                bars.append(self)

        def update(self, n: float | None = 1) -> bool | None:
            self.n += n or 0
            if bars:
                # Some versions count what comes in and what is written, each in a bar of its own.
                done, total = max(b.n for b in bars), max(b.total or 0 for b in bars)
                tell(int(done), int(max(done, total, size)))
            return None

        def display(self, *args: Any, **kwargs: Any) -> None:
            """Nothing is drawn."""

    # tqdm's own lock starts a process that looks after it, and needs a real standard error.
    Bar.set_lock(threading.RLock())
    return Bar
