"""How far a long command is: a bar on a terminal, lines for a screen reader, nothing in a pipe."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator

import pytest

from assistant.cli.progress import Bar, patient, watched
from assistant.commands.job import Calculation
from assistant.errors import Stopped


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Called within the test: pytest puts its own stream in place again after the fixtures."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


@pytest.fixture
def aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCESSIBLE", "1")


class Fetching(Calculation[str]):
    """It is at 0, 4, 5 and 30 % when it is looked at."""

    share = 0.0

    def __init__(self, what: str = "Fetching it: some of 3 GB") -> None:
        self._what = what
        self._seen = threading.Event()
        super().__init__(lambda watch: "done" if self._seen.wait(60) else "never seen")

    def __iter__(self) -> Iterator[str]:
        for self.share in (0.0, 0.04, 0.05, 0.3):
            yield f"{self._what}, {100 * self.share:.0f} s"
        self._seen.set()


def test_a_job_is_a_bar_that_is_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    assert watched(Fetching()) == "done"
    drawn = terminal.getvalue().split("\r")[1:]
    assert drawn[0].startswith("[" + "-" * 24 + "] Fetching it")
    assert drawn[-1].startswith("[#######-")
    assert drawn[-1].endswith("\n")


def test_nothing_is_drawn_for_a_screen_reader(monkeypatch: pytest.MonkeyPatch, aloud: None) -> None:
    terminal = on_terminal(monkeypatch)
    assert watched(Fetching()) == "done"
    assert terminal.getvalue().splitlines() == [
        "Fetching it: some of 3 GB… Ctrl-C stops it.",
        "Fetching it: some of 3 GB, 30 %.",
    ]


def test_things_one_after_the_other_are_told_by_tenths(
    monkeypatch: pytest.MonkeyPatch, aloud: None
) -> None:
    terminal = on_terminal(monkeypatch)
    bar = Bar(40, "answered", done=7)
    for _ in range(9):
        bar.step()
    bar.end()
    told = terminal.getvalue().splitlines()
    assert told == [f"{n} of 40 answered" for n in (7, 8, 12, 16)]


def test_a_bar_never_takes_more_than_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    watched(Fetching("Fetching " + "somebody/with-a-long-name" * 9))
    bar = Bar(3, "x" * 200)
    bar.step()
    bar.end()
    lines = [line.strip("\n").removesuffix("\x1b[K") for line in terminal.getvalue().split("\r")]
    assert max(map(len, lines)) == 79
    assert lines[4].endswith("name, 30 s"), "how far it is stays in sight"


def test_a_pipe_gets_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert watched(Calculation(lambda watch: "done")) == "done"
    Bar(3, "answered").end()
    assert capsys.readouterr().err == ""


def test_what_is_soon_done_is_not_announced(capsys: pytest.CaptureFixture[str]) -> None:
    assert patient(Calculation(lambda watch: "done"), 60) == "done"
    assert capsys.readouterr().err == ""
    assert patient(Fetching(), 0) == "done"
    assert capsys.readouterr().err.startswith("Fetching it: some of 3 GB… Ctrl-C stops it.\n")


@pytest.mark.parametrize("way", ["watched", "patient"])
def test_ctrl_c_ends_the_job(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Fetching):
        def __iter__(self) -> Iterator[str]:
            raise KeyboardInterrupt

    on_terminal(monkeypatch)
    job = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        watched(job) if way == "watched" else patient(job, 0)
    with pytest.raises(Stopped):
        job.result()
