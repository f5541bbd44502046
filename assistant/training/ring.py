"""One training in several processes: each takes its rows of every batch, and the gradients are
averaged over MLX's ring. On a CPU, MLX computes much on one core; two processes use two.

mlx-lm's trainer does the sharing by itself when the processes know of each other.
This module refuses to know what is trained.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.child import child_environment
from assistant.errors import TrainingError
from assistant.training.cpu_math import on_cpu

_RANK, _HOSTS = "MLX_RANK", "MLX_HOSTFILE"
_LAST_WORDS = 120
"""Seconds that the others get to end, once one has ended well."""


def is_member() -> bool:
    """Whether this process was started as one of a ring."""
    return _RANK in os.environ


def is_first() -> bool:
    """Whether this process is the one that speaks and writes; one alone is."""
    import mlx.core as mx

    return mx.distributed.init().rank() == 0


def processes(most: int, batch: int) -> int:
    """How many processes train: a core for each, and as many rows of a batch; one with a GPU."""
    if not on_cpu():
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(n for n in range(1, max(1, min(most, cores or 1)) + 1) if batch % n == 0)


def run_ring(command: Sequence[str], count: int) -> None:
    """Run `command` in `count` processes that form a ring; the first one's output is shown.

    Raises:
        TrainingError: one of them failed; the others were stopped.
    """
    with tempfile.TemporaryDirectory() as folder:
        hosts = Path(folder) / "hosts.json"
        hosts.write_text(json.dumps([[f"127.0.0.1:{port}"] for port in _free_ports(count)]))
        members = [_start(command, rank, hosts) for rank in range(count)]
        try:
            while all(member.poll() is None for member in members):
                time.sleep(0.5)
            # One that failed leaves the others waiting for it.
            failed = any(member.poll() for member in members) or any(
                member.wait(_LAST_WORDS) for member in members
            )
        except subprocess.TimeoutExpired:
            failed = True
        finally:
            for member in members:
                member.kill()
                member.wait()
    if failed:
        raise TrainingError(
            "The training stopped before its end.", "Start it again: it goes on where it stopped."
        )


def together(group: Any) -> None:
    """Wait until every process of the group has come here."""
    import mlx.core as mx

    mx.eval(mx.distributed.all_sum(mx.array(1), group=group, stream=mx.cpu))


def _start(command: Sequence[str], rank: int, hosts: Path) -> subprocess.Popen[bytes]:
    # A thread of BLAS for each process: they have a core each.
    environment = child_environment(
        **{_RANK: str(rank), _HOSTS: str(hosts), "OPENBLAS_NUM_THREADS": "1"}
    )
    shown = None if rank == 0 else subprocess.DEVNULL
    return subprocess.Popen([sys.executable, *command], env=environment, stdout=shown)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
