"""The panels under the mouse: what is said of keys can be clicked, and a list stays where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.containers import VerticalScroll

from assistant.tui.panels.slider import MOST
from tests import fakes
from tests.small_models import make_adapter
from tests.tui.stage import Stage, chat
from tests.tui.test_adapters_panel import home as home
from tests.tui.test_adapters_panel import load, open_panel


async def press_word(stage: Stage, word: str) -> None:
    """Click a word at the foot of the panel."""
    await stage.sees(word)
    await stage.pilot.pause()
    lines = stage.screen.splitlines()
    y = max(number for number, line in enumerate(lines) if word in line)
    await stage.pilot.click(offset=(lines[y].index(word), y))
    await stage.pilot.pause()


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
async def test_a_click_on_what_a_key_does_does_it(home: Path, size: tuple[int, int]) -> None:
    async with chat(home, size=size) as stage:
        panel = await open_panel(stage)
        panel.menu.mark("mlx-docs")
        await press_word(stage, "load, use")
        await stage.sees("mlx-docs answers from the next message on.")
        stage.composer.focus()
        await press_word(stage, "weaker")
        assert stage.session.in_use == {"mlx-docs": pytest.approx(0.9)}
        assert panel.menu.has_focus, "the keys are where the click was"
        await press_word(stage, "b base")
        assert stage.session.in_use == {}
        await press_word(stage, "add")
        await stage.type("pirate")
        await press_word(stage, "load it")
        await stage.sees("pirate answers")
        await press_word(stage, "Esc back")
        await stage.until(lambda: not stage.app.panels.display)
        assert stage.composer.has_focus


def make_six(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adapters from one-0 to one-5, more than a low screen has room for."""
    names = [f"one-{number}" for number in range(6)]
    monkeypatch.setattr(fakes, "KNOWN_ADAPTERS", tuple(names))
    for name in names:
        make_adapter(home / "adapters" / name)


async def test_a_click_on_a_slider_leaves_the_list_where_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_six(home, monkeypatch)
    async with chat(home, size=(80, 24)) as stage:
        panel = await open_panel(stage)
        await load(stage, "one-0")
        things = panel.query_one(".things", VerticalScroll)
        things.scroll_to(y=1, animate=False)
        await stage.pilot.pause()
        width = panel.menu.content_size.width
        await stage.pilot.click(panel.menu, offset=(width - 1, 1))
        await stage.until(lambda: stage.session.in_use == {"one-0": MOST})
        await stage.pilot.pause()
        assert things.scroll_y == 1
        await stage.press("up")
        assert things.scroll_y == 0, "by keys the heading comes into sight"


async def test_what_was_clicked_stays_under_the_mouse(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one above is not the marked one any more, and shows less of itself."""
    make_six(home, monkeypatch)
    async with chat(home, size=(80, 24)) as stage:
        panel = await open_panel(stage)
        panel.menu.mark("one-5")
        await stage.press("up", "up")
        lines = stage.screen.splitlines()
        y = next(number for number, line in enumerate(lines) if "one-4" in line)
        await stage.pilot.click(offset=(20, y))
        await stage.pilot.pause()
        assert panel.menu.entries[panel.menu.at].name == "one-4"
        assert "one-4" in stage.screen.splitlines()[y]
