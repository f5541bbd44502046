"""Fetches a model's repository, with progress, before anything of it is loaded.

It refuses to know how a model is loaded; nothing of mlx is imported.
"""

from __future__ import annotations

from pathlib import Path

from assistant.errors import ModelNotFound, ModelUnusable
from assistant.lora.downloads import Tell, fetch
from assistant.paths import hub_cache

# What mlx-lm reads of a repository; no Python files, as none of them would be run.
MODEL_FILES = ("*.json", "model*.safetensors", "*.model", "*.tiktoken", "*.txt", "*.jinja")


def fetch_model(repository: str, tell: Tell | None = None) -> Path:
    """The local folder of a repository's model, downloaded when the cache has it not.

    Raises:
        ModelNotFound: it is neither in the cache nor to be had.
        ModelUnusable: what it holds is no model.
    """

    def refusal(reason: str, hint: str) -> ModelNotFound:
        where = "is not on this machine and could not be fetched"
        return ModelNotFound(f"The model {repository!r} {where}: {reason}.", hint)

    folder = fetch(repository, MODEL_FILES, tell, refusal)
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
