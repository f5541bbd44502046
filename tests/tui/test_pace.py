"""How often the screen looks for what is new."""

from __future__ import annotations

from assistant.tui.pace import DEAR, TICKS_PER_SECOND, Pace


def looks(share: float, ticks: int = 100) -> int:
    """How many of some ticks the screen looks at, when each look takes a share of a tick."""
    now = [0.0, 0.0]
    pace = Pace(clock=lambda: now[0], busy=lambda: now[1])
    found = 0
    for _ in range(ticks):
        now[0] += 1 / TICKS_PER_SECOND
        if pace.is_time():
            found += 1
            now[1] += share / TICKS_PER_SECOND
    return found


def test_cheap_drawing_is_done_at_every_tick() -> None:
    assert looks(DEAR / 2) == 100


def test_dear_drawing_is_done_at_every_second_tick() -> None:
    assert looks(5 * DEAR) in {50, 51}


def test_even_the_dearest_is_never_put_off_twice() -> None:
    assert looks(3.0) >= 50


def test_it_looks_often_again_once_drawing_is_cheap() -> None:
    now = [0.0, 0.0]
    pace = Pace(clock=lambda: now[0], busy=lambda: now[1])
    now[:] = [0.05, 0.05]
    assert [pace.is_time(), pace.is_time()] == [False, True]
    for tick in range(2, 6):
        now[0] = 0.05 * tick
        assert pace.is_time()
