"""`assistant docs`: look up a name in the installed MLX. It refuses to know how names are found."""

from __future__ import annotations

import click

from assistant.cli.output import show


@click.command()
@click.argument("query", nargs=-1, required=True)
def docs(query: tuple[str, ...]) -> None:
    """Look up a name in the installed MLX, or search for words.

    \b
      assistant docs mx.softmax
      assistant docs sort along an axis
    """
    from assistant.commands.slash.docs import docs_blocks

    show(docs_blocks(" ".join(query)))
