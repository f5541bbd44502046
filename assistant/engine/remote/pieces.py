"""One piece of a streamed answer, read out of the server's JSON. Wrong types raise ValueError.

Servers differ: thoughts are `reasoning_content` or `reasoning`, tokens are numbered only by vLLM,
log-probabilities come with most. It refuses to know where pieces come from and where they go.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from assistant.engine.types import Usage


class InBandError(ValueError):
    """The server's own report of a failure, in the middle of a stream."""


@dataclass(frozen=True)
class Unit:
    """What one token adds, as far as the server tells tokens apart."""

    text: str
    token: int | None = None
    logprob: float | None = None


@dataclass(frozen=True)
class Piece:
    units: tuple[Unit, ...] = ()
    thought: str = ""
    finish: str | None = None
    stopped_by: str | None = None
    """The stop text that ended the answer, where vLLM names it."""
    usage: Usage | None = None

    @property
    def text(self) -> str:
        return "".join(unit.text for unit in self.units)


def read_piece(data: str) -> Piece:
    """A chunk of a stream, or a whole answer of a server that does not stream."""
    try:
        found = json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("no object")
    if found.get("error"):
        error = found["error"]
        raise InBandError(error.get("message") if isinstance(error, dict) else error)
    choices = found.get("choices")
    if not isinstance(choices, list):
        raise ValueError("no choices")
    usage = _usage(found.get("usage"))
    if not choices:
        return Piece(usage=usage)
    choice = choices[0]
    said = choice.get("delta") or choice.get("message") or {} if isinstance(choice, dict) else None
    if not isinstance(said, dict):
        raise ValueError("no message")
    text = _text(said.get("content"))
    finish, stopped_by = choice.get("finish_reason"), choice.get("stop_reason")
    return Piece(
        units=_units(text, choice.get("token_ids"), choice.get("logprobs")),
        thought=_text(said.get("reasoning_content") or said.get("reasoning")),
        finish=finish if isinstance(finish, str) else None,
        stopped_by=stopped_by if isinstance(stopped_by, str) else None,
        usage=usage,
    )


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, list):  # parts, as some servers send them
        return "".join(
            _text(part.get("text")) if isinstance(part, dict) else _text(part) for part in content
        )
    if not isinstance(content, str):
        raise ValueError("text that is no text")
    return content


def _units(text: str, ids: Any, logprobs: Any) -> tuple[Unit, ...]:
    """The text taken apart into its tokens, if what the server says of them adds up to it."""
    tokens = [n for n in ids if _is_count(n)] if isinstance(ids, list) else []
    entries = logprobs.get("content") if isinstance(logprobs, dict) else None
    entries = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    texts = [e.get("token") for e in entries]
    count = max(len(tokens), len(entries))
    if not count:
        return (Unit(text),) if text else ()
    if "".join(t for t in texts if isinstance(t, str)) != text or len(texts) != count:
        texts = [text] + [""] * (count - 1)
    return tuple(
        Unit(
            texts[place] if isinstance(texts[place], str) else "",
            tokens[place] if len(tokens) == count else None,
            _logprob(entries[place].get("logprob")) if len(entries) == count else None,
        )
        for place in range(count)
    )


def _logprob(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number may have thousands of digits
        return None
    return None if math.isnan(number) else number


def _number(value: Any) -> int:
    return int(value) if _is_count(value) else 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _usage(found: Any) -> Usage | None:
    if not isinstance(found, dict):
        return None
    details = found.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    return Usage(
        _number(found.get("prompt_tokens")),
        _number(cached),
        _number(found.get("completion_tokens")),
    )
