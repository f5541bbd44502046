"""Keys that come faster than the widgets handle them: each goes where the one before it has led."""

from __future__ import annotations

from pathlib import Path

from textual import events

from assistant.tui.panels.adapters import AdaptersPanel
from assistant.tui.panels.models import ModelsPanel
from tests.tui.stage import Stage, chat


def burst(stage: Stage, *keys: str) -> None:
    """Have all these keys come before the first one is handled."""
    for key in keys:
        character = {"space": " ", "enter": "\r"}.get(key, key if len(key) == 1 else None)
        stage.app.post_message(events.Key(key, character))


async def test_words_behind_ctrl_f_are_looked_for(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("a pear")
        burst(stage, "ctrl+f", *"pear")
        await stage.until(lambda: stage.app.find_bar.words == "pear")
        assert stage.composer.text == ""


async def test_enter_behind_f3_is_for_the_panel_and_sends_no_draft(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("a draft")
        burst(stage, "f3", "down", "enter")
        await stage.until(lambda: stage.app.panels.has_keys("adapters"))
        await stage.settle()
        assert stage.composer.text == "a draft"
        assert not stage.session.conversation.questions


async def test_letters_behind_f2_and_alt_up_are_for_what_has_the_keys_then(tmp_path: Path) -> None:
    async with chat(tmp_path, ["a", "b", "c", "d"], adapters=("mlx-docs",)) as stage:
        await stage.ask("/compare question")
        burst(stage, "f2", "v", "t")
        await stage.sees("/vote tie")
        await stage.settle()
        await stage.ask("another")
        burst(stage, "ctrl+up", "e")
        await stage.until(lambda: stage.composer.text.startswith("/edit "))


async def test_what_is_typed_in_a_panel_is_no_mixture_of_letters_and_keys(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.press("f4")
        menu = stage.app.query_one(ModelsPanel).menu
        await stage.until(lambda: menu.entries)
        marked = menu.at
        burst(stage, *"/model", "space", *"fjk")
        await stage.until(lambda: stage.composer.text == "/model fjk")
        assert menu.at == marked
        assert not stage.app.transcript.query("Question"), "space has chosen a model"


async def test_letters_behind_esc_out_of_a_panel_are_typed(tmp_path: Path) -> None:
    async with chat(tmp_path, adapters=("mlx-docs",)) as stage:
        await stage.press("f3")
        await stage.until(lambda: stage.app.query_one(AdaptersPanel).menu.entries)
        burst(stage, "escape", *"base")
        await stage.until(lambda: stage.composer.text == "base")
        assert stage.session.in_use


async def test_f3_is_the_next_match_while_words_are_looked_for(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("one pear and a pear")
        await stage.press("ctrl+f")
        await stage.type("pear")
        await stage.sees("1 of")
        await stage.press("f3")
        await stage.sees("2 of")
        assert not stage.app.query(AdaptersPanel)
