"""Gives the terminal to the person's editor, and takes it back.

It refuses to know what is edited.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from textual.app import App, SuspendNotSupported

from assistant.commands.blocks import Block, Draft, Edit, Notice, Problem
from assistant.commands.editor import edit
from assistant.errors import AssistantError
from assistant.file_trouble import why
from assistant.tui.guard import lifted_guard


def edit_outside(app: App[None], wish: Edit) -> Iterator[Block]:
    """Open the file in the editor, and say what there is to say once it has ended."""
    try:
        with app.suspend(), lifted_guard():
            remark = edit(wish.file)
        if remark:
            yield Notice(remark)
    except SuspendNotSupported:
        yield Notice(f"No editor can open here. The file is {wish.file}.", "warning")
        return
    except AssistantError as error:
        yield Problem.of(error)
    yield from wish.after()


def draft_outside(app: App[None], draft: str) -> Iterator[Block]:
    """Write a draft in the editor; it comes back as it was saved, or stays as it is."""
    try:
        # Only its owner may read it, which is what mkstemp sees to.
        descriptor, name = tempfile.mkstemp(prefix="assistant-", suffix=".md")
        with open(descriptor, "w", encoding="utf-8") as opened:
            opened.write(draft)
    except OSError as error:
        yield Problem(f"The draft cannot be handed to an editor: {why(error)}.")
        return
    file = Path(name)

    def after() -> Iterator[Block]:
        try:
            yield Draft(file.read_text(encoding="utf-8", errors="replace").rstrip("\n"))
        except OSError as error:
            yield Problem(f"What was written cannot be read: {why(error)}.")
        with suppress(OSError):
            os.unlink(file)

    yield from edit_outside(app, Edit(file, after))
