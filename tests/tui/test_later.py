"""What is to be called later is called, however late it is."""

import asyncio
from types import SimpleNamespace

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from assistant.tui.later import later
from assistant.tui.widgets import prose as prose_module
from assistant.tui.widgets.prose import Prose


class Empty(App[None]):
    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("here")


@pytest.mark.parametrize("seconds", [1e-9, 0.0, -1.0, 0.01])
async def test_a_call_comes_once_also_when_its_time_has_passed(seconds: float) -> None:
    app = Empty()
    async with app.run_test():
        called = asyncio.Queue[str]()
        later(app.query_one(Static), seconds, lambda: called.put_nowait("called"))
        assert await asyncio.wait_for(called.get(), 30) == "called"
        await asyncio.sleep(0.05)
        assert called.empty()


async def test_a_call_can_be_taken_back() -> None:
    app = Empty()
    async with app.run_test():
        called: list[str] = []
        later(app.query_one(Static), 0.02, lambda: called.append("first")).cancel()
        done = asyncio.Event()
        later(app.query_one(Static), 0.05, done.set)
        await asyncio.wait_for(done.wait(), 30)
        assert called == []


async def test_a_widget_that_is_gone_is_not_called() -> None:
    app = Empty()
    async with app.run_test() as pilot:
        called: list[str] = []
        widget = app.query_one(Static)
        later(widget, 0.02, lambda: called.append("called"))
        await widget.remove()
        await pilot.pause(0.1)
        assert called == []


async def test_a_text_is_drawn_to_its_end_when_a_frame_is_due_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Each frame is due a billionth of a second after the last: too late when it is waited for.
    monkeypatch.setattr(prose_module, "FRAMES_PER_SECOND", 1e9)
    monkeypatch.setattr(prose_module, "time", SimpleNamespace(monotonic=lambda: 1.0))
    app = Empty()
    async with app.run_test() as pilot:
        prose = Prose()
        await app.query_one(VerticalScroll).mount(prose)
        for letter in "A text.\n\nAnd more of it.":
            prose.write(letter)
            await pilot.pause()
        prose.end()
        for _ in range(1000):
            if prose.complete:
                break
            await asyncio.sleep(0.01)
        assert prose.complete
