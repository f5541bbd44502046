"""`assistant docs`: look up a name in the installed MLX. It refuses to know how names are found."""

from __future__ import annotations

import click

from assistant.cli.output import show
from assistant.errors import UsageError


@click.command()
@click.argument("query", nargs=-1, required=True)
def docs(query: tuple[str, ...]) -> None:
    """Look up a name in the installed MLX, or search for words.

    \b
      assistant docs mx.softmax
      assistant docs sort along an axis
    """
    from assistant.commands.slash.docs import docs_blocks

    words = " ".join(query).strip()
    if not words:
        raise UsageError("There is nothing to look up.", "assistant docs mx.sort")
    show(docs_blocks(words))
