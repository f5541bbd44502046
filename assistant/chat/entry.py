"""One message of a conversation and, for an answer, everything it was made with.

Entries never change: a message that grew or ended is a new Entry of the same id. It refuses to
know where entries are kept and in which order they were said.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from assistant.engine.types import Finish, Sampling, Timing, Usage

Role: TypeAlias = Literal["user", "assistant"]


@dataclass(frozen=True)
class UsedAdapter:
    """An adapter that an answer was made under. The fingerprint is that of its content: a
    retrained folder of the same name is another adapter."""

    name: str
    scale: float
    fingerprint: str = ""


@dataclass(frozen=True)
class Made:
    """What an answer was made with. The seed is in its finish."""

    model: str = ""
    adapters: tuple[UsedAdapter, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    system: str = ""
    prompt: str = ""
    """Name of the prompt from the library, or ""."""

    @property
    def scales(self) -> dict[str, float]:
        """The adapters by name, with their strengths; empty for the base model."""
        return {used.name: used.scale for used in self.adapters}


@dataclass(frozen=True)
class Cut:
    """An end that an answer had before it went on."""

    characters: int
    """How much of its text was there."""
    reason: str = ""
    """As in `Finish.reason`; "" where it broke off."""
    seed: int | None = None
    thought: str = ""
    usage: Usage | None = None
    timing: Timing | None = None


@dataclass(frozen=True)
class Entry:
    """One message. `parent` is the message before it, so that messages form a tree."""

    id: int
    parent: int | None
    role: Role
    text: str
    """A question as it was typed; an answer as far as it was said."""
    created: float
    """Seconds since 1970."""
    sent: str | None = None
    """What the model read for a question, where a template made it differ from the text."""
    told: bool = False
    """The program's own words, such as what /rank found: read by the model, not said by it."""
    made: Made | None = None
    finish: Finish | None = None
    """How an answer ended; None while it is under way, and for one that broke off."""
    cuts: tuple[Cut, ...] = ()
    """Where an answer that went on had ended before, oldest first."""

    @property
    def read(self) -> str:
        """What a model reads of it."""
        return self.text if self.sent is None else self.sent


_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """A message's id: rises with time, and two processes do not come by the same one."""
    global _last
    fresh = (time.time_ns() // 1_000_000) << 20 | secrets.randbits(20)
    with _lock:
        _last = max(fresh, _last + 1)
        return _last


_LETTERS = "abcdefghjkmnpqrstvwxyz"
_SIGNS = "23456789" + _LETTERS


def new_chat_id() -> str:
    """Ten signs that are easy to read out. The first is a letter: a number means a list's line."""
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_SIGNS) for _ in range(9))
