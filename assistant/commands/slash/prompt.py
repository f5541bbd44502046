"""/prompt: choose from the prompt library.

It refuses to know how prompt files are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.commands.blocks import Block, Effect, Notice, Preformatted, Problem, Table
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.session import Session


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    name = arguments.text
    if not name:
        yield from _list(session)
    elif name == "none":
        session.use_prompt(None)
        yield Notice("No prompt from the library any more.", "good")
        yield Effect("status")
    else:
        prompt = session.prompts.get(name)
        session.use_prompt(prompt)
        what = f": {prompt.summary}" if prompt.summary else ""
        yield Notice(f"Prompt {prompt.name}{what}.".replace("..", "."), "good")
        if prompt.template:
            yield Notice("What you type takes the place of {text} in:")
            yield Preformatted(prompt.template)
        yield Effect("status")


def _list(session: Session) -> Iterator[Block]:
    prompts, errors = session.prompts.all()
    if prompts:
        active = session.prompt.name if session.prompt else None
        yield Table(
            ("prompt", "what it does", ""),
            tuple((p.name, p.summary, "in use" if p.name == active else "") for p in prompts),
        )
    else:
        yield Notice(
            f"There are no prompts. Put NAME.toml files into {session.places.data / 'prompts'}."
        )
    for error in errors:
        yield Problem.of(error)


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    if " " in arguments.text.strip():
        return ()
    return [Choice(prompt.name, prompt.summary) for prompt in session.prompts.all()[0]]


COMMAND = Command(
    name="prompt",
    summary="Choose a prompt from the library",
    forms=(
        Form("NAME", "use its system prompt, and its template for what you type"),
        Form("none", "go back to the system prompt of the settings"),
        Form("", "list the prompts"),
    ),
    run=run,
    needs="turn",
    complete=choices,
    examples=("/prompt concise",),
    details=(
        "A prompt is a file `NAME.toml` in `./prompts`, in the data folder's `prompts/` or among "
        "those that come with the program, with any of the keys `summary`, `system` and "
        "`template`; `{text}` in the template stands for what you type."
    ),
)
