"""Fetches a model's repository, with progress, before anything of it is loaded.

It refuses to know how a model is loaded; nothing of mlx is imported.
"""

from __future__ import annotations

from pathlib import Path

from assistant.errors import AssistantError, ModelNotFound, ModelUnusable
from assistant.lora.downloads import Tell, fetch, reason_of
from assistant.paths import hub_cache

# What mlx-lm reads of a repository; no Python files, as none of them would be run.
MODEL_FILES = ("*.json", "model*.safetensors", "*.model", "*.tiktoken", "*.txt", "*.jinja")


def fetch_model(repository: str, tell: Tell | None = None) -> Path:
    """The local folder of a repository's model, downloaded when the cache has it not.

    Raises:
        ModelNotFound: it is neither in the cache nor to be had.
        ModelUnusable: what it holds is no model.
    """
    try:
        folder = fetch(repository, MODEL_FILES, tell)
    except AssistantError:  # whoever was told has stopped it
        raise
    except Exception as error:  # whatever the library and its HTTP client raise is one refusal
        reason, hint = reason_of(error)
        raise ModelNotFound(
            f"The model {repository!r} is not on this machine and could not be fetched: {reason}.",
            hint,
        ) from None
    if not (folder / "config.json").is_file() or not list(folder.glob("model*.safetensors")):
        raise ModelUnusable(
            f"The repository {repository!r} holds no model that mlx-lm can load.",
            "Those of mlx-community do: config.json, tokenizer and safetensors.",
        )
    return folder


def is_fetched(repository: str) -> bool:
    """Whether the cache has a model of that repository, weights and all."""
    folder = hub_cache() / f"models--{repository.replace('/', '--')}" / "snapshots"
    return any(
        (snapshot / "config.json").is_file() and any(snapshot.glob("model*.safetensors"))
        for snapshot in (folder.iterdir() if folder.is_dir() else ())
    )
