"""What a good answer looks like: the call, one sentence, a short program.

This module refuses to know how the question was worded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.training.docstrings import Documented, tells
from assistant.training.examples import program, try_program
from assistant.training.libraries import Library
from assistant.training.tables import Operation

AXIS_WORDS = {0: "along axis 0", 1: "along axis 1", -1: "over the last axis"}
KEEPING = {"sum", "mean", "max", "min", "prod", "var", "std"}


@dataclass(frozen=True)
class Variant:
    """One call of an operation: plain, or over an axis, perhaps keeping the dimensions."""

    axis: int | None = None
    keep: bool = False


PLAIN = Variant()


def variants(operation: Operation, library: Library) -> list[Variant]:
    """The ways in which the operation can be called in this library."""
    found = [PLAIN]
    if operation.axis and operation.name not in ("flip",):
        found += [Variant(axis) for axis in AXIS_WORDS]
        if operation.name in KEEPING:
            found += [Variant(axis, keep=True) for axis in AXIS_WORDS]
    return found


def call_of(operation: Operation, library: Library, variant: Variant) -> str:
    """The call, with its axis put in."""
    call = operation.calls[library.name]
    if variant.axis is None:
        return call
    call = operation.axis_calls.get(library.name, call)
    # One axis of a vector is no choice: the example shows a matrix instead.
    call = re.sub(r"\bx\b", "a", call)
    call = re.sub(r"\by\b", "b", call)
    word = library.axis_word
    if re.search(rf"\b{word}s?=-?\d", call):
        call = re.sub(rf"\b({word}s?)=-?\d", rf"\1={variant.axis}", call)
    else:
        call = f"{call[:-1]}, {word}={variant.axis})"
    return f"{call[:-1]}, {library.keepdims_word}=True)" if variant.keep else call


def sentence_of(operation: Operation, variant: Variant) -> str:
    """What the call does, as the predicate of "It"."""
    if variant.axis is None:
        return operation.says
    kept = " and keeps the dimensions" if variant.keep else ""
    return f"{operation.says.rstrip('.')}, {AXIS_WORDS[variant.axis]}{kept}."


_OWNERS = {"values": "list", "text": "str", "ages": "dict"}


def name_of(call: str) -> str:
    """The function that a call is about, as one would ask for it; empty when there is none."""
    inner = re.match(r"^list\((\w[\w.]*)\(", call)
    found = inner or re.match(r"^([A-Za-z_][\w.]*)\(", call)
    if not found:
        return ""
    owner, dot, rest = found.group(1).partition(".")
    if owner in _OWNERS:
        return f"{_OWNERS[owner]}.{rest}"
    return (
        "" if (dot and owner in {"x", "a", "n", "e", "net"}) or owner == "net" else found.group(1)
    )


def answer(call: str, says: str, source: str) -> str:
    """The text of an answer to "how do I"."""
    return f"Use `{call}`. It {says}\n\n```python\n{source}\n```"


def explanation(name: str, says: str, source: str) -> str:
    """The text of an answer to "what does it do"."""
    return f"`{name}` {says}\n\n```python\n{source}\n```"


def told(answer: str, program: str) -> str:
    """An answer in prose, with the program below it where there is one."""
    return f"{answer}\n\n```python\n{program}\n```" if program else answer


def documented_answer(entry: Documented, asks_meaning: bool) -> str:
    """An answer from documentation alone, where there is no program to show."""
    told = tells(entry.sentence)
    if asks_meaning:
        bare = entry.call.split("(")[0]
        return f"`{bare}` {told}" if told else f"`{bare}`: {entry.sentence}"
    return f"Use `{entry.call}`. It {told}" if told else f"Use `{entry.call}`: {entry.sentence}"


def checked_program(library: Library, call: str) -> tuple[str, str]:
    """The program for a call and, when it does not run, the reason; it is then no example."""
    source = program(library, call)
    return source, try_program(source).failure
