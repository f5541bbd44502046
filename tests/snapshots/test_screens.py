"""Each screen at two sizes in two themes, as it was accepted. A new one is one line of `SCREENS`.

`make snapshots` takes all of them anew; look at what changed before committing it.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from assistant.chat import conversation
from assistant.commands import chats, status
from assistant.errors import SettingsError
from assistant.tui.screens import chats as picked_chats
from assistant.tui.widgets.answer import Speed
from assistant.tui.widgets.answers import AnswerColumns
from tests.snapshots.taking import compare, picture
from tests.tui.stage import Stage, chat

SIZES = ((80, 24), (160, 48))
THEMES = ("dark", "light")

MARKDOWN = (
    "Use `mx.sort`:\n\n```python\nimport mlx.core as mx\n\nmx.sort(mx.array([3, 1, 2]))\n```\n\n"
    "- along the last axis\n- a **copy** comes back\n\n"
    "| axis | meaning |\n|---|---|\n| -1 | last |\n"
)
Act = Callable[[Stage], Awaitable[None]]


def press(*keys: str) -> Act:
    return lambda stage: stage.press(*keys)


def ask(*lines: str) -> Act:
    async def act(stage: Stage) -> None:
        for line in lines:
            await stage.ask(line)

    return act


def typed(text: str) -> Act:
    async def act(stage: Stage) -> None:
        await stage.type(text)
        await stage.pilot.pause(0.2)

    return act


def then(*acts: Act) -> Act:
    async def act(stage: Stage) -> None:
        for one in acts:
            await one(stage)

    return act


async def streams(stage: Stage) -> None:
    """An answer that stands still in the middle."""
    stage.engine.hold_after(12)
    await stage.send("How do I sort an array?")
    await stage.until(lambda: stage.engine.pause.is_set())
    await stage.sees("import")


async def waits(stage: Stage) -> None:
    await streams(stage)
    await stage.send("And in descending order?")
    await stage.until(lambda: stage.app.entry.waiting.waiting)


async def stopped(stage: Stage) -> None:
    await streams(stage)
    await stage.press("escape")
    stage.engine.pause.clear()
    await stage.settle()


async def walks(stage: Stage) -> None:
    await stage.ask("How do I sort an array?")
    await stage.ask("/retry")
    await stage.press("alt+up")
    await stage.sees("question 1")


async def branches(stage: Stage) -> None:
    for line in ("How do I sort an array?", "/retry", "/edit What is a rank?", "/branch tree"):
        await stage.ask(line)


async def adapters(stage: Stage) -> None:
    await stage.ask("/adapter load mlx-docs")
    await stage.press("f3")
    await stage.sees("made for tiny")


async def pasted(stage: Stage) -> None:
    stage.app.post_message(events.Paste("line\n" * 120))
    await stage.until(lambda: stage.composer.text)


SCREENS: dict[str, Act] = {
    "welcome": press(),
    "chat": ask("How do I sort an array?"),
    "streaming": streams,
    "waiting": waits,
    "stopped": stopped,
    "walking": walks,
    "branches": branches,
    "adapters": adapters,
    "compare": ask("/adapter load mlx-docs", "/compare How do I sort an array?"),
    "rank": ask("/rank [[1,2],[3,6]]"),
    "help": press("f1"),
    "palette": then(press("ctrl+p"), typed("rank")),
    "completions": typed("/ad"),
    "history": then(ask("first question"), press("ctrl+r")),
    "pasted": pasted,
    "find": then(ask("How do I sort an array?"), press("ctrl+f"), typed("sort")),
    "errors": ask("/adapter load nowhere", "/nonsense"),
    "past": ask("How do I sort an array?", "/new", "What is a rank?", "/open"),
}


ANEW = {"palette"}
"""Textual dresses these when they open, so each theme has them opened for itself."""


@pytest.fixture(autouse=True)
def _nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks stand still, and numbers that are measured are always the same."""
    monkeypatch.setattr(chats, "when", lambda moment, now=None: "12:00")
    monkeypatch.setattr(status, "process_memory", lambda: 24_000_000)
    monkeypatch.setattr(picked_chats, "when", lambda moment, now=None: "12:00")
    numbers = itertools.count(1)
    monkeypatch.setattr(conversation, "new_chat_id", lambda: f"chat{next(numbers)}")
    monkeypatch.setattr(Speed, "tokens_per_s", property(lambda self: 50.0 if self.tokens else None))
    monkeypatch.setattr(AnswerColumns, "first_token_s", property(lambda self: 0.05))
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_is_as_it_was_accepted(tmp_path: Path, name: str) -> None:
    problems = [SettingsError("config.toml, line 3: there is no setting 'them'.", "Is it theme?")]
    async with chat(
        tmp_path,
        [MARKDOWN] * 4,
        size=SIZES[0],
        problems=problems if name == "errors" else (),
    ) as stage:
        stage.composer.cursor_blink = False
        await SCREENS[name](stage)
        cursors_stand_still(stage)
        wrong = []
        for theme in THEMES:
            if stage.app.theme != theme and name in ANEW:
                await stage.press("escape")
                stage.app.theme = theme
                await SCREENS[name](stage)
                cursors_stand_still(stage)
            stage.app.theme = theme
            for width, height in SIZES:
                await stage.pilot.resize_terminal(width, height)
                stage.app.transcript.scroll_end(animate=False)
                await still(stage)
                wrong.append(compare(f"{name}.{theme}.{width}x{height}", picture(stage.app)))
        stage.engine.pause.clear()
    assert not any(wrong), "\n".join(filter(None, wrong))


def cursors_stand_still(stage: Stage) -> None:
    """Those of the fields that are open now; each blinks by a clock of its own."""
    for input in stage.app.screen.query(Input):
        input.cursor_blink = False


REST_S = 0.2
"""Longer than the status line and the marks of what was found take to follow."""


async def still(stage: Stage) -> None:
    """Wait until the screen has stayed the same for a moment."""
    before, now = None, stage.app.screen._compositor.render_strips()
    while before != now:
        await stage.pilot.pause(REST_S)
        before, now = now, stage.app.screen._compositor.render_strips()
