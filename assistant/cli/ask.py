"""`assistant ask`: one question, one answer. It refuses to know conversations."""

from __future__ import annotations

import sys
from typing import Any

import click

from assistant.cli.answers import answer_dict
from assistant.cli.options import App, Options, json_option, opened, prompt_options
from assistant.cli.output import note, print_json
from assistant.cli.piped import whole_prompt
from assistant.commands.blocks import Answers
from assistant.engine.types import Finish
from assistant.errors import EngineError
from assistant.repl.paper import Paper


@click.command()
@click.argument("prompt", required=False)
@prompt_options
@json_option
@click.pass_obj
def ask(app: App, /, prompt: str | None, as_json: bool, **given: Any) -> None:
    """Ask one question; the answer streams to standard output.

    What is piped in is put below PROMPT.

    \b
      assistant ask "How do I sort an array in MLX?" -a mlx-docs
      git diff | assistant ask "Explain this change:"
    """
    options = Options(**given)
    settings = options.settings(app)
    text = whole_prompt(prompt)
    with opened(settings, options.prompt_name) as session:
        answers = session.ask(text)
        if not as_json:
            _stream(answers)
            return
        finish = _last(answers)
        print_json(answer_dict(session.engine.info.model, session.in_use, finish))


def _last(answers: Answers) -> Finish:
    """How the answer ended."""
    for event in answers.generation:
        if event.finish is not None:
            return event.finish
    raise EngineError("The answer broke off.", "Try again.")


def _stream(answers: Answers) -> None:
    paper = Paper(sys.stdout, colour=False)
    try:
        for event in answers.generation:
            paper.write(event.text)
            if event.finish is not None and event.finish.reason == "length":
                paper.end_line()
                note("The answer was cut at its longest; -n NUMBER allows more.")
    finally:
        paper.end_line()
