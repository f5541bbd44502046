"""Refuses a request that no model could answer, before any row of its call begins.

A number that is none would otherwise run through every layer and come out as an empty answer.
It refuses to know models and adapters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.engine.types import Message, Request, Sampling
from assistant.errors import EngineError

_SEEDS = 2**64
_LARGEST = 1e38


def refuse_nonsense(request: Request) -> None:
    """
    Raises:
        EngineError: naming what is wrong with it.
    """
    refuse_messages(request.messages)
    refuse_strengths(request.adapters)
    _refuse_sampling(request.sampling)


def refuse_messages(messages: Sequence[Message]) -> None:
    """
    Raises:
        EngineError: one is no role with a text.
    """
    for message in messages:
        if not all(isinstance(dict(message).get(key), str) for key in ("role", "content")):
            raise EngineError(
                "A message is not a role and a text.", 'As in {"role": "user", "content": "hi"}.'
            )


def refuse_strengths(adapters: Mapping[str, float]) -> None:
    """
    Raises:
        EngineError: one is no finite number.
    """
    for name, strength in adapters.items():
        if not _is_number(strength):
            raise EngineError(
                f"The strength of {name!r} cannot be {strength!r}.",
                "1 is as trained, 0 the base model.",
            )


def _refuse_sampling(sampling: Sampling) -> None:
    seed, penalty = sampling.seed, sampling.repetition_penalty
    sensible = {
        "max_tokens": (_is_whole(sampling.max_tokens) and sampling.max_tokens > 0, "1 or more"),
        "temperature": (_is_number(sampling.temperature), "a number, 0 for the likeliest token"),
        "top_p": (_is_number(sampling.top_p), "a number from 0 to 1"),
        "top_k": (_is_whole(sampling.top_k) and sampling.top_k >= 0, "a whole number, 0 for all"),
        "min_p": (_is_number(sampling.min_p) and 0 <= sampling.min_p <= 1, "a number from 0 to 1"),
        "seed": (
            seed is None or (_is_whole(seed) and 0 <= seed < _SEEDS),
            "a whole number from 0, or None",
        ),
        "repetition_penalty": (
            penalty is None or (_is_number(penalty) and penalty > 0),
            "a number above 0, or None",
        ),
    }
    for name, (is_sensible, what) in sensible.items():
        if not is_sensible:
            raise EngineError(f"{name} cannot be {getattr(sampling, name)!r}.", f"It takes {what}.")
    if isinstance(sampling.stop, str):
        raise EngineError(
            "stop cannot be one text.", f"It takes several, as in [{sampling.stop!r}]."
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    """Whether it is one that a float32 holds; a NaN is in no range."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -_LARGEST <= value <= _LARGEST
