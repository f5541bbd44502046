"""A calculation in a thread of its own, so that a front end stays awake and can stop it.

    job = Calculation(lambda watch: explain(text, watch=watch))
    explained = yield from awaited(job)

It refuses to know what is calculated.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Generic, TypeVar

from assistant.commands.blocks import Block, Job, Working
from assistant.rank.watch import Watch

Value = TypeVar("Value")

_GLANCE_S = 0.25
_GLIMPSE_S = 0.4
"""What ends sooner is not worth announcing."""


class Calculation(Generic[Value]):
    """Starts at once. Cancelled, it gives up its result; what cannot stop at once ends unseen."""

    def __init__(self, work: Callable[[Watch], Value], *, verb: str = "Working on ") -> None:
        self._work = work
        self._verb = verb
        """Stands before what is being done; empty where that is a sentence itself."""
        self._watch = Watch()
        self._ended = threading.Event()
        self._values: list[Value] = []
        self._error: BaseException | None = None
        self._began = time.monotonic()
        # A daemon: the end of the program does not wait for it.
        threading.Thread(target=self._run, name="assistant-job", daemon=True).start()

    def _run(self) -> None:
        try:
            self._values.append(self._work(self._watch))
        except BaseException as error:  # it is raised where the result is asked for
            self._error = error
        finally:
            self._ended.set()

    def wait(self, seconds: float) -> bool:
        """Whether it ends within so many seconds."""
        return self._ended.wait(seconds)

    def cancel(self) -> None:
        self._watch.stop()
        self._ended.set()

    @property
    def doing(self) -> str:
        """What is being done now."""
        return self._watch.doing

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; None when that cannot be known."""
        return self._watch.share

    def __iter__(self) -> Iterator[str]:
        while not self._ended.is_set():
            seconds = time.monotonic() - self._began
            yield f"{self._verb}{self._watch.doing or 'it'}, {seconds:.0f} s"
            self._ended.wait(_GLANCE_S)

    def result(self) -> Value:
        """Waits for it. Raises what the work raised, or Stopped."""
        try:
            self._ended.wait()
        except BaseException:  # Ctrl-C while waiting
            self.cancel()
            raise
        self._watch.check()
        if self._error is not None:
            raise self._error
        return self._values[0]


def awaited(job: Calculation[Value]) -> Generator[Block, None, Value]:
    """The result of a calculation; what takes longer than a glimpse is shown meanwhile. Raises what
    the work raised, or Stopped."""
    if not job.wait(_GLIMPSE_S):
        yield Working(job)
    return job.result()


def in_lines(job: Job) -> Iterator[str]:
    """What there is to say while a calculation runs, for those who get it line after line: what is
    done, then each tenth of it."""
    told = 0
    for number, text in enumerate(job):
        doing = text.rpartition(",")[0]  # seconds go by, and a line stays
        tenth = int(10 * (job.share or 0))
        if not number:
            yield f"{doing}… Ctrl-C stops it."
        elif tenth > told:
            yield f"{doing}, {tenth * 10} %."
        told = max(told, tenth)
