"""Variables of a prompt on the command line: --var says them, and a person at a terminal is asked
for the others. It refuses to know what a prompt is for.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from assistant.chat import Prompt
from assistant.commands.slash.prompt import read_values
from assistant.errors import PromptVariableMissing, UsageError
from assistant.plain_text import plain


def filled(prompt: Prompt, said: Sequence[str]) -> Prompt:
    """The prompt with its variables in their places.

    Raises:
        UsageError: one is missing, and nobody is there to be asked.
    """
    values = read_values(said)
    while True:
        try:
            return prompt.filled(values)
        except PromptVariableMissing as missing:
            if not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise UsageError(missing.message, f"--var {missing.variable}=VALUE") from None
            values[missing.variable] = click.prompt(plain(missing.question), err=True)
