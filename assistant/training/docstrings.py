"""Names, calls and first sentences of installed packages, read from their docstrings.

The text belongs to its authors: it is read when a data set is built, and never committed.
This module refuses to know what a library is for; a name it can say nothing about is passed on
with the reason.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from assistant.training.tables import choices, read_table


@dataclass(frozen=True)
class Documented:
    """A public name, a call of it, and what its documentation says in one sentence."""

    name: str
    call: str
    sentence: str
    thing: object


@dataclass(frozen=True)
class Passed:
    """A public name that could not be used, and why."""

    name: str
    reason: str


def walk(module: ModuleType, prefix: str) -> Iterator[Documented | Passed]:
    """Every public callable of `module`, in alphabetical order, named with `prefix`."""
    for name in sorted(dir(module)):
        if name.startswith("_"):
            continue
        thing = getattr(module, name, None)
        if isinstance(thing, ModuleType) or not callable(thing):
            continue
        yield describe(thing, f"{prefix}{name}")


def describe(thing: object, name: str) -> Documented | Passed:
    """What the documentation of `thing` says in a sentence."""
    text = getattr(thing, "__doc__", None)
    if not isinstance(text, str) or not text.strip():
        return Passed(name, "no docstring")
    sentence = first_sentence(text, name.rsplit(".", 1)[-1])
    if not sentence:
        return Passed(name, "no sentence in the docstring")
    if len(sentence) > 150:
        return Passed(name, "first sentence too long")
    return Documented(name, f"{name}({arguments(thing, text)})", sentence, thing)


def first_sentence(text: str, name: str) -> str:
    """The first prose sentence of a docstring, without markup; empty when there is none."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text))
    for paragraph in paragraphs[:6]:
        lines = [line for line in paragraph.splitlines() if not _is_signature(line, name)]
        flat = " ".join(" ".join(lines).split())
        if not flat or re.match(
            r"^(overloaded function|\.\.|args?:|parameters|[0-9]+\.)", flat.lower()
        ):
            continue
        flat = plain(flat)
        found = re.match(r"(.{8,}?[.])(\s|$)", flat)
        sentence = (found.group(1) if found else flat).rstrip(".:; ")
        if re.search(r"[A-Za-z]{3}", sentence) and sentence.isascii() and ">>>" not in sentence:
            return sentence + "."
    return ""


def _is_signature(line: str, name: str) -> bool:
    return bool(re.match(rf"^\s*(def )?[\w.]*{re.escape(name)}\s*\(", line)) or "->" in line


def plain(text: str) -> str:
    """Documentation markup taken off."""
    text = re.sub(r":[\w:+.-]+:`~?\.?([^`<]*?)(\s*<[^`]*>)?`", r"\1", text)
    text = re.sub(r"`{1,2}([^`]*)`{1,2}_{0,2}", r"\1", text)
    text = re.sub(r"\[([^\]]+)\]_", "", text)
    return re.sub(r"[*]{1,2}(\w[^*]*)[*]{1,2}", r"\1", text).replace("\\", "").strip()


def arguments(thing: object, text: str) -> str:
    """The names of the arguments that must be given, as they stand in a call."""
    try:
        parameters = list(inspect.signature(thing).parameters.values())  # type: ignore[arg-type]
        return ", ".join(
            p.name
            for p in parameters
            if p.default is p.empty
            and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            and p.name != "self"
        )
    except (TypeError, ValueError):
        return _from_text(text)


def _from_text(text: str) -> str:
    found = re.search(r"\((.*?)\)\s*(->|$)", inspect.cleandoc(text).split("\n\n")[0], re.S)
    if not found:
        return ""
    depth, parts, part = 0, [], ""
    for letter in found.group(1):
        depth += letter in "([{"
        depth -= letter in ")]}"
        if letter == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    names = []
    for piece in [*parts, part]:
        part = piece.strip()
        if part.startswith("*"):
            break
        if part and part != "/" and "=" not in part and "[" not in part.split(":")[0]:
            names.append(part.split(":")[0].strip())
    return ", ".join(name for name in names if name.isidentifier() and name != "self")


@cache
def _verbs() -> frozenset[str]:
    return frozenset(choices(read_table("words.toml")["verbs"]))


def tells(sentence: str) -> str:
    """The sentence as the predicate of "It": "Return the sum." becomes "returns the sum."."""
    first, _, rest = sentence.partition(" ")
    verb = first.lower()
    if verb in _verbs():
        ending = "es" if verb.endswith(("ch", "sh", "x", "s", "z")) else "s"
        return f"{verb}{ending} {rest}"
    if verb.endswith("s") and (verb[:-1] in _verbs() or verb[:-2] in _verbs()):
        return f"{verb} {rest}"
    return ""


def wish(sentence: str) -> str:
    """The sentence as something to want: "Return the sum." becomes "get the sum"; or empty."""
    told = tells(sentence)
    if not told:
        return ""
    verb, _, rest = told.partition(" ")
    stem = next((s for s in (verb[:-1], verb[:-2]) if s in _verbs()), verb)
    return f"{'get' if stem == 'return' else stem} {rest.rstrip('.')}"
