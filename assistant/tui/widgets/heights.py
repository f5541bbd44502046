"""How tall the parts at the bottom of the screen may be, so that a low screen shows all of them.

What one types and the status stand first; the list of completions and an open panel get what is
left. It refuses to know the widgets.
"""

from __future__ import annotations

from dataclasses import dataclass

STATUS = 1
LEAST_INPUT, MOST_INPUT = 3, 10
LEAST_LIST, MOST_LIST = 3, 9
LEAST_THINGS, SOME_THINGS, MOST_THINGS = 2, 4, 9


@dataclass(frozen=True)
class Heights:
    """The most that each may take, and what all of them take now."""

    input: int
    list: int
    taken: int


def share_out(screen: int, bars: int, draft: int, choices: int) -> Heights:
    """For a screen with so many lines, bars of so many, a draft of so many with its frame, and so
    many completions."""
    room = seven_tenths(screen) - STATUS - bars
    list_least = min(choices, LEAST_LIST)
    input_most = max(LEAST_INPUT, min(MOST_INPUT, room - list_least))
    shown = min(input_most, max(draft, LEAST_INPUT))
    list_most = max(1, min(MOST_LIST, room - shown))
    return Heights(input_most, list_most, STATUS + bars + shown + min(list_most, choices))


def panel_most(screen: int, taken: int) -> int:
    """How tall a panel over the bottom may be: of the chat two lines stay."""
    return max(3, min(seven_tenths(screen), screen - taken - 2))


def things_most(room: int, needed: int, keys: int) -> int:
    """How tall the list in such a panel may be. It can be scrolled, and the lines that are needed
    cannot; some of it comes before the lines that only say what keys do."""
    left = room - needed
    return max(LEAST_THINGS, min(SOME_THINGS, left), min(MOST_THINGS, left - keys))


def seven_tenths(lines: int) -> int:
    return lines * 7 // 10
