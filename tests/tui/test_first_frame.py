"""The frame that is painted before the parts of the chat are imported, and what takes its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from rich.style import Style
from textual import events

from assistant.commands import Session
from assistant.errors import SettingsError
from assistant.paths import Places
from assistant.settings import Settings
from assistant.tui.app import ChatApp
from assistant.tui.early import Furnish
from assistant.tui.runner import Runner
from assistant.tui.showing import Showing
from assistant.tui.status import Live
from tests.fakes import FakeEngine

PARTS = ("sqlite3", "assistant.commands.session", "assistant.tui.widgets.composer", "click.testing")

IMPORTED = """
import sys
from assistant.settings import Settings
from assistant.tui.launch import ChatApp
import asyncio

async def main():
    app = ChatApp(Settings())
    async with app.run_test() as pilot:
        await pilot.pause()
    print(*(name for name in sys.argv[1:] if name in sys.modules))

asyncio.run(main())
"""


class Waits(Runner):
    """It opens no model: the status line stays as it was."""

    def start(self) -> None: ...

    def close(self) -> bool:
        return True


def later(app: ChatApp, home: Path, until: Event) -> Runner:
    """Have the parts come when `until` is set."""
    session = Session(Settings(), Places(home, home), open_engine=lambda m, p: FakeEngine())
    runner = Waits(session)

    def fetch() -> Furnish:
        until.wait(5)
        return lambda: app.furnish(session, runner)

    app.furnish_later(fetch)
    return runner


def drawn(app: ChatApp) -> list[list[tuple[object, ...]]]:
    """Each character on the screen, with what of its style can be seen."""
    return [
        [seen(letter, style) for text, style, _ in strip for letter in text]
        for strip in app.screen._compositor.render_strips()
    ]


def seen(letter: str, style: Style | None) -> tuple[object, ...]:
    if style is None:
        return (letter,)
    ink = style.color if letter != " " or style.reverse else None
    flags = (style.bold, style.italic, style.reverse, style.underline)
    return (letter, ink, style.bgcolor, *map(bool, flags))


@pytest.mark.parametrize("theme", ["dark", "light", "ansi", "contrast"])
@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 24)], ids=str)
async def test_nothing_moves_when_the_parts_take_their_places(
    tmp_path: Path, size: tuple[int, int], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Showing, "live", lambda *_: Live(opening_s=0.0))  # however long it takes
    app, come = ChatApp(Settings(theme=theme)), Event()
    later(app, tmp_path, come)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert not app.furnished
        before = drawn(app)
        come.set()
        while not app.furnished:
            await pilot.pause(0.01)
        app.composer.cursor_blink = False
        await pilot.pause(0.05)
        after = drawn(app)
        for row, (one, other) in enumerate(zip(before, after, strict=True)):
            if (one[3][0], one[4][0]) == ("A", "s"):  # the cursor, which blinks
                one[3] = other[3]
            assert other == one, f"row {row}: {''.join(str(cell[0]) for cell in one)}"


async def test_what_is_typed_and_clicked_at_the_first_frame_loses_nothing(tmp_path: Path) -> None:
    app, come = ChatApp(Settings()), Event()
    later(app, tmp_path, come)
    async with app.run_test() as pilot:
        await pilot.click(offset=(10, 5))
        for letter in "hi":
            app.post_message(events.Key(letter, letter))
        app.post_message(events.Paste(" you"))
        await pilot.resize_terminal(100, 30)
        come.set()
        while not app.furnished or app.composer.text != "hi you":
            await pilot.pause(0.01)


async def test_ctrl_c_twice_does_not_wait_for_the_parts(tmp_path: Path) -> None:
    app, come = ChatApp(Settings()), Event()
    later(app, tmp_path, come)
    async with app.run_test() as pilot:
        app.post_message(events.Key("ctrl+c", None))
        app.post_message(events.Key("ctrl+c", None))
        await pilot.pause(0.05)
        assert app._exit
    come.set()


async def test_an_error_while_the_parts_are_fetched_ends_the_app_with_it() -> None:
    app = ChatApp(Settings())

    def fetch() -> Furnish:
        raise SettingsError("It cannot be.", "Try again.")

    app.furnish_later(fetch)
    async with app.run_test() as pilot:
        await pilot.pause(0.05)
    assert isinstance(app.failure, SettingsError)


def test_the_first_frame_imports_none_of_the_parts() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *PARTS], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
