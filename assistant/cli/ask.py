"""`assistant ask`: one question, one answer. It refuses to know how a
conversation is kept."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import click

from assistant.cli.answers import answer_dict
from assistant.cli.options import App, Options, json_option, opened, prompt_options
from assistant.cli.output import note, print_json
from assistant.cli.piped import whole_prompt
from assistant.commands.blocks import Answers
from assistant.engine.types import Finish
from assistant.errors import EngineError, UsageError
from assistant.repl.paper import Paper


@click.command()
@click.argument("prompt", required=False)
@prompt_options
@click.option("-c", "--continue", "last", is_flag=True, help="Go on with the last chat.")
@click.option(
    "--chat", metavar="CHAT", help="Go on with another: a number of the list, an id, or words."
)
@click.option("--no-save", is_flag=True, help="Keep nothing of it.")
@json_option
@click.pass_obj
def ask(
    app: App,
    /,
    prompt: str | None,
    last: bool,
    chat: str | None,
    no_save: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Ask one question; the answer streams to standard output.

    What is piped in is put below PROMPT.

    \b
      assistant ask "How do I sort an array in MLX?" -a mlx-docs
      assistant ask -c "And in descending order?"
      git diff | assistant ask "Explain this change:"
    """
    options = Options(**given)
    if last and chat is not None:
        raise UsageError("-c and --chat both name a chat.", "Give one of them.")
    settings = options.settings(app)
    if no_save:
        settings = replace(settings, save=False)
    text = whole_prompt(prompt)
    with opened(settings, options.prompt_name, chat=chat or ("1" if last else None)) as session:
        if options.system is not None:
            session.set("system", options.system)
            session.use_prompt(None)
        answers = session.ask(text)
        if as_json:
            finish = _last(answers)
            answer = answer_dict(session.engine.info.model, session.in_use, finish)
            print_json({**answer, "chat": session.conversation.id if settings.save else None})
        else:
            _stream(answers)
        for sentence in session.keeper.news():
            note(sentence)


def _last(answers: Answers) -> Finish:
    """How the answer ended."""
    for event in answers.generation:
        if event.finish is not None:
            return event.finish
    raise EngineError("The answer broke off.", "Try again.")


def _stream(answers: Answers) -> None:
    paper = Paper(sys.stdout, colour=False)
    thinks = False
    try:
        for event in answers.generation:
            if event.thought and not thinks and sys.stderr.isatty():
                note("Thinking…")  # whoever waits sees why
                thinks = True
            paper.write(event.text)
            if event.finish is not None and event.finish.reason == "length":
                paper.end_line()
                note("The answer was cut at its longest; -n NUMBER allows more.")
    finally:
        paper.end_line()
