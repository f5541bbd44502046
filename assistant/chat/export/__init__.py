"""A conversation as a file for others: Markdown, JSON or a web page.

    write_export(conversation, info, Path("sorting.html"))

It refuses to know where conversations are kept.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TextIO

from assistant.chat.chats import ChatInfo
from assistant.chat.conversation import Conversation
from assistant.errors import StoreError, UsageError
from assistant.file_trouble import why
from assistant.plain_text import plain

FORMATS = ("md", "json", "html")


def export(conversation: Conversation, info: ChatInfo, format: str) -> str:
    """The text of the file, in one of FORMATS.

    Those that people read carry no characters that could steer the terminal they are read on; in
    JSON those are written out.
    """
    if format == "json":
        from assistant.chat.export.data import to_json

        return to_json(conversation, info)
    # markdown-it is imported for these two alone.
    if format == "html":
        from assistant.chat.export.page import to_html

        return plain(to_html(conversation, info))
    from assistant.chat.export.markdown import to_markdown

    return plain(to_markdown(conversation, info))


def write_export(
    conversation: Conversation, info: ChatInfo, file: Path, format: str | None = None
) -> None:
    """Write it, in the format of the file's ending.

    Raises:
        UsageError: an ending of no format.
        StoreError: there is such a file already, or it cannot be written.
    """
    ending = file.suffix.lower().lstrip(".")
    chosen = format or {"markdown": "md", "htm": "html"}.get(ending, ending)
    if chosen not in FORMATS:
        raise UsageError(
            f"{file.name or file} does not end in .md, .json or .html.",
            "The ending chooses the format.",
        )
    text = export(conversation, info, chosen)
    try:
        # "x": what is there already is somebody's.
        with file.open("x", encoding="utf-8", errors="replace", newline="\n") as out:
            _write_all(out, text, file)
    except FileExistsError:
        raise StoreError(f"{file} is there already.", "Choose another name.") from None
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {why(error)}.") from None


def _write_all(out: TextIO, text: str, file: Path) -> None:
    """All of it or nothing: half a chat, on a disk that is full, looks like one, and its name would
    be taken when there is room again."""
    try:
        out.write(text)
        out.flush()
    except OSError:
        with suppress(OSError):
            file.unlink()
        raise
