"""The versions of a question and its answers: what /edit and /retry made, and walking them.

It refuses to know what a model reads of them.
"""

from __future__ import annotations

from assistant.chat import Conversation, Entry


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
