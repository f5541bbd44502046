"""The versions of a question and its answers: what /edit and /retry made, and walking them.

It refuses to know what a model reads of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.chat import Conversation, Entry


@dataclass(frozen=True)
class Place:
    """Where a message stands."""

    question: int
    """The number of its question on this branch, from 1; 0 when it is on another."""
    is_question: bool
    version: int
    """Which of the messages beside it this is, from 1."""
    versions: tuple[int, ...]
    """Those messages: wordings of a question, or answers to one."""

    @property
    def what(self) -> str:
        """Such as "answer 2 of 3"."""
        kind = "wording" if self.is_question else "answer"
        return f"{kind} {self.version} of {len(self.versions)}"

    def beside(self, by: int) -> int:
        """The message that many further on, round and round."""
        return self.versions[(self.version - 1 + by) % len(self.versions)]


def places_of(conversation: Conversation, messages: Iterable[int]) -> dict[int, Place]:
    """Where messages of the conversation stand; those that are not of it are left out."""
    numbers = {id: n for n, id in enumerate(conversation.question_ids, 1)}
    found: dict[int, Place] = {}
    for message in messages:
        entry = conversation.find(message)
        if entry is None or entry.told:
            continue
        beside = tuple(e.id for e in conversation.siblings(message) if not e.told)
        asked = entry.id if entry.role == "user" else entry.parent
        number = numbers.get(asked or 0, 0)
        found[message] = Place(number, entry.role == "user", beside.index(message) + 1, beside)
    return found


def versions(conversation: Conversation, asked: Entry) -> list[Entry]:
    """Every answer to every wording of a question, oldest wording first; a wording that was never
    answered stands for itself."""
    answers: dict[int | None, list[Entry]] = {}
    for entry in conversation.entries:
        if entry.role == "assistant":
            answers.setdefault(entry.parent, []).append(entry)
    found: list[Entry] = []
    for wording in conversation.siblings(asked.id):
        if not wording.told:
            found += answers.get(wording.id, [wording])
    return found


def current(conversation: Conversation, among: list[Entry]) -> int:
    """Which of the versions the conversation is on, from 0."""
    path = {entry.id for entry in conversation.path}
    return next((at for at, entry in enumerate(among) if entry.id in path), 0)


def step(conversation: Conversation, asked: Entry, by: int) -> tuple[int, int]:
    """Go to the version that many further on, round and round; its number from 1, and of how many.

    What followed a version comes back with it.
    """
    among = versions(conversation, asked)
    at = (current(conversation, among) + by) % len(among)
    conversation.go_through(among[at].id)
    return at + 1, len(among)
