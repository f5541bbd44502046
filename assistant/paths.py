"""Where things are: the person's own folders, the current folder, and what ships with the package.

The one place that knows. It refuses to know what is inside the folders.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SettingsError


@dataclass(frozen=True)
class Places:
    """The folders of one person. Nothing is created until something is written."""

    config: Path
    """Holds config.toml."""
    data: Path
    """Holds adapters/, models/, prompts/, the conversations, the votes, what was taught and the
    input history."""

    @property
    def settings_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def history_file(self) -> Path:
        return self.data / "history"

    @property
    def conversations_file(self) -> Path:
        return self.data / "conversations.db"

    @property
    def caches_folder(self) -> Path:
        """Keys and values of kept chats."""
        return self.data / "caches"

    @property
    def votes_file(self) -> Path:
        return self.data / "votes.db"

    @property
    def taught_file(self) -> Path:
        return self.data / "taught.jsonl"


def find_places(environ: Mapping[str, str] | None = None) -> Places:
    """The platform's folders, or both inside `ASSISTANT_HOME` when that is set.

    Raises:
        SettingsError: it names the folder of nobody, or one below a folder that is gone.
    """
    home = (os.environ if environ is None else environ).get("ASSISTANT_HOME", "")
    if home:
        try:
            root = Path(home).expanduser().absolute()
        except (RuntimeError, OSError):
            raise SettingsError(
                f"ASSISTANT_HOME cannot be {home!r}: there is no such folder to begin from.",
                "Give the whole path of a folder.",
            ) from None
        return Places(config=root, data=root)
    # Only when needed: `--version` has no use for it.
    from platformdirs import PlatformDirs

    folders = PlatformDirs("assistant", appauthor=False)
    return Places(config=Path(folders.user_config_dir), data=Path(folders.user_data_dir))


def shipped(kind: str) -> Path:
    """The folder of the "adapters", "models" or "prompts" that come with the program.

    A wheel carries them inside the package; a checkout keeps them at its top level.
    """
    package = Path(__file__).resolve().parent
    inside = package / "shipped" / kind
    return inside if inside.is_dir() else package.parent / kind


def _folders(kind: str, places: Places) -> dict[str, Path]:
    folders = {"yours": (places.data / kind).resolve(), "shipped": shipped(kind).resolve()}
    try:
        return {"project": (Path.cwd() / kind).resolve(), **folders}
    except OSError:  # the current folder was removed by somebody
        return folders


def search_folders(kind: str, places: Places) -> tuple[Path, ...]:
    """Where names of a kind are looked up: the current folder, the person's, the shipped ones."""
    return tuple(dict.fromkeys(_folders(kind, places).values()))


def whose(path: Path, kind: str, places: Places) -> str | None:
    """In which of those a thing lies: "project", "yours" or "shipped"; None for anywhere else."""
    parent = path.parent.resolve()
    return next((name for name, f in _folders(kind, places).items() if f == parent), None)


def inside(root: Path) -> list[Path]:
    """What a folder holds, by name; nothing where it is not there or not ours to read."""
    try:
        return sorted(root.iterdir())
    except OSError:
        return []


def hub_cache(environ: Mapping[str, str] | None = None) -> Path:
    """The folder where huggingface_hub keeps repositories, by its own environment variables."""
    variables = os.environ if environ is None else environ
    if cache := variables.get("HF_HUB_CACHE"):
        return Path(cache).expanduser()
    home = variables.get("HF_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".cache" / "huggingface") / "hub"
