"""/export: this conversation as a file. It refuses to know what the files look like."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assistant.chat.export import write_export
from assistant.commands.blocks import Block, Notice
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session
from assistant.errors import UsageError


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.text:
        raise UsageError("There is no file after /export.", "/export chat.md, .json or .html")
    if session.conversation.is_empty:
        raise UsageError("There is nothing to export yet.", "Ask something first.")
    words = arguments.words
    file = Path(words[0] if len(words) == 1 else arguments.text).expanduser()
    write_export(session.conversation, session.about_chat, file)
    yield Notice(f"This chat is in {file.absolute()}.", "good")


COMMAND = Command(
    name="export",
    summary="Write this chat into a file",
    forms=(Form("FILE", "as Markdown, JSON or a web page, by the ending: .md, .json or .html"),),
    run=run,
    needs="turn",
    examples=("/export sorting.md",),
    details=(
        "Markdown and the web page have the branch you are on; JSON has every branch, and "
        "everything each answer was made with. A file that is there already is not overwritten."
    ),
)
