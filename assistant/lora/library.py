"""Finds adapters by name, path or in the adapters folders, and lists what is there.

It refuses to know whether one fits a model.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AdapterError, AdapterNotFound
from assistant.lora.adapter import AdapterFolder
from assistant.lora.folder import CONFIG_NAME, read_folder
from assistant.lora.hub import fetch_adapter, is_repository
from assistant.paths import inside


@dataclass(frozen=True)
class Listed:
    """A folder among the adapters: what it holds, or why it cannot be used."""

    name: str
    path: Path
    folder: AdapterFolder | None
    problem: AdapterError | None = None


def list_adapters(folders: Sequence[Path]) -> list[Listed]:
    """Every adapter in these folders by name; the first folder that has a name wins."""
    found: dict[str, Listed] = {}
    for root in folders:
        for path in inside(root):
            # os.path asks where pathlib raises: folders that are not ours to look into.
            if path.name.startswith(".") or path.name in found or not os.path.isdir(path):
                continue
            found[path.name] = _listed(path)
    return sorted(found.values(), key=lambda item: item.name)


def _listed(path: Path) -> Listed:
    try:
        return Listed(path.name, path, read_folder(path))
    except AdapterError as error:
        return Listed(path.name, path, None, error)


def folder_of(ref: str, folders: Sequence[Path]) -> Path | None:
    """The folder on this machine that a name or a path means; None where it means none."""
    looks_like_path = _looks_like_path(ref)
    if not looks_like_path:
        for root in folders:
            if os.path.isdir(root / ref):
                return root / ref
    # os.path asks where pathlib raises: names that are too long, people who are not there.
    path = Path(os.path.expanduser(ref))
    if os.path.isdir(path) and (looks_like_path or os.path.isfile(path / CONFIG_NAME)):
        return path.resolve()
    return None


def _looks_like_path(ref: str) -> bool:
    return "/" in ref or ref.startswith(("~", "."))


def find_adapter(ref: str, folders: Sequence[Path]) -> Path:
    """The folder that a name, a path or a hub repository (OWNER/NAME) means.

    Raises:
        AdapterNotFound: with the nearest name, or the names there are.
    """
    if not ref.strip():
        raise AdapterNotFound("The adapter has no name.", "Give a name or a folder.")
    if (found := folder_of(ref, folders)) is not None:
        return found
    if is_repository(ref):
        return fetch_adapter(ref)
    if _looks_like_path(ref):
        raise AdapterNotFound(
            f"There is no adapter folder {ref[:200]!r}.",
            f"A folder with {CONFIG_NAME} in it is one; a bare name is looked up.",
        )
    names = [item.name for item in list_adapters(folders)]
    near = difflib.get_close_matches(ref, names, n=1)
    known = ", ".join(names) or "none yet"
    hint = f"Did you mean {near[0]}?" if near else f"There are: {known}."
    raise AdapterNotFound(f"There is no adapter {ref[:200]!r}.", hint)
