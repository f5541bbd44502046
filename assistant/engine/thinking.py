"""Tells what a model thinks aloud before it answers from the answer, as both come.

Models that think begin with "<think>" or a tag like it and end that part with a closing tag; some
chat templates have written the first tag already. Only the beginning counts: the same text in the
middle of an answer is part of the answer.
It refuses to know how text comes about and how it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# What nearly all use, for tokenizers that do not name tags of their own.
_USUAL_TAGS = ("<think>", "</think>")
# gpt-oss speaks in messages, each on a channel: its thoughts, then the answer, or that alone. What
# begins a message ("<|start|>") and ends one steers, and is no text.
_CHANNEL_MARKS = frozenset({"<|channel|>", "<|message|>"})
_THOUGHT_CHANNEL = "<|channel|>analysis<|message|>"
_ANSWER_CHANNEL = "<|channel|>final<|message|>"
# More tokens than a template writes after the beginning of an answer.
_TAIL = 16


def thinking_tags(tokenizer: Any) -> tuple[str, str]:
    """(opening, closing) of the part that the model thinks aloud, as mlx-lm finds them."""
    if _channel_marks(tokenizer):
        return _THOUGHT_CHANNEL, f"assistant{_ANSWER_CHANNEL}"
    opening, closing = (
        getattr(tokenizer, "think_start", None),
        getattr(tokenizer, "think_end", None),
    )
    return (opening, closing) if opening and closing else _USUAL_TAGS


def answer_tag(tokenizer: Any) -> str:
    """What begins an answer without a thought before it; "" where nothing does."""
    return _ANSWER_CHANNEL if _channel_marks(tokenizer) else ""


def _channel_marks(tokenizer: Any) -> frozenset[int]:
    """The tokens that name the channel of a message; none where a model has no channels."""
    added = getattr(tokenizer, "added_tokens_decoder", {})
    found = {t.content: number for number, t in added.items() if t.content in _CHANNEL_MARKS}
    return frozenset(found.values()) if len(found) == len(_CHANNEL_MARKS) else frozenset()


def thinking_tokens(tokenizer: Any) -> frozenset[int]:
    """The tokens of the tags: they must reach the text even where they count as special."""
    if marks := _channel_marks(tokenizer):
        return marks
    found = (getattr(tokenizer, name, None) for name in ("think_start_tokens", "think_end_tokens"))
    return frozenset(token for tokens in found for token in tokens or ())


def begins_thinking(tokenizer: Any, prompt: Sequence[int]) -> bool:
    """Whether the chat template left the model in the middle of thinking."""
    opening, _ = thinking_tags(tokenizer)
    return bool(tokenizer.decode(list(prompt[-_TAIL:])).rstrip().endswith(opening))


class ThoughtSplitter:
    """Takes the text of one row piece by piece; `text` and `thought` are all of it so far."""

    def __init__(self, tags: tuple[str, str], thinking: bool = False, answer_tag: str = "") -> None:
        self._opening, self._closing = tags
        self._answer_tag = answer_tag
        self._state = "thought" if thinking else "start"
        self._held = ""
        self.thought = ""
        self.text = ""

    def add(self, piece: str) -> tuple[str, str]:
        """(thought, answer) that the piece makes certain; either may be empty."""
        self._held += piece
        thought = answer = ""
        if self._state == "start" and self._begins():
            return "", ""
        if self._state == "thought":
            thought = self._take_thought()
        if self._state == "gap":
            # The empty lines between the two belong to neither.
            self._held = self._held.lstrip()
            if self._held:
                self._state = "answer"
        if self._state == "answer":
            answer, self._held = self._held, ""
        return self._note(thought, answer)

    def finish(self) -> tuple[str, str]:
        """What was held back, now that nothing follows."""
        held, self._held = self._held, ""
        return self._note(held, "") if self._state == "thought" else self._note("", held)

    def _begins(self) -> bool:
        """Whether it is still open how the text begins; goes to the next state otherwise."""
        begun = self._held.lstrip()
        for tag in (self._opening, self._answer_tag):
            if len(begun) < len(tag) and tag.startswith(begun):
                return True
        if self._answer_tag and begun.startswith(self._answer_tag):
            self._state = "gap"
            self._held = begun[len(self._answer_tag) :]
        elif begun.startswith(self._opening):
            self._state = "thought"
            self._held = begun[len(self._opening) :]
        else:
            self._state = "answer"
        return False

    def _take_thought(self) -> str:
        if not self.thought:
            self._held = self._held.lstrip("\n")
        before, found, after = self._held.partition(self._closing)
        if found:
            self._state, self._held = "gap", after
            return before
        keep = next(
            n
            for n in range(min(len(before), len(self._closing) - 1), -1, -1)
            if before.endswith(self._closing[:n])
        )
        self._held = before[len(before) - keep :]
        return before[: len(before) - keep]

    def _note(self, thought: str, answer: str) -> tuple[str, str]:
        self.thought += thought
        self.text += answer
        return thought, answer
