"""Gives the terminal to the person's editor, and takes it back.

It refuses to know what is edited.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import App, SuspendNotSupported

from assistant.commands.blocks import Block, Edit, Notice, Problem
from assistant.commands.editor import edit
from assistant.errors import AssistantError


def edit_outside(app: App[None], wish: Edit) -> Iterator[Block]:
    """Open the file in the editor, and say what there is to say once it has ended."""
    try:
        with app.suspend():
            remark = edit(wish.file)
        if remark:
            yield Notice(remark)
    except SuspendNotSupported:
        yield Notice(f"No editor can open here. The file is {wish.file}.", "warning")
        return
    except AssistantError as error:
        yield Problem.of(error)
    yield from wish.after()
