"""/docs: what the installed MLX says about one of its names.

It refuses to know how the names are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.commands.blocks import Block, Notice, Preformatted, Table
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session
from assistant.errors import DocsError, UsageError

if TYPE_CHECKING:
    from assistant.mlxdocs import Entry


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.text:
        raise UsageError("There is no name after /docs.", "As in /docs mx.softmax")
    yield from docs_blocks(arguments.text)


def docs_blocks(query: str) -> Iterator[Block]:
    """The entry of that name, or those whose name or summary has the words."""
    # mlx is about to be imported, and a fast BLAS has to be there before.
    from assistant.engine.blas import open_fast_blas

    open_fast_blas()
    from assistant.mlxdocs import look_up, search

    try:
        yield from _entry(look_up(query))
    except DocsError as error:
        found = search(query)
        if not found:
            raise
        yield Notice(f"{error.message} These come near it:")
        yield Table(("name", "what it does"), tuple((e.short, e.summary) for e in found))


def _entry(entry: Entry) -> Iterator[Block]:
    yield Preformatted(entry.signature or entry.short, "python")
    yield Notice(entry.summary or f"A {entry.kind} of MLX without a description.")


COMMAND = Command(
    name="docs",
    summary="Look up a name in the installed MLX",
    forms=(Form("NAME", "show its signature and what it does"), Form("WORDS", "search for it")),
    run=run,
    needs="nothing",
    examples=("/docs mx.softmax", "/docs sort"),
    details="It reads the documentation that is installed with MLX; no model is asked.",
)
