"""What there is to say about a kept conversation without reading it, and a place found in one.

It refuses to know how conversations are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.chat.entry import UsedAdapter


@dataclass(frozen=True)
class ChatInfo:
    """A conversation as a list shows it."""

    id: str
    title: str
    created: float
    changed: float
    tip: int | None = None
    questions: int = 0
    model: str = ""
    """Of its last answer; its adapters too."""
    adapters: tuple[UsedAdapter, ...] = ()
    system: str = ""
    prompt: Mapping[str, str] = field(default_factory=dict)
    """The prompt from the library as it was: name, summary, system and template."""


@dataclass(frozen=True)
class Found:
    """A message that has the words."""

    chat: ChatInfo
    message: int
    snippet: str
