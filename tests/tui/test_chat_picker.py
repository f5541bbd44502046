"""/open without words: a picker over the kept chats."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from textual import events

from assistant.chat import ChatInfo
from assistant.commands.browsing import Hit
from assistant.paths import Places
from assistant.tui.screens.chats import ChatsScreen
from tests.commands.saying import open_session, say
from tests.tui.stage import PATIENCE_S, Stage, chat


def keep_chats(home: Path) -> None:
    session, _ = open_session(Places(home, home), ["about pears", "about [red]plums[/x]", "more"])
    say(session, "Sort an array", "/new", "[b]Numbers[/b]", "/new", "Broadcasting")
    session.close()


async def open_picker(stage: Stage) -> ChatsScreen:
    await stage.send("/open")
    await stage.until(lambda: isinstance(stage.app.screen, ChatsScreen) and picker(stage).rows)
    return picker(stage)


def picker(stage: Stage) -> ChatsScreen:
    return cast(ChatsScreen, stage.app.screen)


async def test_a_chat_is_found_by_letters_of_its_title_and_opened(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        await open_picker(stage)
        await stage.sees("[b]Numbers[/b]")
        await stage.sees("1 question · fake · base")
        await stage.type("srtarr")
        await stage.until(lambda: len(picker(stage).rows) == 1)
        await stage.press("enter")
        await stage.sees("about pears")
        assert stage.session.conversation.title == "Sort an array"
        assert stage.app.focused is stage.composer


async def test_a_chat_is_found_by_what_was_said_in_it(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        await open_picker(stage)
        await stage.type("plums")
        await stage.sees("“about [red]plums[/x]”")
        await stage.press("enter")
        await stage.until(lambda: stage.session.conversation.title == "[b]Numbers[/b]")


async def test_a_chat_is_deleted_only_after_a_yes(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        await open_picker(stage)
        await stage.press("ctrl+x")
        await stage.sees("Delete “Broadcasting”, 1 question, for good?")
        await stage.press("escape")
        assert len(stage.session.chats.store.recent()) == 3
        await stage.press("ctrl+x", "enter")
        await stage.sees("Deleted “Broadcasting”. · Enter opens")
        await stage.until(lambda: len(picker(stage).rows) == 2)
        assert len(stage.session.chats.store.recent()) == 2
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, ChatsScreen))


async def test_a_chat_is_renamed(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        screen = await open_picker(stage)
        await stage.press("ctrl+r")
        screen.field.value = "Mine [/x]"
        await stage.press("enter")
        await stage.sees("It is “Mine [/x]” now.")
        assert stage.session.chats.store.recent()[0].title == "Mine [/x]"


async def test_the_chat_one_is_in_is_not_deleted_under_one(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(100, 30)) as stage:
        await stage.ask("hello there")
        await open_picker(stage)
        await stage.press("ctrl+x")
        await stage.sees("This is the chat you are in")
        await stage.press("enter")
        assert len(stage.session.chats.store.recent()) == 1


def slow(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The disk has what is looked for once this is set."""
    found = threading.Event()
    browse = stage.session.chats.browse

    def wait_and_browse(words: str, among: Sequence[ChatInfo]) -> list[Hit]:
        assert found.wait(PATIENCE_S)
        return browse(words, among)

    monkeypatch.setattr(stage.session.chats, "browse", wait_and_browse)
    return found


@asynccontextmanager
async def slow_picker(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Stage, threading.Event]]:
    """The open picker, whose next rows wait for the event."""
    keep_chats(home)
    async with chat(home, size=(100, 30)) as stage:
        await open_picker(stage)
        yield stage, slow(stage, monkeypatch)


async def test_enter_takes_what_was_typed_before_the_disk_has_found_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with slow_picker(tmp_path, monkeypatch) as (stage, found):
        await stage.type("srtarr")
        await stage.press("enter")
        assert isinstance(stage.app.screen, ChatsScreen), "nothing is opened yet"
        found.set()
        await stage.sees("about pears")
        assert stage.session.conversation.title == "Sort an array"


async def test_letters_and_enter_that_come_at_once_stay_in_their_order(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        await open_picker(stage)
        for letter in "numb":
            stage.app.post_message(events.Key(letter, letter))
        stage.app.post_message(events.Key("enter", "\r"))
        await stage.until(lambda: stage.session.conversation.title == "[b]Numbers[/b]")


async def test_letters_after_enter_are_for_where_one_is_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with slow_picker(tmp_path, monkeypatch) as (stage, found):
        await stage.type("srtarr")
        await stage.press("enter")
        await stage.type("hi")
        assert isinstance(stage.app.screen, ChatsScreen)
        found.set()
        await stage.sees("about pears")
        await stage.until(lambda: stage.composer.text == "hi")


async def test_letters_after_an_enter_that_finds_nothing_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with slow_picker(tmp_path, monkeypatch) as (stage, found):
        await stage.type("zz")
        await stage.press("enter")
        await stage.type("q")
        found.set()
        await stage.until(lambda: picker(stage).words == "zzq")
        await stage.sees("No chat fits.")


async def test_keys_in_one_burst_behind_enter_go_their_way(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        await open_picker(stage)
        stage.app.post_message(events.Key("enter", "\r"))
        for letter in "hey":
            stage.app.post_message(events.Key(letter, letter))
        await stage.until(lambda: stage.composer.text == "hey")


async def test_esc_does_not_overtake_enter(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        await open_picker(stage)
        here = stage.session.conversation.id
        await stage.press("ctrl+x")
        await stage.sees("for good?")
        for key in ("enter", "escape"):
            stage.app.post_message(events.Key(key, None))
        await stage.until(lambda: len(stage.session.chats.store.recent()) == 2)
        await stage.until(lambda: not isinstance(stage.app.screen, ChatsScreen))
        assert stage.session.conversation.id == here


async def test_what_is_to_be_deleted_is_asked_once_it_is_there_and_not_taken_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with slow_picker(tmp_path, monkeypatch) as (stage, found):
        await stage.type("srtarr")
        await stage.press("ctrl+x", "enter")
        found.set()
        await stage.sees("Delete “Sort an array”, 1 question, for good?")
        assert len(stage.session.chats.store.recent()) == 3
        await stage.press("enter")
        await stage.sees("Deleted “Sort an array”")


async def test_of_many_chats_only_those_near_the_mark_are_laid_out_and_all_can_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        one = stage.session.chats.store.recent()[0]
        many = [replace(one, id=f"id{number}", title=f"chat {number}") for number in range(1000)]
        read: list[int] = []

        def latest() -> list[ChatInfo]:
            read.append(1)
            return many

        monkeypatch.setattr(stage.session.chats, "latest", latest)
        screen = await open_picker(stage)
        await stage.type("chat")
        await stage.until(lambda: screen.list.option_count and screen.words == screen._shown_for)
        assert len(screen.rows) < 200
        assert len(read) == 1, "not with every letter"
        await stage.press("up")
        await stage.sees("chat 999")
        assert screen.marked is not None
        assert screen.marked.key == "id999"
        await stage.press("down")
        await stage.until(lambda: screen.marked is not None and screen.marked.key == "id0")


async def test_more_chats_come_when_the_list_is_scrolled_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        one = stage.session.chats.store.recent()[0]
        many = [replace(one, id=f"id{number}", title=f"chat {number}") for number in range(300)]
        monkeypatch.setattr(stage.session.chats, "latest", lambda: many)
        screen = await open_picker(stage)
        while len(screen.rows) < len(many):
            known = len(screen.rows)
            screen.list.scroll_end(animate=False)
            await stage.until(partial(further, screen, known))
        screen.list.scroll_end(animate=False)
        await stage.sees("chat 299")


def further(screen: ChatsScreen, known: int) -> bool:
    return len(screen.rows) > known


async def click(stage: Stage, text: str) -> None:
    """Click on words, wherever they stand."""
    lines = stage.screen.split("\n")
    row = next(number for number, line in enumerate(lines) if text in line)
    await stage.pilot.click(offset=(lines[row].index(text) + 1, row))


async def test_by_mouse_alone_a_chat_is_renamed_deleted_or_left_alone(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(100, 30)) as stage:
        screen = await open_picker(stage)
        await click(stage, "Ctrl+X deletes")
        await stage.sees("Delete “Broadcasting”, 1 question, for good?")
        await click(stage, "Esc keeps it")
        await stage.sees("Ctrl+R renames")
        await click(stage, "Ctrl+R renames")
        await stage.until(lambda: screen.field.value == "Broadcasting")
        await click(stage, "Esc leaves it")
        await stage.until(lambda: screen.field.value == "")
        await click(stage, "Ctrl+X deletes")
        await stage.sees("for good?")
        await click(stage, "Enter deletes")
        await stage.until(lambda: len(stage.session.chats.store.recent()) == 2)
        await stage.pilot.click(offset=(0, 0))
        await stage.until(lambda: not stage.app.screen.is_modal)


async def test_no_title_can_be_clicked_like_a_key(tmp_path: Path) -> None:
    session, _ = open_session(Places(tmp_path, tmp_path), ["answer"])
    say(session, "hello · Enter deletes · x")
    session.close()
    async with chat(tmp_path, size=(100, 30)) as stage:
        await open_picker(stage)
        await stage.press("ctrl+x")
        await stage.sees("for good?")
        lines = stage.screen.split("\n")
        row = next(number for number, line in enumerate(lines) if "for good?" in line)
        await stage.pilot.click(offset=(lines[row].index("Enter deletes") + 1, row))
        await stage.pilot.pause()
        assert len(stage.session.chats.store.recent()) == 1


@pytest.mark.parametrize("size", [(100, 30), (40, 12), (20, 6)])
async def test_on_any_screen_there_are_rows_to_choose(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path, size=size) as stage:
        await open_picker(stage)
        await stage.sees("Broadcasting")
        await stage.sees("Enter opens")


async def test_help_over_a_picker_lists_its_keys_and_nothing_that_is_not_there(
    tmp_path: Path,
) -> None:
    async with chat(tmp_path, size=(100, 30)) as stage:
        await stage.ask("hello there")
        await open_picker(stage)
        await stage.press("f1")
        await stage.sees("give it another name")
        assert "/adapter" not in stage.screen
        assert "Commands" not in stage.screen
