"""Scrolling while an answer streams: up is never fought, and there is a way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.tui.widgets import transcript
from assistant.tui.widgets.markdown import MarkdownPiece
from tests.tui.stage import Stage, chat

LONG = "\n\n".join(f"line {n}" for n in range(60))


async def begin(stage: Stage) -> None:
    """Two thirds of a long answer are there; the rest waits."""
    stage.engine.hold_after(40)
    await stage.send("q")
    await stage.until(stage.engine.pause.is_set)
    await stage.until(lambda: stage.app.transcript.max_scroll_y > 20)


async def go_on(stage: Stage) -> None:
    stage.engine.pause.clear()
    await stage.settle()


async def test_who_scrolled_up_stays_there_and_sees_that_there_is_more(tmp_path: Path) -> None:
    async with chat(tmp_path, [LONG]) as stage:
        await begin(stage)
        await stage.press("pageup")
        await stage.sees("↓ more below")
        before = stage.app.transcript.scroll_offset.y
        await go_on(stage)
        assert stage.app.transcript.scroll_offset.y == before
        await stage.press("ctrl+end")
        await stage.sees("line 59")
        await stage.until(lambda: not stage.app.below.display)


async def test_a_click_leads_back_and_the_end_is_followed_again(tmp_path: Path) -> None:
    async with chat(tmp_path, [LONG]) as stage:
        await begin(stage)
        await stage.press("pageup")
        await stage.until(lambda: stage.app.below.display and stage.app.below.region.height)
        await stage.pilot.click(stage.app.below)
        await go_on(stage)
        await stage.sees("line 59")


async def test_scrolling_down_to_the_end_follows_again(tmp_path: Path) -> None:
    async with chat(tmp_path, [LONG]) as stage:
        await begin(stage)
        await stage.press("pageup", "pagedown", "pagedown")
        await go_on(stage)
        await stage.sees("line 59")


async def test_a_resize_while_an_answer_streams_keeps_the_end_in_view(tmp_path: Path) -> None:
    async with chat(tmp_path, [LONG]) as stage:
        await begin(stage)
        await stage.pilot.resize_terminal(50, 16)
        await stage.pilot.resize_terminal(70, 30)
        await go_on(stage)
        await stage.sees("line 59")


async def test_an_answer_that_fits_says_nothing_of_more(tmp_path: Path) -> None:
    async with chat(tmp_path, ["short"]) as stage:
        await stage.ask("q")
        await stage.press("pageup")
        await stage.pilot.pause(0.2)
        assert not stage.app.below.display


async def test_who_reads_further_up_is_not_moved_when_old_answers_become_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "MOST_LIVE", 2)
    part = "# head\n\n- one\n- two\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    tall = part * 3
    async with chat(tmp_path, [tall] * 5) as stage:
        await stage.ask("1")
        await stage.ask("2")
        stage.engine.hold_after(1)
        await stage.send("3")
        await stage.until(stage.engine.pause.is_set)
        await stage.press("pageup")
        assert stage.app.transcript.scroll_y > 0
        before = [line[:70].rstrip() for line in stage.screen.splitlines()[:12]]
        await go_on(stage)
        assert [line[:70].rstrip() for line in stage.screen.splitlines()[:12]] == before
        assert all(answer.query(MarkdownPiece) for answer in stage.answers)
        await stage.press("ctrl+end")
        await stage.ask("4")
        live = [bool(answer.query(MarkdownPiece)) for answer in stage.answers]
        assert live == [False, False, True, True], "it is made up for at the end"
