"""How long a key press takes to show while two columns stream long lists side by side.

    python benchmarks/tui_latency.py [--items 300] [--rate 50]

Prints milliseconds, and how much of what came was drawn by then, for the chat's own screen and for
the simple way that draws all of an answer's Markdown again at every token. It needs no model: the
columns are fed at a fixed rate.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Markdown

from assistant.commands import Session
from assistant.commands.blocks import Answers, Column
from assistant.engine.types import Event
from assistant.paths import Places
from assistant.settings import Settings
from assistant.tui import runner as runner_module
from assistant.tui.app import ChatApp
from assistant.tui.runner import Runner
from assistant.tui.widgets.answers import AnswerColumns

KEYS = "abcdefghij"

Measured = tuple[list[float], float]
"""Milliseconds of each key, and the share of the tokens that was drawn."""


def words(items: int) -> list[str]:
    text = "".join(f"- item {n} with `code` and **words**\n" for n in range(items))
    return [f"{word} " if not word.endswith("\n") else word for word in text.split(" ")]


class Stream:
    """A Generation of two rows at a fixed rate."""

    def __init__(self, items: int, rate: float) -> None:
        self._events = self._run(words(items), rate)
        self._stopped = False

    def _run(self, tokens: list[str], rate: float) -> Iterator[Event]:
        begin = time.monotonic()
        for number, token in enumerate(tokens):
            if self._stopped:
                return
            time.sleep(max(0.0, begin + number / rate - time.monotonic()))
            for row in (0, 1):
                yield Event(row, token, 0, None)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def cancel(self, row: int | None = None) -> None:
        self._stopped = True

    def close(self) -> None:
        self.cancel()


async def press_keys(app: App[None], shown: Callable[[], str], seconds: float) -> list[float]:
    """Milliseconds from each key to its character being there, over so many seconds."""
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for key in KEYS:
            before = len(shown())
            begin = time.monotonic()
            app.post_message(events.Key(key, key))
            while len(shown()) == before and time.monotonic() < begin + 20:
                await asyncio.sleep(0.001)
            took.append(1000 * (time.monotonic() - begin))
            await asyncio.sleep(0.1)
    return took


async def measure_chat(items: int, rate: float, seconds: float) -> Measured:
    stream = Stream(items, rate)
    answers = Answers("", (Column("base"), Column("adapted", {"a": 1.0})), stream)
    runner_module.submit = lambda session, line: iter([answers])  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        session = Session(Settings(), Places(home, home), open_engine=_no_engine)
        runner = Runner(session)
        app = ChatApp(session.settings)
        app.furnish(session, runner)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(0.5)
            runner.submit("go")
            begin = time.monotonic()
            await asyncio.sleep(2)
            composer = app.composer
            took = await press_keys(app, lambda: composer.text, seconds)
            came = (time.monotonic() - begin) * rate
            drawn = app.query(AnswerColumns).first().columns[0].speed.tokens / came
            stream.cancel()
            await pilot.pause(0.5)
        runner.close()
    return took, drawn


def _no_engine(model: str, places: Places) -> object:
    raise RuntimeError("no engine here")


class Simple(App[None]):
    """Draws the whole Markdown of both columns at every token."""

    def __init__(self, items: int, rate: float) -> None:
        super().__init__()
        self._tokens = words(items)
        self._rate = rate
        self.drawn = 0

    def compose(self) -> ComposeResult:
        with Horizontal():
            for _ in range(2):
                with VerticalScroll():
                    yield Markdown()
        yield Input()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.run_worker(self._stream())

    async def _stream(self) -> None:
        text = ""
        begin = time.monotonic()
        for number, token in enumerate(self._tokens):
            await asyncio.sleep(max(0.0, begin + number / self._rate - time.monotonic()))
            text += token
            for markdown in self.query(Markdown):
                await markdown.update(text)
            self.drawn = number + 1


async def measure_simple(items: int, rate: float, seconds: float) -> Measured:
    app = Simple(items, rate)
    async with app.run_test(size=(120, 40)):
        begin = time.monotonic()
        await asyncio.sleep(2)
        field = app.query_one(Input)
        took = await press_keys(app, lambda: field.value, seconds)
        return took, app.drawn / ((time.monotonic() - begin) * rate)


def report(name: str, measured: Measured) -> float:
    """Print a line; the share that was drawn."""
    took, drawn = measured
    ordered = sorted(took)
    middle = statistics.median(ordered)
    worst = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    print(f"{name:<28} p50 {middle:7.1f} ms   p99 {worst:7.1f} ms   drawn {100 * drawn:3.0f} %")
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--items", type=int, default=300, help="items of each list")
    parser.add_argument("--rate", type=float, default=50.0, help="tokens a second in each column")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to press keys")
    options = parser.parse_args()
    args = (options.items, options.rate, options.seconds)
    chat = report("chat", asyncio.run(measure_chat(*args)))
    simple = report("all Markdown at every token", asyncio.run(measure_simple(*args)))
    print(f"the chat keeps up with {chat / simple:.0f} times as many tokens")


if __name__ == "__main__":
    main()
