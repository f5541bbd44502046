"""How long it takes to open a kept chat of thousands of messages, against one that is nearly empty.

    python benchmarks/tui_long_chat.py [--messages 2000] [--tokens 60] [--rounds 7]

From the line being sent to the screen being drawn with nothing left to do, in the chat's own
screen. The chats end alike, so that the same is drawn of both; they take turns, and medians are
compared. The time of each part of the opening is told too. It needs no model.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from assistant.chat import Conversation, Store
from assistant.chat.chats import ChatInfo
from assistant.chat.entry import Made
from assistant.commands import Session
from assistant.engine.types import Finish, Timing, Usage
from assistant.paths import Places
from assistant.settings import Settings
from assistant.tui.app import ChatApp
from assistant.tui.runner import Runner
from assistant.tui.widgets.markdown import MarkdownPiece

ANSWER = "Use `mx.sort`. Item {n}:\n\n- it returns a **sorted** copy\n- along an axis\n"


def make_chat(store: Store, name: str, messages: int, tokens: int) -> None:
    """A chat of questions and answers as the program keeps them."""
    conversation = Conversation(id=name, title=name)
    for n in range(messages // 2):
        conversation.ask(f"Question {n}: how do I sort an array?")
        answer = conversation.answer(made=Made("tiny"))
        text = ANSWER.format(n=n)
        finish = Finish(
            "stop", text, tuple(range(tokens)), Usage(9, 0, tokens), Timing(0.1, 1.0, 60.0), 1
        )
        conversation.put(replace(answer, text=text, finish=finish))
    now = time.time()
    store.put(ChatInfo(name, name, now, now, conversation.tip), conversation.entries)


async def opening(app: ChatApp, runner: Runner, chat: str) -> float:
    """Milliseconds until a chat is on the screen."""
    begin = time.perf_counter()
    runner.submit(f"/open {chat}")
    while app.busy or app.session.conversation.id != chat:
        await asyncio.sleep(0.002)
    while not _is_drawn(app):
        await asyncio.sleep(0.002)
    return 1000 * (time.perf_counter() - begin)


def _is_drawn(app: ChatApp) -> bool:
    """Whether everything of the chat is there, and nothing of it waits to be painted."""
    screen = app.screen
    if app._batch_count or screen._layout_required or screen._repaint_required:
        return False
    widgets = list(app.transcript.lines.walk_children())
    pieces = [widget for widget in widgets if isinstance(widget, MarkdownPiece)]
    return (
        all(widget.is_mounted and widget.size for widget in widgets if widget.display)
        and all(piece.children for piece in pieces)
        and not screen._dirty_widgets.intersection(widgets)
    )


async def measure(home: Path, chats: list[str], rounds: int) -> dict[str, list[float]]:
    session = Session(Settings(), Places(home, home), open_engine=_no_engine)
    runner = Runner(session)
    app = ChatApp(session.settings)
    app.furnish(session, runner)
    took: dict[str, list[float]] = {chat: [] for chat in chats}
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.5)
        for number in range(rounds + 1):
            for chat in chats:
                milliseconds = await opening(app, runner, chat)
                await pilot.pause(0.1)
                if number:
                    took[chat].append(milliseconds)
    runner.close()
    return took


def _no_engine(model: str, places: Places) -> object:
    raise RuntimeError("no engine here")


def reading(store: Store, chat: str, rounds: int) -> float:
    """Milliseconds of reading a chat from the file alone."""
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        info, entries = store.load(chat)
        Conversation(entries, info.tip)
        took.append(1000 * (time.perf_counter() - begin))
    return statistics.median(took)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=2000, help="of the long chat")
    parser.add_argument("--tokens", type=int, default=60, help="of each answer")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    sizes = {"empty": 2, "screenful": 8, "long": options.messages}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store = Store(Places(home, home).conversations_file)
        for name, messages in sizes.items():
            make_chat(store, name, messages, options.tokens)
        took = asyncio.run(measure(home, list(sizes), options.rounds))
        read = {name: reading(store, name, options.rounds) for name in sizes}
        store.close()
    middle = {name: statistics.median(times) for name, times in took.items()}
    for name, messages in sizes.items():
        against = middle[name] / middle["empty"]
        print(
            f"{name:<10} {messages:>5} messages   opened in {middle[name]:7.1f} ms "
            f"({against:.2f} × empty), of which reading {read[name]:6.1f} ms"
        )


if __name__ == "__main__":
    main()
