"""Base against adapted: the same question, the same dice, one batch."""

from assistant.compare.comparison import Agreement, Comparison, first_difference, label

__all__ = ["Agreement", "Comparison", "first_difference", "label"]
