"""Ctrl+R, and what else happens to the composer while it is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.stage import Stage, chat


async def searching(stage: Stage, draft: str, words: str) -> None:
    """Begin a search with a draft in the composer, and look for other words."""
    await stage.type(draft)
    await stage.press("ctrl+r", *["backspace"] * len(draft))
    await stage.type(words)
    await stage.until(lambda: stage.composer.text == words)


def asked(stage: Stage) -> list[str]:
    return [request.messages[-1]["content"] for request in stage.engine.requests]


async def test_up_goes_on_from_a_search_that_finds_nothing_and_enter_sends(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one", "two"]) as stage:
        await stage.ask("first")
        await searching(stage, "", "zzz")
        await stage.press("up")
        assert stage.composer.text == "first"
        await stage.press("enter")
        await stage.settle()
        assert asked(stage) == ["first", "first"]


async def test_up_from_a_search_that_finds_nothing_keeps_the_draft(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one"]) as stage:
        await stage.ask("first")
        await searching(stage, "precious", "zzz")
        await stage.press("up")
        assert stage.composer.text == "first"
        await stage.press("down")
        assert stage.composer.text == "precious"


@pytest.mark.parametrize("words", ["", "zzz"])
@pytest.mark.parametrize("draft", ["", "precious"])
async def test_a_line_that_is_begun_during_a_search_is_sent_and_the_draft_is_kept(
    tmp_path: Path, draft: str, words: str
) -> None:
    async with chat(tmp_path, ["one", "two"]) as stage:
        await stage.ask("first")
        await searching(stage, draft, words)
        stage.app.begin("another")  # as the palette, the welcome and a line that waits do
        assert stage.composer.text == "another"
        assert not stage.app.entry.completions.display
        await stage.press("enter")
        await stage.settle()
        assert asked(stage) == ["first", "another"]
        await stage.press("up", "up")
        assert stage.composer.text == (draft or "first")


async def test_ctrl_c_during_a_search_remembers_the_draft_and_not_the_words(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one"]) as stage:
        await stage.ask("first")
        for words in ("zzz", ""):
            await searching(stage, "precious", words)
            await stage.press("ctrl+c")
            assert stage.composer.text == ""
            await stage.press("up")
            assert stage.composer.text == "precious"
            await stage.press("down", "ctrl+c")
        assert "zzz" not in stage.composer._past.entries


async def test_the_editor_gets_the_draft_and_what_it_wrote_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.commands.blocks import Draft
    from assistant.tui import editing

    given: list[str] = []

    def written(app: object, draft: str) -> list[Draft]:
        given.append(draft)
        return [Draft(f"{draft} and more")]

    monkeypatch.setattr(editing, "draft_outside", written)
    async with chat(tmp_path, ["one", "two"]) as stage:
        await stage.ask("first")
        await searching(stage, "precious", "fir")
        await stage.press("ctrl+g")
        await stage.until(lambda: stage.composer.text == "precious and more")
        assert given == ["precious"]
        await stage.press("enter")
        await stage.settle()
        assert asked(stage)[-1] == "precious and more"


async def test_who_quits_during_a_search_finds_the_draft_next_time(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await searching(stage, "precious", "zzz")
    async with chat(tmp_path) as stage:
        await stage.until(lambda: stage.composer.text == "precious")
