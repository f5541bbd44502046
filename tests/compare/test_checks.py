"""Checks that need no judge, and the process in which code of answers runs."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from assistant.compare.checks import Checks, check, repetition
from assistant.compare.code import code_parts, with_usual_imports
from assistant.compare.sandbox import Ran, run_code

GOOD = (
    "Use `mx.sort(x)`. It sorts.\n\n"
    "```python\nimport mlx.core as mx\nprint(mx.sort(mx.array([2, 1])))\n```"
)
BAD = "Use `mx.sorted(x)`.\n\n```python\nx = mx.argsrt(y\n```"


def test_calls_that_exist_and_code_that_parses_are_counted() -> None:
    checks = check(GOOD)
    assert (checks.calls_exist, checks.code_parses, checks.code_runs) == (1.0, 1.0, None)
    assert checks.missing == ()
    assert checks.words == len(GOOD.split())


def test_calls_that_do_not_exist_are_named() -> None:
    checks = check(BAD)
    assert checks.missing == ("mx.sorted",)
    assert (checks.calls, checks.calls_exist, checks.code_parses) == (1, 0.0, 0.0)


def test_an_answer_without_code_has_nothing_to_check() -> None:
    checks = check("A rank is a number.")
    assert (checks.calls_exist, checks.code_parses, checks.code_runs) == (None, None, None)
    assert check("").words == 0


def test_nothing_runs_until_it_is_turned_on() -> None:
    def refuse(source: str) -> Ran:
        raise AssertionError("it ran")

    assert check(GOOD, runner=refuse).ran is None
    assert check(BAD, run=True, runner=refuse).ran == 0, "what does not parse is not run either"


def test_how_the_code_ended_is_kept() -> None:
    ends = iter([Ran(True, "", "", "none"), Ran(False, "NameError: y", "", "none")])
    answer = "```\na = 1\n```\ntext\n```python\ny\n```"
    checks = check(answer, run=True, runner=lambda source: next(ends))
    assert (checks.blocks, checks.ran, checks.code_runs) == (2, 1, 0.5)
    assert checks.failures == ("NameError: y",)
    assert Checks.from_dict(checks.to_dict()) == checks


def test_blocks_of_other_languages_are_no_python_and_an_open_fence_is_a_block() -> None:
    parts = code_parts(
        "```bash\nls\n```\n  ~~~py\n  x = 1\n  ~~~\n`not python at all` ```python\n```\ny"
    )
    assert parts.blocks == ("x = 1", "y")
    assert parts.inline == ()


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ("mx.array(1)", "import mlx.core as mx"),
        ("import numpy as np\nnp.ones(2)", "import numpy as np"),
        ("mx = 3\nprint(mx)", "mx = 3"),
        ("from mlx import core as mx\nmx.ones(2)", "from mlx import core as mx"),
    ],
)
def test_usual_imports_stand_in_where_the_answer_leaves_them_out(source: str, first: str) -> None:
    assert with_usual_imports(source).splitlines()[0] == first


def test_repetition_is_the_share_of_stretches_said_before() -> None:
    assert repetition(["a", "b", "c", "d", "e", "f"]) == 0.0
    # Of the five stretches of "a b c d a b c d", one was there before.
    assert repetition(["a", "b", "c", "d", "a", "b", "c", "d"]) == pytest.approx(1 / 5)
    assert repetition([]) == 0.0


# The process


def test_code_runs_in_a_folder_of_its_own_that_is_gone_afterwards() -> None:
    ran = run_code("import os\nopen('kept', 'w').write('x')\nprint(os.getcwd())", seconds=60)
    assert (ran.ok, ran.said) == (True, "")
    assert not Path(ran.output.strip()).exists()


def test_code_that_fails_says_why() -> None:
    ran = run_code("undefined_name", seconds=60)
    assert not ran.ok
    assert ran.said.startswith("NameError")


def test_code_that_does_not_end_is_ended_with_all_it_started(tmp_path: Path) -> None:
    marker = tmp_path / "alive"
    child = (
        f"import time\nwhile True:\n    open({str(marker)!r}, 'a').write('.')\n    time.sleep(0.05)"
    )
    source = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}])\ntime.sleep(600)"
    )
    ran = run_code(source, seconds=5)
    assert not ran.ok
    assert "after 5 s" in ran.said
    size = marker.stat().st_size if marker.exists() else 0
    time.sleep(0.3)
    assert (marker.stat().st_size if marker.exists() else 0) == size


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not hold address space down")
def test_code_cannot_take_all_memory() -> None:
    ran = run_code("x = bytearray(3 * 1024 ** 3)", seconds=60, memory_bytes=1024**3)
    assert "MemoryError" in ran.said


def test_code_cannot_fill_the_disk() -> None:
    ran = run_code(
        "f = open('big', 'wb')\nfor _ in range(64): f.write(bytes(1024 ** 2))", seconds=60
    )
    assert not ran.ok


def test_code_reaches_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ran = run_code(
            f"import socket\nsocket.create_connection(('127.0.0.1', {port}))", seconds=60
        )
    assert not ran.ok
    assert ran.network in ("none", "refused")


def test_code_sees_nothing_of_the_persons_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    ran = run_code("import os\nprint(dict(os.environ))", seconds=60)
    assert ran.ok
    assert "hunter2" not in ran.output
    assert os.environ["HOME"] not in ran.output


def test_mlx_runs_within_the_limits() -> None:
    ran = run_code(with_usual_imports("print(mx.sort(mx.array([2, 1])).tolist())"), seconds=100)
    assert (ran.said, ran.output.strip()) == ("", "[1, 2]")


def test_odd_escapes_in_code_warn_nobody() -> None:
    assert check("```python\nprint('\\d')\n```").parsed == 1
