"""Chats of before on the screen, and a draft that comes back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual import events

from assistant.chat import Store
from assistant.chat.chats import ChatInfo
from assistant.paths import Places
from assistant.tui.app import ChatApp
from assistant.tui.widgets.fold import FoldTitle
from assistant.tui.widgets.past import EarlierView, PastAnswer
from tests.chat.keeping import keep, talk
from tests.commands.saying import open_session, say
from tests.tui.stage import chat


def long_chat(home: Path, exchanges: int) -> None:
    store = Store(Places(home, home).conversations_file)
    texts = [f"{kind} {n}" for n in range(exchanges) for kind in ("question", "**answer**")]
    keep(store, talk(*texts))
    store.close()


async def test_an_opened_chat_is_on_the_screen_and_goes_on(tmp_path: Path) -> None:
    session, _ = open_session(Places(tmp_path, tmp_path), ["Use [red]mx.sort[/red]."])
    say(session, "/adapter load mlx-docs", "How do I [b]sort[/x]?")
    session.close()
    async with chat(tmp_path, ["More."], size=(100, 40)) as stage:
        await stage.ask("/open 1")
        await stage.sees("How do I [b]sort[/x]?")
        await stage.sees("[mlx-docs] Use [red]mx.sort[/red].")
        await stage.sees("mlx-docs ×1")
        assert stage.app.query_one(PastAnswer).has_class("-adapted")
        await stage.ask("and then?")
        await stage.sees("More.")
        assert len(stage.engine.requests[-1].messages) == 3


async def test_a_long_chat_shows_its_end_and_the_rest_when_asked(tmp_path: Path) -> None:
    long_chat(tmp_path, 1000)
    async with chat(tmp_path, size=(80, 60)) as stage:
        await stage.ask("/open 1")
        await stage.sees("question 999")
        await stage.sees("1,992 earlier messages")
        assert len(stage.app.query(PastAnswer)) == 4
        stage.app.query_one(EarlierView).query_one(FoldTitle).focus()
        await stage.press("enter")
        await stage.until(lambda: len(stage.app.query(PastAnswer)) == 14)
        await stage.sees("1,972 earlier messages")
        await stage.sees("question 986")


async def test_walking_the_branches_redraws_the_conversation(tmp_path: Path) -> None:
    async with chat(tmp_path, ["first answer", "second answer"]) as stage:
        await stage.ask("hello")
        await stage.ask("/retry")
        await stage.sees("second answer")
        await stage.ask("/branch previous")
        await stage.sees("version 1 of 2")
        assert "second answer" not in stage.screen
        assert "first answer" in stage.screen


async def test_edit_puts_the_question_into_the_composer(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("hello there")
        await stage.ask("/edit")
        assert stage.composer.text == "/edit 1 hello there"


async def test_a_draft_comes_back_after_the_program_was_ended(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("half a thought")
    async with chat(tmp_path) as stage:
        await stage.until(lambda: stage.composer.text == "half a thought")
        await stage.sees("what you were typing last time is back")
        await stage.ask("whole now")
    async with chat(tmp_path) as stage:
        await stage.pilot.pause(0.3)
        assert stage.composer.text == ""


@pytest.mark.parametrize("typed", ["h", "z"])
async def test_a_draft_that_comes_back_late_is_behind_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("hello")
        await stage.type("half a thought")
    may_read = threading.Event()
    read = Store.abandoned_draft

    def late(store: Store) -> str:
        may_read.wait(5)
        return read(store)

    monkeypatch.setattr(Store, "abandoned_draft", late)
    async with chat(tmp_path) as stage:
        await stage.press(typed)
        may_read.set()
        await stage.sees("what you were typing last time is behind ↑")
        assert stage.composer.text == typed
        await stage.press("up")
        assert stage.composer.text == "half a thought"
        await stage.press("down")
        assert stage.composer.text == typed


async def test_what_is_typed_before_the_screen_is_there_is_not_glued_to_the_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("half a thought")

    def type_at_once(app: ChatApp) -> None:
        for key in ("h", "i", "enter"):
            app.post_message(events.Key(key, {"enter": "\r"}.get(key, key)))

    monkeypatch.setattr(ChatApp, "on_load", type_at_once, raising=False)
    async with chat(tmp_path, ["one"]) as stage:
        await stage.until(lambda: stage.composer.text == "half a thought")
        await stage.until(lambda: stage.engine.requests)
        assert stage.engine.requests[0].messages[-1]["content"] == "hi"
        await stage.settle()


async def test_nothing_of_a_chat_is_written_with_save_off(tmp_path: Path) -> None:
    async with chat(tmp_path, save=False) as stage:
        await stage.type("sec")
        await stage.ask("secret")
    assert list(tmp_path.iterdir()) == []


def test_an_info_of_nothing_is_listed_too() -> None:
    from assistant.commands.chats import listing

    assert listing([ChatInfo("x", "", 0, 0)]).rows[0][1] == "(nothing asked yet)"


async def test_a_chat_that_is_opened_shows_its_end(tmp_path: Path) -> None:
    answer = "Use it.\n\n```python\nimport numpy as np\n\nx = 1\n```\n"
    async with chat(tmp_path, [answer] * 4, size=(100, 24)) as stage:
        for question in ("one", "two", "three"):
            await stage.ask(question)
        await stage.ask("/new")
        await stage.ask("/open 1")
        await stage.sees("You go on with")
        transcript = stage.app.transcript
        await stage.until(lambda: transcript.max_scroll_y > 0)
        await stage.settle()
        assert transcript.scroll_y == transcript.max_scroll_y
        assert not stage.app.below.display
