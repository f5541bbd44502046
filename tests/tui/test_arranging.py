"""How often the screen is arranged: while an answer streams, that keeps the model waiting."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual._compositor import Compositor

from assistant.tui.widgets import prose as prose_module
from assistant.tui.widgets.help import Help, HelpText
from assistant.tui.widgets.prose import Prose
from tests.tui.stage import chat


@pytest.fixture
def arranged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows whenever all widgets are gone through for where they stand."""
    found: list[str] = []
    arrange = Compositor._arrange_root

    def watched(self: Compositor, *what: object, **how: object) -> object:
        found.append("arranged")
        return arrange(self, *what, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Compositor, "_arrange_root", watched)
    monkeypatch.setattr(prose_module, "FRAMES_PER_SECOND", 1e9)
    return found


async def test_another_line_of_an_answer_arranges_the_screen_once(
    tmp_path: Path, arranged: list[str]
) -> None:
    async with chat(tmp_path) as stage:
        prose = Prose()
        await stage.app.transcript.add(prose)
        for line in ("one\n", "two\n"):
            prose.write(line)
            await stage.sees(line)
            await stage.pilot.pause()
        arranged.clear()
        prose.write("three\n")
        await stage.sees("three")
        await stage.pilot.pause()
        assert len(arranged) == 1


async def test_another_word_in_the_same_line_arranges_nothing(
    tmp_path: Path, arranged: list[str]
) -> None:
    async with chat(tmp_path) as stage:
        prose = Prose()
        await stage.app.transcript.add(prose)
        prose.write("one")
        await stage.sees("one")
        await stage.pilot.pause()
        arranged.clear()
        prose.write(" two")
        await stage.sees("one two")
        await stage.pilot.pause()
        assert not arranged


async def test_a_click_on_what_has_just_been_closed_is_harmless(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(100, 30)) as stage:
        await stage.press("f1")
        text = stage.app.query_one(HelpText)
        x, y = text.region.offset
        await stage.app.query_one(Help).remove()
        screen = stage.app.screen
        assert screen.get_widget_at(x, y)[0] is text
        screen._forward_event(events.MouseDown(None, x, y, 0, 0, 1, False, False, False, x, y))
        await stage.pilot.pause()
        assert stage.app.focused is stage.composer
