"""`assistant ask`: one question, one answer. It refuses to know how a
conversation is kept."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from assistant.cli import names
from assistant.cli.answers import adapters_list, answer_dict
from assistant.cli.options import App, Options, json_option, opened, prompt_options
from assistant.cli.output import note, print_json
from assistant.cli.piped import whole_prompt
from assistant.commands.blocks import Answers
from assistant.engine.types import Finish
from assistant.errors import EngineError, UsageError
from assistant.repl.interrupts import stopping
from assistant.repl.paper import Paper


@click.command()
@click.argument("prompt", required=False)
@prompt_options
@click.option("-c", "--continue", "last", is_flag=True, help="Go on with the last chat.")
@click.option(
    "--chat",
    metavar="CHAT",
    shell_complete=names.chats,
    help="Go on with another: a number of the list, an id, or words.",
)
@click.option("--no-save", is_flag=True, help="Keep nothing of it.")
@json_option
@click.option(
    "--stream",
    type=click.Choice(["text", "json"]),
    help="Write the answer as it comes: its text, or a JSON object on a line for each event.",
)
@click.pass_obj
def ask(
    app: App,
    /,
    prompt: str | None,
    last: bool,
    chat: str | None,
    no_save: bool,
    as_json: bool,
    stream: str | None,
    **given: Any,
) -> None:
    """Ask one question; the answer streams to standard output.

    What is piped in is put below PROMPT.

    \b
      assistant ask "How do I sort an array in MLX?" -a mlx-docs
      assistant ask -c "And in descending order?"
      git diff | assistant ask "Explain this change:"
      assistant ask -p translate --var language=German "Good morning"

    Ctrl-C stops the answer; what was said is kept, and the exit code is 130.

    With --stream json the events are start, text (and thought) as often as there is some, and end,
    which is the object of --json; an error takes the place of end.
    """
    options = Options(**given)
    if as_json and stream == "text":
        raise UsageError("--json and --stream text are two ways to write.", "Give one of them.")
    if last and chat is not None:
        raise UsageError("-c and --chat both name a chat.", "Give one of them.")
    settings = options.settings(app)
    if no_save:
        settings = replace(settings, save=False)
    text = whole_prompt(prompt)
    which = "1" if last else chat
    with opened(
        settings,
        options.prompt_name,
        chat=which,
        variables=options.variables,
        adapters_named=bool(options.named(app)),
    ) as session:
        if options.system is not None:
            session.set("system", options.system)
            session.use_prompt(None)
        answers = session.ask(text)
        if as_json or stream == "json":
            about = {"model": session.engine.info.model, "adapters": adapters_list(session.in_use)}
            with stopping(answers.generation.cancel):
                finish = _stream_json(answers, about) if stream == "json" else _last(answers)
            answer = answer_dict(session.engine.info.model, session.in_use, finish)
            answer["chat"] = session.conversation.id if settings.save else None
            print_json({"event": "end", **answer} if stream == "json" else answer)
        else:
            with stopping(answers.generation.cancel):
                finish = _stream(answers)
    if finish.reason == "cancelled":
        raise KeyboardInterrupt  # what was said is kept; the exit code says that it was not all


def _last(answers: Answers) -> Finish:
    """How the answer ended."""
    for event in answers.generation:
        if event.finish is not None:
            return event.finish
    raise EngineError("The answer broke off.", "Try again.")


def _stream_json(answers: Answers, about: Mapping[str, Any]) -> Finish:
    """An object for each piece of the answer, at once; how it ended."""
    print_json({"event": "start", **about})
    for event in answers.generation:
        if event.thought:
            print_json({"event": "thought", "text": event.thought})
        if event.text:
            print_json({"event": "text", "text": event.text})
        if event.finish is not None:
            return event.finish
    raise EngineError("The answer broke off.", "Try again.")


def _stream(answers: Answers) -> Finish:
    # Tables of widths come with it: not for --help.
    from assistant.repl.flow import Flow

    paper = Paper(sys.stdout, colour=False)
    flow = Flow(paper, hang=not paper.aloud)
    thinks = False
    try:
        for event in answers.generation:
            if event.thought and not thinks and sys.stderr.isatty():
                note("Thinking…")  # whoever waits sees why
                thinks = True
            flow.write(event.text)
            if event.finish is not None:
                flow.end()
                paper.end_line()
                if event.finish.reason == "length":
                    note("The answer was cut at its longest; -n NUMBER allows more.")
                return event.finish
    finally:
        flow.end()
        paper.end_line()
    raise EngineError("The answer broke off.", "Try again.")
