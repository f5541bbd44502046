"""What a model says to everyday questions, to be learnt again beside what is taught.

A training on a few answers alone makes a model give them to everything. It refuses to know what is
taught and how training works.
"""

from __future__ import annotations

from typing import Any

from assistant.engine.protocol import Engine
from assistant.engine.types import Message, Request, Sampling

QUESTIONS = (
    "Hello",
    "Who are you?",
    "What can you do?",
    "Thank you!",
    "Why is the sky blue?",
    "What is 2 + 3?",
    "Tell me a joke.",
    "How do I sort a list in Python?",
    "How do I read a file in Python?",
    "How do I add two arrays in NumPy?",
    "What is a matrix?",
    "What is a LoRA adapter?",
)
MOST_TOKENS = 160
"""An answer that is longer is left out: learnt cut off, it would teach to break off."""


def rehearsal(engine: Engine, system: str = "") -> list[dict[str, Any]]:
    """The base model's own answers, as examples; greedy, all in one batch."""
    before: list[Message] = [{"role": "system", "content": system}] if system else []
    chats: list[list[Message]] = [[*before, {"role": "user", "content": q}] for q in QUESTIONS]
    sampling = Sampling(max_tokens=MOST_TOKENS)
    examples = []
    for event in engine.generate([Request(chat, {}, sampling) for chat in chats]):
        finish = event.finish
        if finish is not None and finish.reason == "stop" and finish.text.strip():
            answer = {"role": "assistant", "content": finish.text}
            examples.append({"messages": [*chats[event.row], answer]})
    return examples
