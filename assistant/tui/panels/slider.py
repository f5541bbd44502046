"""A slider as text: where its knob stands, and what a place on it means. Pure arithmetic.

    ━━━━━━━━●──────┼───────────────     from 0 to 2, with a mark at 1, which is "as trained"

It refuses to know what is weighed and which keys move it.
"""

from __future__ import annotations

from textual.content import Content

LEAST, MOST = 0.0, 2.0
STEP, FINE_STEP = 0.1, 0.01
_NARROWEST = 9


def moved(value: float, by: float) -> float:
    """The value a step further, on the slider's own grid and between its ends; one that was typed
    may lie beyond an end, and comes back by steps."""
    return min(max(round(value + by, 2), min(LEAST, value)), max(MOST, value))


def value_at(cell: int, room: int) -> float:
    """What a cell of the slider stands for, to the nearest twentieth."""
    share = min(max(cell / max(1, room - 1), 0.0), 1.0)
    return round(LEAST + share * (MOST - LEAST) * 20) / 20 if share < 1 else MOST


def cell_of(value: float, room: int) -> int:
    """Where a value stands; one beyond an end stands at it."""
    share = (min(max(value, LEAST), MOST) - LEAST) / (MOST - LEAST)
    return round(share * (room - 1))


def slider(value: float, room: int) -> Content:
    """The slider in so many cells; nothing where that is too narrow to aim at."""
    if room < _NARROWEST:
        return Content("")
    knob, one = cell_of(value, room), cell_of(1.0, room)
    cells = ["━" if cell < knob else "─" for cell in range(room)]
    cells[one] = "┿" if one < knob else "┼"
    text = "".join(cells)
    return Content.assemble(
        (text[:knob], "$accent"),
        ("●", "bold $text-accent"),
        (text[knob + 1 :], "$foreground 40%"),
    )
