"""Which adapted columns a comparison has: what was typed after /compare.

It refuses to know how they are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.commands.scales import split_scale
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.commands.session import Session
    from assistant.engine.types import AdapterInfo

SWEEP = (0.5, 1.0, 1.5)
"""Strengths beside the base, which is strength 0."""
MOST_VARIANTS = 4
"""Columns beside the base: more cannot be read side by side."""


@dataclass(frozen=True)
class Wish:
    """What somebody typed: options first, then the question."""

    question: str
    blind: bool = False
    sweep: bool = False
    again: bool = False
    """Whether the columns are those of the comparison before."""
    number: int | None = None
    """Of an earlier question of the chat, counted from 1."""
    refs: tuple[str, ...] = ()
    """Each NAME[=SCALE], or several joined by + for a blend."""


def read_wish(text: str) -> Wish:
    """Options and question of a /compare line.

    Raises:
        UsageError: an option that there is not, or one that lacks what belongs to it.
    """
    blind = sweep = again = False
    number: int | None = None
    refs: list[str] = []
    rest = text.strip()
    while rest.startswith("-"):
        word, _, after = rest.partition(" ")
        if word == "--":
            rest = after.strip()
            break
        if word == "--blind":
            blind = True
        elif word == "--sweep":
            sweep = True
        elif word == "--again":
            again = True
        elif word == "--question":
            digits, _, after = after.strip().partition(" ")
            if not digits.isdecimal():
                raise UsageError(
                    "--question takes the number of a question.", "/branch lists them."
                )
            number = int(digits)
        elif word in ("-a", "--adapter"):
            ref, _, after = after.strip().partition(" ")
            if not ref:
                raise UsageError("There is no adapter after -a.", "As in /compare -a mlx-docs=0.5")
            refs.append(ref)
        elif word.startswith("--"):
            raise UsageError(
                f"/compare has no option {word}.",
                "It has --blind, --sweep, --again, --question N and -a NAME=SCALE; a question may "
                "follow after --.",
            )
        else:
            break  # "-1 is what?" is a question
        rest = after.strip()
    if number is not None and rest:
        raise UsageError(
            "There are two questions: one by its number, and one that is written out.",
            "Leave one of them out: /compare --question 1",
        )
    if again and (sweep or refs):
        raise UsageError(
            "--again takes the columns of the comparison before, so -a and --sweep have no place.",
            "Leave it out, or them: /compare --again",
        )
    return Wish(rest, blind, sweep, again, number, tuple(refs))


def chosen_variants(session: Session, wish: Wish) -> list[Mapping[str, float]] | None:
    """The adapted columns that were wished for; None for the usual ones.

    Adapters that are named and not loaded are loaded, and not put in use.

    Raises:
        UsageError: a sweep of nothing, or of several things; nothing to do again.
        AdapterError: one that is named cannot be loaded.
    """
    if wish.again:
        if session.contest is None:
            raise UsageError("There is no comparison to make again.", "Make one: /compare TEXT")
        return list(session.contest.comparison.columns[1:])
    variants: list[Mapping[str, float]] = [blend(session, ref) for ref in wish.refs]
    if not wish.sweep:
        return variants or None
    variants = variants or _usual(session)
    if len(variants) != 1:
        many = "Several adapters are loaded" if variants else "There is no adapter to sweep"
        raise UsageError(f"{many}.", "Say which one: /compare --sweep -a mlx-docs")
    return [{name: s * scale for name, s in variants[0].items()} for scale in SWEEP]


def _usual(session: Session) -> list[Mapping[str, float]]:
    if session.in_use:
        return [session.in_use]
    return [{adapter.name: 1.0} for adapter in session.engine.adapters()]


def blend(session: Session, ref: str) -> dict[str, float]:
    """NAME[=SCALE], or several joined by +, as loaded adapters with their strengths.

    Raises:
        UsageError: a scale that is no number.
        AdapterError: one that is not loaded yet cannot be.
    """
    return dict(_loaded(session, part) for part in parts_of(ref))


def parts_of(ref: str) -> Sequence[str]:
    """Each NAME[=SCALE] of a blend; a folder may have a + in its own name."""
    if any(Path(whole).expanduser().is_dir() for whole in (ref, ref.rpartition("=")[0]) if whole):
        return [ref]
    return [part for part in ref.split("+") if part] or [ref]


def _loaded(session: Session, ref: str) -> tuple[str, float]:
    name, scale = split_scale(ref, session.is_adapter)
    loaded = session.engine.adapters()
    if all(adapter.name != name for adapter in loaded):
        name = session.engine.load_adapter(name, name=_name_beside(name, loaded)).name
    return name, scale


def _name_beside(ref: str, loaded: Sequence[AdapterInfo]) -> str | None:
    """A name for a folder that is called as an adapter from another folder: runs/new/mine beside
    runs/old/mine is new-mine, and takes nobody's place. None where its own will do."""
    folder = Path(ref).expanduser().resolve()
    names = {adapter.name: adapter.path for adapter in loaded}
    before = [name for name, path in names.items() if path == folder]
    if before or folder.name not in names:
        return before[0] if before else None
    longer = f"{folder.parent.name}-{folder.name}"
    numbered = (f"{longer}-{number}" for number in count(2))
    return longer if longer not in names else next(n for n in numbered if n not in names)


def beside_the_base(
    wanted: Sequence[Mapping[str, float]] | None,
    in_use: Mapping[str, float],
    loaded: Sequence[AdapterInfo],
) -> Sequence[Mapping[str, float]]:
    """The adapted columns: those that are wanted. With None, the adapters in use make one column
    together; when none is in use, each loaded one makes its own.

    Raises:
        UsageError: there is nothing to compare, or too much.
    """
    if wanted is None:
        wanted = [in_use] if in_use else [{adapter.name: 1.0} for adapter in loaded]
    if not wanted:
        raise UsageError(
            "There is no adapter to compare with the base model.",
            "Load one first: /adapter load mlx-docs",
        )
    if len(wanted) > MOST_VARIANTS:
        raise UsageError(
            f"{len(wanted)} adapted answers are too many to compare at once.",
            f"At most {MOST_VARIANTS} stand beside the base: /compare -a NAME -a NAME …",
        )
    return wanted
