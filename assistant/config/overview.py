"""Every setting with its value and where that came from. It refuses to know how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.config.meanings import meanings
from assistant.settings import NAMES, LoadedSettings, Origin, Settings


@dataclass(frozen=True)
class Shown:
    name: str
    value: Any
    default: Any
    origin: Origin
    meaning: str

    def to_dict(self) -> dict[str, Any]:
        """As `assistant config --json` prints it."""
        return {
            "name": self.name,
            "value": self.value,
            "default": self.default,
            "from": self.origin.kind,
            "place": self.origin.place or None,
            "meaning": self.meaning,
        }


def overview(loaded: LoadedSettings) -> list[Shown]:
    texts = meanings()
    return [
        Shown(
            name,
            getattr(loaded.settings, name),
            getattr(Settings(), name),
            loaded.origin(name),
            texts[name],
        )
        for name in NAMES
    ]


def shown(value: Any) -> str:
    """A value for people."""
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def told(origin: Origin, file: Path) -> str:
    """Where a value came from, for people: "config.toml, line 3"."""
    if origin.kind == "file":
        return f"{file.name}, line {origin.place}"
    return origin.place or origin.kind
