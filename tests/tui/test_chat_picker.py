"""/open without words: a picker over the kept chats."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from assistant.paths import Places
from assistant.tui.screens.chats import ChatsScreen
from tests.commands.saying import open_session, say
from tests.tui.stage import Stage, chat


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
        await stage.sees("Deleted “Broadcasting”")
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
