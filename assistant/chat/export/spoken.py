"""Who said what in a conversation, and the line below an answer. Shared by Markdown and the page.

It refuses to know either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.chat.conversation import Conversation
from assistant.chat.entry import Entry


@dataclass(frozen=True)
class Spoken:
    who: str
    text: str
    details: str = ""
    is_answer: bool = False
    is_adapted: bool = False


def spoken(conversation: Conversation) -> Iterator[Spoken]:
    """The messages of the branch that the conversation is on."""
    for entry in conversation.path:
        if entry.role == "user":
            yield Spoken("You", entry.text)
        elif entry.told:
            yield Spoken("assistant", entry.text, is_answer=True)
        else:
            adapted = bool(entry.made and entry.made.adapters)
            yield Spoken(_speaker(entry), entry.text, _details(entry), True, adapted)


def _speaker(entry: Entry) -> str:
    if entry.made is None:
        return "model"
    adapters = [f"{adapter.name} ×{adapter.scale:.3g}" for adapter in entry.made.adapters]
    return " · ".join([entry.made.model or "model", " + ".join(adapters) or "base"])


def _details(entry: Entry) -> str:
    """Such as "seed 7, temperature 0.7, 118 tokens at 61 a second, stopped"."""
    if entry.finish is None:
        return "broken off"
    finish = entry.finish
    parts = []
    if entry.made and entry.made.sampling.temperature > 0:
        parts += [f"seed {finish.seed}", f"temperature {entry.made.sampling.temperature:g}"]
    if entry.made and entry.made.prompt:
        parts.append(f"prompt {entry.made.prompt}")
    speed = f" at {finish.timing.tokens_per_s:.0f} a second" if finish.timing.tokens_per_s else ""
    parts.append(f"{len(finish.tokens)} tokens{speed}")
    ending = {"stop": "", "cancelled": "stopped", "length": "cut off"}[finish.reason]
    return ", ".join([*parts, *filter(None, [ending])])
