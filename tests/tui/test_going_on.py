"""/continue on the screen: the answer grows where it stands, once."""

from __future__ import annotations

from pathlib import Path

from tests.tui.stage import chat


async def test_the_answer_stands_once_and_whole(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three", "three four"], max_tokens=2) as stage:
        await stage.ask("q")
        await stage.sees("cut off after 2 tokens · /continue goes on")
        await stage.ask("/continue")
        await stage.sees("one two three four")
        assert len(stage.answers) == 1
        assert stage.screen.count("one two") == 1
        assert "cut off" not in stage.screen


async def test_a_cut_answer_of_another_day_is_taken_up(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three"], max_tokens=2) as stage:
        await stage.ask("q")
    async with chat(tmp_path, ["three"], max_tokens=2) as stage:
        await stage.ask("/open 1")
        await stage.sees("cut off · /continue goes on")
        await stage.ask("/continue")
        await stage.sees("one two three")
        assert stage.screen.count("one two") == 1


async def test_what_stands_below_the_answer_stays(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three", "three"], max_tokens=2, size=(80, 60)) as stage:
        await stage.ask("q")
        await stage.ask("/rank [[1,2],[3,6]]")
        await stage.ask("/continue")
        await stage.sees("one two three")
        await stage.sees("Rank 1 of at most 2")
        assert len(stage.answers) == 1


async def test_an_answer_that_cannot_go_on_stays_on_the_screen(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two"]) as stage:
        await stage.ask("q")
        await stage.ask("/continue")
        await stage.sees("The last answer ended by itself.")
        await stage.sees("one two")
