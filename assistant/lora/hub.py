"""Adapters from the Hugging Face hub, through huggingface_hub's own cache.

It refuses to know what is in the folder it fetches.
"""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import AdapterNotFound, AdapterUnusable
from assistant.lora.downloads import Tell, fetch
from assistant.lora.folder import CONFIG_NAME, WEIGHTS_NAMES

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


def is_repository(ref: str) -> bool:
    """Whether a text has the form OWNER/NAME."""
    return _REPOSITORY.fullmatch(ref) is not None and not ref.startswith(".")


def fetch_adapter(repository: str, tell: Tell | None = None) -> Path:
    """The local folder of a repository's adapter, downloaded when the cache has it not.

    Only the files of the known formats are fetched: no code and no pickles.

    Raises:
        AdapterNotFound: it is neither in the cache nor to be had.
        AdapterUnusable: it holds no weights in a known format.
    """

    def refusal(reason: str, hint: str) -> AdapterNotFound:
        said = f"The adapter {repository!r} is no folder here and could not be fetched: {reason}."
        return AdapterNotFound(said, hint)

    folder = fetch(repository, [CONFIG_NAME, *WEIGHTS_NAMES], tell, refusal)
    if not any((folder / name).is_file() for name in WEIGHTS_NAMES):
        raise AdapterUnusable(
            f"The repository {repository!r} holds no adapter: neither {WEIGHTS_NAMES[0]} nor "
            f"{WEIGHTS_NAMES[1]} is in it.",
            "Pickled weights are never fetched; ask for safetensors where it comes from.",
        )
    return folder
