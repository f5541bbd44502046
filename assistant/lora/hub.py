"""Adapters from the Hugging Face hub, through huggingface_hub's own cache.

It refuses to know what is in the folder it fetches.
"""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import AdapterNotFound, AdapterUnusable
from assistant.lora.folder import CONFIG_NAME, WEIGHTS_NAMES
from assistant.paths import hub_cache

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


def is_repository(ref: str) -> bool:
    """Whether a text has the form OWNER/NAME."""
    return _REPOSITORY.fullmatch(ref) is not None and not ref.startswith(".")


def fetch_adapter(repository: str) -> Path:
    """The local folder of a repository's adapter, downloaded when the cache has it not.

    Only the files of the known formats are fetched: no code and no pickles.

    Raises:
        AdapterNotFound: it is neither in the cache nor to be had.
        AdapterUnusable: it holds no weights in a known format.
    """
    # Takes a good part of a second to import: only when a repository is asked for.
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            repository, allow_patterns=[CONFIG_NAME, *WEIGHTS_NAMES], cache_dir=hub_cache()
        )
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).partition("\n")[0].rstrip(".")
        raise AdapterNotFound(
            f"The adapter {repository!r} is no folder here and could not be fetched: {reason}.",
            "Check the name and the network, or give a folder.",
        ) from None
    if not any((Path(folder) / name).is_file() for name in WEIGHTS_NAMES):
        raise AdapterUnusable(
            f"The repository {repository!r} holds no adapter: neither {WEIGHTS_NAMES[0]} nor "
            f"{WEIGHTS_NAMES[1]} is in it.",
            "Pickled weights are never fetched; ask for safetensors where it comes from.",
        )
    return Path(folder)
