"""Whoever starts the chat and types on at once loses no letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from assistant.tui.app import ChatApp
from tests.tui.stage import chat


async def test_what_is_typed_before_the_screen_is_there_is_typed_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def type_at_once(app: ChatApp) -> None:
        for letter in "hello":
            app.post_message(events.Key(letter, letter))
        app.post_message(events.Key("ctrl+j", "\n"))
        app.post_message(events.Paste("pasted"))
        app.post_message(events.Key("x", "x"))

    monkeypatch.setattr(ChatApp, "on_load", type_at_once, raising=False)
    async with chat(tmp_path) as stage:
        await stage.until(lambda: stage.composer.text == "hello\npastedx")
        await stage.type("y")
        assert stage.composer.text == "hello\npastedxy"
