"""Which names a few typed letters could mean: "adl" means "adapter load". Pure; it knows no names.

    fitting("unl", ["list", "unload"])  ->  ["unload"]

Names that begin with the letters push out those that only have them inside, and these push out
those that have them in order: who types a name as it is written never sees a guess. Titles of chats
are searched by words and nothing is pushed out (`browsing`); letters in order are found by
`in_order` in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_BEGINS, _INSIDE, _IN_ORDER = range(3)
_SEPARATORS = frozenset("/-_. ")


def rank(typed: str, name: str) -> tuple[int, ...] | None:
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
    places = in_order(letters, low)
    return (_IN_ORDER, places[-1] - places[0], places[0]) if places else None


def in_order(letters: str, text: str) -> tuple[int, ...] | None:
    """Where the letters stand in the text one after the other, the tightest way there is, the
    first of equals; None when they do not. There is at least one letter."""
    best: tuple[int, ...] | None = None
    start = text.find(letters[0])
    while start >= 0:
        places = [start]
        for letter in letters[1:]:
            at = text.find(letter, places[-1] + 1)
            if at < 0:
                return best
            places.append(at)
        if best is None or places[-1] - places[0] < best[-1] - best[0]:
            best = tuple(places)
        start = text.find(letters[0], start + 1)
    return best


def fitting(typed: str, things: Iterable[T], name: Callable[[T], str] = str) -> list[T]:
    """The things that fit best, the best first; equals stay in their order."""
    ranked = [(fit, thing) for thing in things if (fit := rank(typed, name(thing))) is not None]
    best = min((fit[0] for fit, _ in ranked), default=_BEGINS)
    ranked = [(fit, thing) for fit, thing in ranked if fit[0] == best]
    return [thing for _, thing in sorted(ranked, key=lambda pair: pair[0])]
