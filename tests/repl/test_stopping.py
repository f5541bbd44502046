"""Ctrl-C while an answer runs: it stops, and what was said stays."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.commands import Session
from assistant.paths import Places
from assistant.repl.interrupts import stopping
from assistant.repl.loop import INTERRUPTED, Repl
from assistant.repl.paper import Paper
from assistant.repl.readers import LineReader
from assistant.settings import Settings
from tests.fakes import FakeEngine
from tests.rank.hard import save_hard

LONG = "word " * 400


@contextmanager
def ctrl_c_when(stream: io.StringIO, text: str) -> Iterator[None]:
    """Interrupts this process as soon as the text was written."""

    def watch() -> None:
        until = time.monotonic() + 10
        while text not in stream.getvalue() and time.monotonic() < until:
            time.sleep(0.005)
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    watcher.join()


def test_the_answer_stops_and_is_kept_and_the_chat_goes_on(places: Places) -> None:
    engine = FakeEngine([LONG], seconds_per_token=0.005)
    session = Session(Settings(), places, open_engine=lambda model, places: engine)
    stream = io.StringIO()
    paper = Paper(stream, colour=False)
    reader = LineReader(io.StringIO("hello\nagain\n"), paper)
    with ctrl_c_when(stream, "word word word"):
        assert Repl(session, reader, paper).run() == 0
    first, second = session.conversation.exchanges
    assert first.finish is not None
    assert first.finish.reason == "cancelled"
    assert "word word word" in first.answer
    assert f"base: {first.answer.strip()}" in stream.getvalue()
    assert "\n(stopped)\n" in stream.getvalue()
    assert second.answer == "You said: again"


def test_both_answers_of_a_comparison_stop(places: Places) -> None:
    engine = FakeEngine([LONG, LONG], seconds_per_token=0.005)
    session = Session(Settings(), places, open_engine=lambda model, places: engine)
    stream = io.StringIO()
    paper = Paper(stream, colour=False)
    lines = io.StringIO("/adapter load mlx-docs\n/compare hello\n")
    with ctrl_c_when(stream, "word word word"):
        assert Repl(session, LineReader(lines, paper), paper).run() == 0
    assert stream.getvalue().count("(stopped)") == 2


def test_an_interrupt_while_reading_a_pipe_ends_with_its_own_code(places: Places) -> None:
    class Interrupted(io.StringIO):
        def readline(self, *_: int) -> str:  # type: ignore[override]
            raise KeyboardInterrupt

    session = Session(Settings(), places, open_engine=lambda model, places: FakeEngine())
    paper = Paper(io.StringIO(), colour=False)
    assert Repl(session, LineReader(Interrupted(), paper), paper).run() == INTERRUPTED
    assert not session.is_open


def test_a_second_ctrl_c_interrupts_what_does_not_stop() -> None:
    stopped = threading.Event()
    with pytest.raises(KeyboardInterrupt), stopping(stopped.set):  # noqa: PT012
        os.kill(os.getpid(), signal.SIGINT)
        assert stopped.wait(5)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)


def test_afterwards_ctrl_c_means_what_it_meant_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stopping(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_the_main_thread_signals_are_left_alone() -> None:
    seen: list[object] = []

    def inside() -> None:
        with stopping(lambda: None):
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_calculation_stops_and_the_chat_goes_on(places: Places, tmp_path: Path) -> None:
    session = Session(Settings(), places, open_engine=lambda model, places: FakeEngine())
    stream = io.StringIO()
    paper = Paper(stream, colour=False)
    lines = io.StringIO(f"/rank {save_hard(tmp_path)}\nhello\n")
    with ctrl_c_when(stream, "Ctrl-C stops it"):
        assert Repl(session, LineReader(lines, paper), paper).run() == 0
    assert "Working on" in stream.getvalue()
    assert "Stopped before there was an answer." in stream.getvalue()
    assert session.conversation.exchanges[-1].question == "hello"
