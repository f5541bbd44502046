"""All keys and all things to click on: each works, each is listed, each has another way."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import OptionList

import assistant.tui
from assistant.commands import all_commands
from assistant.tui.bindings import key_name, keys_here
from assistant.tui.palette import command_entries, key_entries
from assistant.tui.screens.picking import Picker
from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.fold import FoldTitle
from assistant.tui.widgets.speech import Acting, Speech
from assistant.tui.widgets.waiting import WaitingLine
from tests.tui.stage import Stage, chat

LEAVING = {"quit", "leave", "suspend_process"}


def our_classes() -> list[type[DOMNode]]:
    """Every class of the front end that may have keys."""
    found: list[type[DOMNode]] = []
    for module in pkgutil.walk_packages(assistant.tui.__path__, "assistant.tui."):
        for thing in vars(importlib.import_module(module.name)).values():
            ours = isinstance(thing, type) and thing.__module__ == module.name
            if ours and issubclass(thing, DOMNode):
                found.append(thing)
    return found


@pytest.mark.parametrize("kind", our_classes(), ids=lambda kind: kind.__name__)
def test_every_binding_says_what_it_does_and_can_do_it(kind: type[DOMNode]) -> None:
    for binding in kind.__dict__.get("BINDINGS", []):
        assert isinstance(binding, Binding), binding
        assert binding.description, f"{kind.__name__}: {binding.key} is not listed anywhere"
        namespace, _, name = binding.action.partition("(")[0].rpartition(".")
        if not namespace:
            named = any(hasattr(kind, f"{prefix}action_{name}") for prefix in ("", "_"))
            assert named, f"{kind.__name__}: {binding.key} leads nowhere"


@pytest.mark.parametrize("kind", our_classes(), ids=lambda kind: kind.__name__)
def test_what_can_be_clicked_can_have_the_keys_or_is_moved_through(kind: type[DOMNode]) -> None:
    if not issubclass(kind, Widget):
        return
    clicked = any(
        name in vars(base)
        for base in kind.__mro__
        if base.__module__.startswith("assistant.")
        for name in ("on_click", "_on_click", "on_mouse_down", "on_mouse_up")
    )
    # Moved through from a field, a button for a key of the whole screen, lines to be typed, or what
    # says of keys what they do.
    elsewhere = {"Completions", "RowList", "StatusLine", "Below", "CodeHead", "Welcome", "Foot"}
    elsewhere |= {"ColumnsHint", "Head"}
    # These take the keys, or show what keys do, once they are a message of the conversation.
    once_said = issubclass(kind, Speech | Acting)
    # A click beside a picker is its Esc.
    has_keys = kind.can_focus or once_said or issubclass(kind, Picker)
    if clicked or issubclass(kind, OptionList):
        assert has_keys or kind.__name__ in elsewhere, kind.__name__


async def idle(stage: Stage) -> None:
    await stage.press("escape")


async def typing(stage: Stage) -> None:
    stage.composer.put("some text\nof lines")


async def completing(stage: Stage) -> None:
    await stage.type("/")


async def searching(stage: Stage) -> None:
    await stage.press("ctrl+r")


async def streaming(stage: Stage) -> None:
    stage.engine.hold_after(1)
    await stage.send("question")
    await stage.until(lambda: stage.engine.pause.is_set())


async def waiting(stage: Stage) -> None:
    await streaming(stage)
    await stage.send("a line")
    await stage.until(lambda: stage.app.query(WaitingLine))
    await stage.press("alt+up")
    await stage.until(lambda: isinstance(stage.app.focused, WaitingLine))


async def comparing(stage: Stage) -> None:
    await stage.ask("/compare question")
    await stage.press("f2")


async def voting(stage: Stage) -> None:
    await comparing(stage)
    await stage.press("v")


async def folded(stage: Stage) -> None:
    await stage.ask("/rank [[1,2],[3,6]]")
    stage.app.query(FoldTitle).first().focus()
    await stage.pilot.pause()


SITUATIONS = [idle, typing, completing, searching, streaming, waiting, comparing, voting, folded]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
async def test_every_key_that_is_listed_can_be_pressed(tmp_path: Path, situation: object) -> None:
    assert callable(situation)
    async with chat(tmp_path, adapters=("mlx-docs",), size=(110, 40)) as stage:
        await situation(stage)
        keys = [
            key
            for does in keys_here(stage.app.screen)
            for key in does.keys
            if does.action.partition("(")[0].rpartition(".")[2] not in LEAVING
        ]
        assert keys
        for number, key in enumerate(keys):
            if number:
                stage.engine.pause.clear()
                await stage.settle()
                stage.composer.focus()
                stage.composer.close_list()
                stage.composer.put("")
                await situation(stage)
            await stage.press(key)
            assert stage.app.is_running, f"{key} ended the chat"
            if stage.app.screen.is_modal:
                await stage.press("escape")
                await stage.until(lambda: not stage.app.screen.is_modal)
        stage.engine.pause.clear()


@pytest.mark.parametrize(
    ("situation", "works", "does_not"),
    [
        (idle, {"Enter", "Ctrl+P", "Ctrl+R"}, {"F2", "Ctrl+O", "d", "t"}),
        (comparing, {"F2", "d", "p", "w", "v", "b"}, {"Enter", "t", "Ctrl+G"}),
        (voting, {"t", "x", "←", "1", "2"}, {"d", "3"}),
        (waiting, {"Enter", "Delete"}, {"Ctrl+G", "d"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_help_lists_what_works_here_and_nothing_else(
    tmp_path: Path, situation: object, works: set[str], does_not: set[str]
) -> None:
    assert callable(situation)
    async with chat(tmp_path, adapters=("mlx-docs",), size=(110, 60)) as stage:
        await situation(stage)
        names = {key_name(key) for does in keys_here(stage.app.screen) for key in does.keys}
        assert works <= names
        assert not does_not & names
        stage.engine.pause.clear()


def screen_has(stage: Stage, text: str, times: int) -> bool:
    return stage.screen.count(text) >= times


async def test_the_palette_has_every_command_and_every_key_and_runs_them(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(110, 60)) as stage:
        texts = [entry.text for entry in command_entries(stage.app)]
        for command in all_commands().values():
            assert any(text.split()[0] == f"/{command.name}" for text in texts)
        keys = " ".join(entry.text for entry in key_entries(stage.app))
        for does in keys_here(stage.app.screen):
            assert does.action == "command_palette" or does.names in keys
        # By mouse alone: the status line opens it, a click on an entry runs it.
        await stage.pilot.click(stage.app.entry.status_line, offset=(80, 0))
        await stage.until(lambda: stage.app.screen.is_modal)
        await stage.type("rank")
        await stage.sees("/rank MATRIX")
        await stage.press("enter")
        await stage.until(lambda: stage.composer.text == "/rank ")
        # A command that takes nothing runs at once.
        await stage.press("ctrl+p")
        await stage.type("list the commands")
        await stage.until(lambda: screen_has(stage, "list the commands", 2))
        await stage.press("enter")
        await stage.sees("/help COMMAND says more")


async def test_help_changes_with_the_focus(tmp_path: Path) -> None:
    async with chat(tmp_path, ["a", "b"], adapters=("mlx-docs",), size=(110, 60)) as stage:
        await stage.ask("/compare question")
        await stage.press("f1")
        await stage.sees("In the input")
        await stage.press("f2")
        assert isinstance(stage.app.focused, AnswerColumns)
        await stage.sees("On the comparison")
        await stage.until(lambda: "In the input" not in stage.screen)


def test_keys_are_written_as_people_write_them() -> None:
    assert key_name("ctrl+j") == "Ctrl+J"
    assert key_name("shift+enter") == "Shift+Enter"
    assert key_name("f1") == "F1"
    assert key_name("escape") == "Esc"
