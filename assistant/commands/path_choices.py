"""Files and folders that could complete a path. It refuses to know what they are for."""

from __future__ import annotations

from pathlib import Path

from assistant.commands.amounts import size
from assistant.commands.command import Choice
from assistant.commands.fuzzy import fitting

MOST = 200
"""A folder of thousands is not looked through to its end while somebody types."""


def looks_like_path(word: str) -> bool:
    """Whether a word begins as only a path does."""
    return word.startswith(("/", "./", "../", "~"))


def path_choices(word: str) -> list[Choice]:
    """What could stand for a path that has been begun; a folder's name ends with a slash.

    Hidden ones come only for a name that begins with a dot.
    """
    head, slash, tail = word.rpartition("/")
    folder = Path(f"{head}/" if slash else ".")
    try:
        inside = sorted(folder.expanduser().iterdir())
    except (OSError, RuntimeError, ValueError):  # not there, not ours to read, no path at all
        return []
    shown = [path for path in inside if tail.startswith(".") or not path.name.startswith(".")]
    best = fitting(tail, shown, lambda path: path.name)[:MOST]
    return [choice for path in best if (choice := _choice(f"{head}{slash}", path)) is not None]


def _choice(head: str, path: Path) -> Choice | None:
    try:
        if path.is_dir():
            return Choice(f"{head}{path.name}/", "folder")
        return Choice(f"{head}{path.name}", size(path.stat().st_size))
    except OSError:
        return None
