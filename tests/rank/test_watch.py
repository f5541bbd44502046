"""A long calculation runs aside, answers the same, and ends when somebody wants it to."""

from __future__ import annotations

import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import Stopped
from assistant.rank import explain, explain_file
from assistant.rank.aside import exact_aside, singular_values_aside
from assistant.rank.exact import exact
from assistant.rank.values import Gaussian, Matrix
from assistant.rank.watch import Watch

from .hard import save_hard

MIXED = Matrix(
    (
        (1, Fraction(1, 2), -3),
        (Gaussian(Fraction(1), Fraction(-2, 3)), -4, 10**5000),
        (2, 1, -6),
    ),
    3,
)


def test_aside_comes_what_would_come_here() -> None:
    assert exact_aside(MIXED, Watch()) == exact(MIXED)
    array = np.array([[3.0, 0.0], [0.0, 4.0], [0.0, 0.0]])
    assert singular_values_aside(array, Watch()) == pytest.approx([4.0, 3.0])


def test_a_stopped_watch_lets_nothing_begin() -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(Stopped):
        explain("[[1,2],[3,6]]", watch=watch)
    with pytest.raises(Stopped):
        exact_aside(MIXED, watch)


def test_a_calculation_in_flint_is_stopped_in_the_middle(tmp_path: Path) -> None:
    path = save_hard(tmp_path)
    watch = Watch()
    raised: list[Exception] = []

    def work() -> None:
        try:
            explain_file(path, watch=watch)
        except Stopped as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive() and watch._process is None:
        time.sleep(0.01)
    assert "exact rank of a 700 × 700 matrix" in watch.doing
    watch.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert raised
