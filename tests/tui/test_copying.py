"""Keys, the button of a code block and /copy: all of them reach the clipboard, and say so."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

import pytest

from assistant.commands.clipboard import Clipboard, Copied
from assistant.tui.widgets.code_head import CodeHead
from tests.tui.stage import Stage, chat

ANSWER = "Use this:\n\n```python\nmx.sort(a)\n```\n\nor that:\n\n```\nb\n```\n"


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a system's clipboard would have it: an xsel that keeps it in a file."""
    file = tmp_path / "held"
    program = tmp_path / "bin" / "xsel"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase $2 in --input) cat > "{file}";; *) cat "{file}";; esac\n')
    program.chmod(0o755)
    for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "WAYLAND_DISPLAY", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":nobody")
    return file


async def holds(stage: Stage, file: Path, text: str) -> None:
    await stage.until(lambda: file.exists() and file.read_text(encoding="utf-8") == text)


async def test_keys_copy_the_answer_and_its_code(tmp_path: Path, held: Path) -> None:
    async with chat(tmp_path, [ANSWER]) as stage:
        await stage.ask("q")
        await stage.press("f8")
        await holds(stage, held, ANSWER)
        await stage.sees("the answer: copied")
        await stage.press("f7")
        await holds(stage, held, "b")
        await stage.sees("code block 2 of 2: copied")


async def test_each_code_block_has_a_button(tmp_path: Path, held: Path) -> None:
    async with chat(tmp_path, [ANSWER]) as stage:
        await stage.ask("q")
        heads = list(stage.app.query(CodeHead))
        assert len(heads) == 2
        await stage.sees("python")
        assert stage.screen.count("copy") == 2
        await stage.pilot.click(heads[0])
        await holds(stage, held, "mx.sort(a)")
        await stage.sees("the code: copied")


async def test_the_command_says_what_it_did_in_the_chat(tmp_path: Path, held: Path) -> None:
    async with chat(tmp_path, [ANSWER]) as stage:
        await stage.ask("q")
        await stage.ask("/copy question")
        await holds(stage, held, "q")
        await stage.sees("✓ Copied the question, 1 character.")


async def test_a_selection_is_copied_by_the_same_way(tmp_path: Path, held: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("draft")
        await stage.press("shift+home", "f8")
        await holds(stage, held, "draft")
        assert stage.composer.text == "draft"
        await stage.press("end", "shift+home", "ctrl+x")
        await stage.until(lambda: not stage.composer.text)
        await stage.press("ctrl+v")
        assert stage.composer.text == "draft"


async def test_with_nothing_to_copy_a_key_says_so(tmp_path: Path, held: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.press("f7")
        await stage.sees("There is no answer to copy yet.")


async def test_without_any_clipboard_the_file_is_named(
    tmp_path: Path, held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setenv("TERM", "dumb")
    async with chat(tmp_path, [ANSWER], size=(200, 24)) as stage:
        await stage.ask("q")
        await stage.press("f7")
        await stage.sees("copied.txt; or select it with the mouse: hold Shift.")
        assert stage.session.places.data.joinpath("copied.txt").read_text() == "b"


async def test_while_an_answer_streams_the_keys_copy_what_there_is_of_it(
    tmp_path: Path, held: Path
) -> None:
    async with chat(tmp_path, ["first answer here", "second answer is longer"]) as stage:
        await stage.ask("q")
        stage.engine.hold_after(2)
        await stage.send("again")
        await stage.until(lambda: stage.engine.pause.is_set())
        await stage.sees("second")
        await stage.press("f8")
        await stage.sees("the answer so far: copied")
        assert held.read_text(encoding="utf-8").startswith("second")
        assert "first" not in held.read_text(encoding="utf-8")
        stage.engine.pause.clear()


async def test_of_copies_that_come_quickly_the_newest_stays(
    tmp_path: Path, held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Clipboard.copy

    def slowly(self: Clipboard, text: str) -> Copied:
        time.sleep(0.3 if text == "one" else 0)
        return copy(self, text)

    monkeypatch.setattr(Clipboard, "copy", slowly)
    async with chat(tmp_path) as stage:
        for text in ("one", "two", "three"):
            stage.app.copier.copy_text(text, text)
        await stage.sees("three: copied")
        stage.app.copier.finish(5)
    assert held.read_text(encoding="utf-8") == "three"


async def test_the_end_does_not_wait_for_a_clipboard_that_hangs(
    tmp_path: Path, held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = Event()

    def copy(self: Clipboard, text: str) -> Copied:
        hangs.wait(60)
        return Copied("tool")

    monkeypatch.setattr(Clipboard, "copy", copy)
    async with chat(tmp_path) as stage:
        stage.app.copier.copy_text("one", "one")
    stage.app.copier.finish(0.01)
    assert not hangs.is_set()
    hangs.set()


async def test_what_is_selected_in_the_field_of_a_search_is_copied(
    tmp_path: Path, held: Path
) -> None:
    async with chat(tmp_path / "home") as stage:
        await stage.type("draft")
        await stage.press("ctrl+f", *"pear", "shift+home", "ctrl+c")
        await holds(stage, held, "pear")
        assert stage.app.finder.open
        await stage.press("ctrl+c")
        await stage.until(lambda: not stage.app.finder.open)
        assert stage.composer.text == "draft"
