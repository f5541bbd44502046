"""Which names a few typed letters could mean: "adl" means "adapter load". Pure; it knows no names.

    fitting("unl", ["list", "unload"])  ->  ["unload"]

Names that begin with the letters push out those that only have them inside, and these push out
those that have them in order: who types a name as it is written never sees a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_BEGINS, _INSIDE, _IN_ORDER = range(3)
_SEPARATORS = frozenset("/-_. ")


def rank(typed: str, name: str) -> tuple[int, int] | None:
    """How it fits, smaller is better; None when the letters are not in the name in this order."""
    letters, low = typed.lower(), name.lower()
    if low.startswith(letters):
        return _BEGINS, 0
    at = low.find(letters)
    # One letter is in nearly every name, and says nothing where it does not begin a word.
    if at > 0 and (len(letters) > 1 or low[at - 1] in _SEPARATORS):
        return _INSIDE, 0 if low[at - 1] in _SEPARATORS else at
    if len(letters) == 1:
        return None
    jumps, end = 0, -1
    for letter in letters:
        found = low.find(letter, end + 1)
        if found < 0:
            return None
        jumps += found - end - 1
        end = found
    return _IN_ORDER, jumps


def fitting(typed: str, things: Iterable[T], name: Callable[[T], str] = str) -> list[T]:
    """The things that fit best, the best first; equals stay in their order."""
    ranked = [(fit, thing) for thing in things if (fit := rank(typed, name(thing))) is not None]
    best = min((fit[0] for fit, _ in ranked), default=_BEGINS)
    ranked = [(fit, thing) for fit, thing in ranked if fit[0] == best]
    return [thing for _, thing in sorted(ranked, key=lambda pair: pair[0])]
