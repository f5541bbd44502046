"""Base against adapted: the same question, the same dice, one batch; what changed, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.lazy_names import names_of

if TYPE_CHECKING:
    from assistant.compare.comparison import Agreement, Comparison, first_difference, label
    from assistant.compare.evidence import (
        AnswerReading,
        Evidence,
        Pair,
        Parting,
        TokenReading,
        gather,
    )
    from assistant.compare.words import Span, marked, word_difference

__all__ = [
    "Agreement",
    "AnswerReading",
    "Comparison",
    "Evidence",
    "Pair",
    "Parting",
    "Span",
    "TokenReading",
    "first_difference",
    "gather",
    "label",
    "marked",
    "word_difference",
]

_HOMES = {
    "Agreement": "comparison",
    "AnswerReading": "evidence",
    "Comparison": "comparison",
    "Evidence": "evidence",
    "Pair": "evidence",
    "Parting": "evidence",
    "Span": "words",
    "TokenReading": "evidence",
    "first_difference": "comparison",
    "gather": "evidence",
    "label": "comparison",
    "marked": "words",
    "word_difference": "words",
}


# Imported when it is looked at: a chat needs no more of it than the label of an answer.
__getattr__ = names_of(__name__, _HOMES)
