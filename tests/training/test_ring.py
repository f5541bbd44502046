"""Processes that train together: they know of each other, and none is left behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.errors import TrainingError
from assistant.training.ring import processes, run_ring

SUM = """
import sys
from pathlib import Path
import mlx.core as mx
from assistant.training.ring import is_first, is_member, together
group = mx.distributed.init()
together(group)
total = mx.distributed.all_sum(mx.array([1.0, 10.0 ** group.rank()])).tolist()
Path(sys.argv[1], str(group.rank())).write_text(f"{total} {is_first()} {is_member()}")
"""


def test_the_processes_of_a_ring_add_up_what_each_has(tmp_path: Path) -> None:
    run_ring(["-c", SUM, str(tmp_path)], 2)
    told = [(tmp_path / rank).read_text() for rank in "01"]
    assert told == ["[2.0, 11.0] True True", "[2.0, 11.0] False True"]


def test_one_that_fails_ends_the_others_and_is_said(tmp_path: Path) -> None:
    waits = (
        "import os, sys, time; sys.exit(3) if os.environ['MLX_RANK'] == '1' else time.sleep(600)"
    )
    with pytest.raises(TrainingError, match="stopped before its end"):
        run_ring(["-c", waits], 2)


def test_a_program_without_a_ring_is_its_own_first() -> None:
    from assistant.training.ring import is_first, is_member

    assert is_first()
    assert not is_member()


@pytest.mark.skipif(sys.platform != "linux", reason="a Mac trains on its GPU")
def test_every_process_gets_as_many_rows_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    assert [processes(most, 6) for most in (1, 2, 3, 4, 5)] == [1, 2, 3, 3, 3]
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    assert processes(4, 8) == 1
