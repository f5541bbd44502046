"""What the model said at each token of an answer, kept from when it was generated.

Scoring the answer under the same adapters then need not read it again. The logits are as the model
gave them, before penalties and sampling, and the memory for all answers together is bounded: the
oldest answer goes first, and one that finds no room is read again like any other.
Used on the engine's own thread only. It refuses to know how answers are scored.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, TypeAlias

import mlx.core as mx

from assistant.engine.rows import RowAdapters

MAX_BYTES = 256 * 1024 * 1024

Text: TypeAlias = "tuple[RowAdapters, tuple[int, ...]]"
"""Adapters by content and strength, and all tokens, those of the prompt included."""


class Recorder:
    """Stands first among the processors of a row, which mlx-lm calls once for each token."""

    def __init__(self, kept: KeptLogits) -> None:
        self._kept = kept
        self.logits: list[mx.array] | None = []
        """(1, vocabulary) for each token; None once there was no room."""

    def __call__(self, _: Any, logits: mx.array) -> mx.array:
        if self.logits is not None:
            if self._kept.make_room(logits.nbytes):
                # A copy, as a part of the batch's logits would keep all of them in memory; it goes
                # on down the row's own way, so that it is computed with the token.
                own = logits * 1
                self.logits.append(own)
                # The penalty on repetition writes into the array it is given.
                return own[:]
            self.forget()
        return logits

    def forget(self) -> None:
        self._kept.give_back(self.logits or ())
        self.logits = None


class KeptLogits:
    """The answers of one model whose logits are kept."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[Text, list[mx.array]] = OrderedDict()

    def make_room(self, size: int) -> bool:
        """Let go of old answers until so many bytes fit; False when they cannot."""
        while self._bytes + size > self._max_bytes and self._answers:
            self.give_back(self._answers.popitem(last=False)[1])
        fits = self._bytes + size <= self._max_bytes
        self._bytes += size if fits else 0
        return fits

    def give_back(self, logits: Sequence[mx.array]) -> None:
        self._bytes -= sum(one.nbytes for one in logits)

    def keep(self, text: Text, answer_tokens: int, recorder: Recorder) -> None:
        """An answer has ended: keep what belongs to its tokens, and nothing of what came after."""
        if recorder.logits is None:
            return
        self.take(text)
        self._answers[text] = recorder.logits[:answer_tokens]
        self.give_back(recorder.logits[answer_tokens:])
        recorder.logits = None

    def take(self, text: Text) -> list[mx.array] | None:
        """The logits of the last tokens of a text, which are no longer kept then."""
        found = self._answers.pop(text, None)
        if found is not None:
            self.give_back(found)
        return found
