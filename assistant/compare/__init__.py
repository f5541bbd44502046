"""Base against adapted: the same question, the same dice, one batch; what changed, and how much."""

from assistant.compare.comparison import Agreement, Comparison, first_difference, label
from assistant.compare.evidence import AnswerReading, Evidence, Pair, Parting, TokenReading, gather
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
