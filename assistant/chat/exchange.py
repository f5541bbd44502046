"""Questions with their answers: the messages of a path in pairs.

A chat may have thousands, of which few are looked at: an `Exchanges` is a sequence that makes what
it is asked for. It refuses to know branches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, overload

from assistant.chat.entry import Entry
from assistant.chat.kept import Held, entry_of
from assistant.engine.types import Finish


@dataclass(frozen=True)
class Exchange:
    """A question and its answer."""

    question: str
    """What the model read."""
    answer: str
    adapters: Mapping[str, float] = field(default_factory=dict)
    finish: Finish | None = None
    told: bool = False
    """The answer is the program's own, not the model's."""
    asked: Entry | None = None
    answered: Entry | None = None


Pair: TypeAlias = tuple[Held, Held | None]
"""A question, and its answer if it has one."""


class Exchanges(Sequence[Exchange]):
    """The exchanges of a path as it was when it was asked for."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.pairs = pairs
        """The same as they are held, for those who look at no text."""

    @classmethod
    def of(cls, path: Iterable[Held]) -> Exchanges:
        return cls(tuple(_pairs(path)))

    def __len__(self) -> int:
        return len(self.pairs)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Exchanges: ...
    def __getitem__(self, index: int | slice) -> Exchange | Exchanges:
        if isinstance(index, slice):
            return Exchanges(self.pairs[index])
        return _exchange(*self.pairs[index])


def _pairs(path: Iterable[Held]) -> Iterator[Pair]:
    asked: Held | None = None
    for held in path:
        if held.role == "user":
            if asked is not None:  # nothing ever answered it
                yield asked, None
            asked = held
        elif asked is not None:
            yield asked, held
            asked = None
    if asked is not None:
        yield asked, None


def _exchange(question: Held, answer: Held | None) -> Exchange:
    asked = entry_of(question)
    if answer is None:
        return Exchange(asked.read, "", told=asked.told, asked=asked)
    answered = entry_of(answer)
    adapters = answered.made.scales if answered.made else {}
    return Exchange(
        asked.read, answered.text, adapters, answered.finish, answered.told, asked, answered
    )
