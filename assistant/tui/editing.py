"""Gives the terminal to the person's editor, and takes it back.

It refuses to know what is edited.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator
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
    if (yield from _opened(app, wish.file)) is not None:
        yield from wish.after()


def draft_outside(app: App[None], draft: str) -> Iterator[Block]:
    """Write a draft in the editor; it comes back as it was saved, or stays as it is.

    What an editor saved and then failed is not taken for meant, and not lost: its file is named.
    """
    try:
        # Only its owner may read it, which is what mkstemp sees to.
        descriptor, name = tempfile.mkstemp(prefix="assistant-", suffix=".md")
        with open(descriptor, "w", encoding="utf-8") as opened:
            opened.write(draft)
    except OSError as error:
        yield Problem(f"The draft cannot be handed to an editor: {why(error)}.")
        return
    file = Path(name)
    well = yield from _opened(app, file)
    try:
        saved = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        yield Problem(f"What was written cannot be read: {why(error)}.", "The draft stays.")
        return
    if well:
        if saved.rstrip("\n") != draft.rstrip("\n"):
            yield Draft(saved.rstrip("\n"), edited=True)
    elif saved != draft:
        yield Notice(f"The draft stays. What the editor had saved is in {file}.", "warning")
        return
    with suppress(OSError):
        os.unlink(file)


def _opened(app: App[None], file: Path) -> Generator[Block, None, bool | None]:
    """Run the editor on a file, and say how that went: whether it ended well, None if none ran."""
    failed: AssistantError | None = None
    remark = ""
    try:
        with app.suspend(), lifted_guard():
            try:
                remark = edit(file)
            except AssistantError as error:
                # Not out of `suspend`: Textual takes the terminal back only from a body that ends.
                failed = error
    except SuspendNotSupported:
        yield Notice(f"No editor can open here. The file is {file}.", "warning")
        return None
    if failed is not None:
        yield Problem.of(failed)
        return False
    if remark:
        yield Notice(remark)
    return True
