"""`assistant completion`: the script that makes a shell complete the command line.

The script asks the program itself at each Tab, so there is nothing to keep up to date. It refuses
to know what can be completed.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import ShellComplete

from assistant.cli.shells import SHELLS
from assistant.errors import UsageError

PROGRAM = "assistant"
VARIABLE = "_ASSISTANT_COMPLETE"


@click.command()
@click.argument("shell", required=False, type=click.Choice(list(SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print a script that completes commands, options and names in bash, zsh or fish.

    Without SHELL, for the one that $SHELL names.

    \b
      eval "$(assistant completion bash)"          in ~/.bashrc
      eval "$(assistant completion zsh)"           in ~/.zshrc, after compinit
      assistant completion fish > ~/.config/fish/completions/assistant.fish
    """
    name = shell or Path(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        raise UsageError("Which shell?", f"assistant completion {'|'.join(SHELLS)}")
    click.echo(script(ctx.find_root().command, name))


def script(program: click.Command, shell: str) -> str:
    # Not the shells' own `source`: for bash it runs bash to ask for its version.
    return ShellComplete.source(SHELLS[shell](program, {}, PROGRAM, VARIABLE))
