"""The slider: its steps, and which place stands for which strength."""

from __future__ import annotations

import pytest

from assistant.tui.panels.slider import LEAST, MOST, cell_of, moved, slider, value_at


@pytest.mark.parametrize(
    ("value", "by", "to"),
    [(1.0, 0.1, 1.1), (2.0, 0.1, 2.0), (0.0, -0.1, 0.0), (3.0, 0.1, 3.0), (3.0, -0.1, 2.9)],
)
def test_a_step_never_goes_the_other_way(value: float, by: float, to: float) -> None:
    assert moved(value, by) == to


def test_a_slider_and_its_places_agree() -> None:
    for room in (9, 21, 30, 41):
        assert slider(1.0, room).cell_length == room
        assert (value_at(0, room), value_at(room - 1, room)) == (LEAST, MOST)
        assert (cell_of(-3, room), cell_of(9, room)) == (0, room - 1)
        for cell in range(room):
            assert abs(cell_of(value_at(cell, room), room) - cell) <= 1
    assert moved(0.05, -0.1) == LEAST
    assert moved(1.95, 0.1) == MOST
    assert moved(0.3, -0.1) == 0.2
