"""`assistant chats` and `assistant export`: the conversations that are kept.

It refuses to know how they are kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from assistant.chat import ChatCaches, ChatInfo, Conversation, Store, reopen
from assistant.chat.export import FORMATS, export, write_export
from assistant.cli import names
from assistant.cli.lazy import LazyGroup
from assistant.cli.options import json_option
from assistant.cli.output import note, notes, print_json, show
from assistant.commands.blocks import Earlier
from assistant.commands.chats import Chats, findings, listing
from assistant.commands.past import exchange_blocks
from assistant.errors import UsageError
from assistant.paths import find_places
from assistant.plain_text import plain


@click.group(cls=LazyGroup)
def chats() -> None:
    """Look at the chats that are kept, export or delete them."""


@contextmanager
def kept() -> Iterator[Chats]:
    """The chats of the data folder, while they are looked at."""
    store = Store(find_places().conversations_file)
    try:
        yield Chats(store)
    finally:
        notes(store.news())
        store.close()


def opened_chat(kept: Chats, ref: str) -> tuple[Conversation, ChatInfo]:
    """A kept chat, named by number, id or words. Raises ChatNotFound, StoreError."""
    return reopen(kept.store, *kept.find(ref))


@chats.command("list")
@click.option("-q", "--query", metavar="WORDS", help="Only those that have all of these words.")
@click.option(
    "-n", "--count", type=click.IntRange(1), default=20, metavar="NUMBER", help="How many."
)
@json_option
def list_chats(query: str | None, count: int, as_json: bool) -> None:
    """List the chats, the latest first."""
    with kept() as chats:
        found = chats.search(query, count) if query else None
        infos = [hit.chat for hit in found] if found is not None else chats.recent(count)
        if as_json:
            print_json({"chats": [asdict(info) for info in infos]})
        elif not infos:
            note("There are no chats yet." if query is None else f"No chat has {query!r}.")
        else:
            show([listing(infos) if found is None else findings(found)])


@chats.command("show")
@click.argument("chat", default="1", shell_complete=names.chats)
@json_option
def show_chat(chat: str, as_json: bool) -> None:
    """Write out a chat, the latest one unless another is named.

    CHAT is a number of the list, an id, or words of its title.
    """
    with kept() as chats:
        conversation, info = opened_chat(chats, chat)
    if as_json:
        from assistant.chat.export.data import to_dict

        print_json(to_dict(conversation, info))
        return
    show([Earlier(tuple(b for e in conversation.exchanges for b in exchange_blocks(e)))])


@click.command("export")
@click.argument("chat", default="1", shell_complete=names.chats)
@click.option(
    "-f", "--format", "kind", type=click.Choice(FORMATS), help="md unless the file's ending says."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write into a new file."
)
def export_chat(chat: str, kind: str | None, output: Path | None) -> None:
    """Export a chat, the latest one unless another is named, to standard output or a file.

    CHAT is a number of the list, an id, or words of its title. JSON has every branch of it.

    \b
      assistant export > last.md
      assistant export "sort an array" -o sorting.html
    """
    with kept() as chats:
        conversation, info = opened_chat(chats, chat)
    if output is None:
        sys.stdout.write(export(conversation, info, kind or "md"))
    else:
        write_export(conversation, info, output, kind)
        note(f"The chat is in {output}.")


@chats.command("delete")
@click.argument("chat", shell_complete=names.chats)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete_chat(ctx: click.Context, chat: str, yes: bool) -> None:
    """Delete a chat for good.

    CHAT is a number of the list, an id, or words of its title.
    """
    with kept() as chats:
        id, _ = chats.find(chat)
        info, _ = chats.store.load(id)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("Nothing is deleted without a yes.", "Add --yes.")
            if not click.confirm(f"Delete {plain(info.title)!r} for good?", err=True):
                note("Nothing was deleted.")
                ctx.exit(1)
        chats.store.delete(id)
        ChatCaches(find_places().caches_folder).forget(id)
        note(f"Deleted {info.title!r}.")


chats.add_command(export_chat)
