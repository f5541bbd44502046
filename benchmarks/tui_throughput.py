"""How many tokens a second the model makes while the chat's screen shows its answer, against alone.

    python -m benchmarks.tui_throughput [--model tiny] [--tokens 400] [--rounds 5]

One engine; an answer on the screen and one of the engine alone take turns. The model that ships
ends its answers by itself, mostly after a quarter of a second; the others are random Llama shapes,
which go on for all the tokens.
The questions are alike but for a number, so that no prompt cache helps either. Tokens a second are
counted from the first token to the last, as they come out of the engine; told too is how long after
the last one the whole answer was on the screen.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from assistant.commands import Session
from assistant.engine import Engine, Request, Sampling, open_engine
from assistant.engine.protocol import Generation
from assistant.engine.types import Event, Message
from assistant.paths import Places
from assistant.settings import Settings
from assistant.tui.app import ChatApp
from assistant.tui.runner import Runner
from assistant.tui.widgets.answers import AnswerColumns
from benchmarks.engine.making import MODELS, TYPES, make_model

QUESTION = "List the NumPy functions that you know, with an example of each. ({number})"


class Watched:
    """A Generation that notes when its tokens came."""

    def __init__(self, generation: Generation, times: list[float]) -> None:
        self._generation = generation
        self._times = times

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        event = next(self._generation)
        if event.token is not None:
            self._times.append(time.perf_counter())
        return event

    def cancel(self, row: int | None = None) -> None:
        self._generation.cancel(row)

    def close(self) -> None:
        self._generation.close()


def rate(times: list[float]) -> float:
    return (len(times) - 1) / (times[-1] - times[0])


def alone(engine: Engine, question: str, tokens: int) -> float:
    """Tokens a second, with nobody looking."""
    times: list[float] = []
    messages: list[Message] = [{"role": "user", "content": question}]
    for _ in Watched(engine.generate([Request(messages, {}, Sampling(max_tokens=tokens))]), times):
        pass
    return rate(times)


async def on_screen(app: ChatApp, question: str, times: list[float]) -> tuple[float, float]:
    """Tokens a second, and seconds from the last of them to the whole answer being drawn."""
    times.clear()
    app.run_line("/new")
    app.run_line(question)
    while not times or app.busy:
        await asyncio.sleep(0.01)
    while not all(answers.complete for answers in app.query(AnswerColumns)):
        await asyncio.sleep(0.002)
    return rate(times), time.perf_counter() - times[-1]


async def measure(engine: Engine, home: Path, tokens: int, rounds: int) -> dict[str, list[float]]:
    times: list[float] = []
    generate = engine.generate

    def watched(requests: Sequence[Request]) -> Generation:
        return Watched(generate(requests), times)

    settings = Settings(max_tokens=tokens, save=False)
    session = Session(settings, Places(home, home), open_engine=lambda model, places: engine)
    runner = Runner(session)
    app = ChatApp(session.settings)
    app.furnish(session, runner)
    found: dict[str, list[float]] = {"alone": [], "on the screen": [], "drawn after": []}
    numbers = count()
    async with app.run_test(size=(120, 40)) as pilot:
        while app.busy:
            await pilot.pause(0.1)
        for number in range(rounds + 1):
            engine.generate = watched  # type: ignore[method-assign]
            shown, after = await on_screen(app, QUESTION.format(number=next(numbers)), times)
            engine.generate = generate  # type: ignore[method-assign]
            by_itself = await asyncio.to_thread(
                alone, engine, QUESTION.format(number=next(numbers)), tokens
            )
            if number:  # the first ones read what nobody has read yet
                found["alone"].append(by_itself)
                found["on the screen"].append(shown)
                found["drawn after"].append(after)
    runner.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--model", choices=MODELS, default="tiny")
    parser.add_argument("--type", choices=TYPES, default="bf16", help="of a random model's weights")
    parser.add_argument("--tokens", type=int, default=400, help="of each answer, at most")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shipped = options.model == "tiny"
        engine = open_engine(
            "tiny" if shipped else str(make_model(Path(folder), options.model, options.type))
        )
        found = asyncio.run(measure(engine, Path(folder), options.tokens, options.rounds))
    by_itself, shown = (statistics.median(found[name]) for name in ("alone", "on the screen"))
    print(f"Engine.generate alone  {by_itself:6.1f} tokens/s")
    print(f"on the screen          {shown:6.1f} tokens/s   {shown / by_itself:.3f} × alone")
    after = 1000 * statistics.median(found["drawn after"])
    print(f"drawn {after:.0f} ms after the last token")


if __name__ == "__main__":
    main()
