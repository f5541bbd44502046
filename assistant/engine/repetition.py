"""Keeps an answer from going round in circles.

The penalty works on the scores before a token is drawn; the guard looks at what was drawn and
says when a passage has come round too often, or a handful of tokens is shuffled. The guard never
changes a token, so an answer that does not loop is the same with and without it.
It refuses to know rows, models and batches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

# A loop is sought in passages up to this long, and only every few tokens: it is not urgent.
_LONGEST = 64
_EVERY = 4
# A short passage may stand often in a row without harm: the zeros of a matrix, a row of dashes.
_AT_LEAST = 48
# What a lost model babbles comes round in no fixed order: "wpxvwpwpxvw". The poorest of 1,800
# answers of the model that ships has 13 different tokens among 48.
_HANDFUL = 6


def loops(tokens: Sequence[int], copies: int) -> bool:
    """Whether the tokens end in one passage `copies` times in a row, 48 tokens or more in all; or
    in 48 tokens of which no more than 6 are different.

    Cheap enough for every token: it looks only now and then.
    """
    if copies < 2 or len(tokens) < _AT_LEAST or len(tokens) % _EVERY:
        return False
    if len(set(tokens[-_AT_LEAST:])) <= _HANDFUL:
        return True
    last = tokens[-1]
    for period in range(1, _LONGEST + 1):
        span = max(copies * period, _AT_LEAST)
        if span > len(tokens):
            return False
        if tokens[-1 - period] != last:
            continue
        tail = tokens[-span:]
        if all(a == b for a, b in zip(tail, tail[period:], strict=False)):
            return True
    return False


def penalty_processor(penalty: float) -> Callable[[Any, Any], Any]:
    """A processor of scores as transformers applies `repetition_penalty`: to prompt and answer.

    Source: Keskar et al., CTRL, https://arxiv.org/abs/1909.05858, section 4.1.
    """
    # mlx-lm imports transformers: not before a model runs.
    from mlx_lm.sample_utils import make_repetition_penalty

    # mlx-lm looks back 20 tokens by default; transformers at everything.
    processor: Callable[[Any, Any], Any] = make_repetition_penalty(penalty, context_size=1 << 30)
    return processor
