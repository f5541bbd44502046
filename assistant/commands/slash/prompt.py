"""/prompt: choose from the prompt library, look into it, add to it.

It refuses to know how prompt files are read, and how an editor is run.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from assistant.chat import Prompt, read_prompt
from assistant.chat.prompt_files import BLANK, begin
from assistant.chat.variables import fill
from assistant.commands.blocks import (
    Block,
    Draft,
    Edit,
    Effect,
    Notice,
    Preformatted,
    Problem,
    Table,
)
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.session import Session
from assistant.errors import PromptError, PromptNotFound, PromptVariableMissing, UsageError
from assistant.file_trouble import why
from assistant.paths import whose

VERBS = ("use", "show", "list", "new", "edit")


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    verb, *words = arguments.words or ("list",)
    if verb not in VERBS:
        verb, words = "use", [verb, *words]
    if verb == "list":
        yield from _list(session)
    elif not words:
        hint = "/prompt new haiku" if verb == "new" else "/prompt list names them."
        raise UsageError(f"There is no name after /prompt {verb}.", hint)
    elif verb == "use":
        yield from _use(session, words[0], words[1:])
    elif words[1:]:
        hint = f"/prompt {verb} {shlex.quote(' '.join(words))}"
        raise UsageError(f"/prompt {verb} takes one name.", f"One with spaces: {hint}")
    elif verb == "show":
        yield from _show(session, words[0])
    elif verb == "new":
        yield _new(session, words[0])
    else:
        yield from _edit(session, words[0])


def _use(session: Session, name: str, said: Sequence[str]) -> Iterator[Block]:
    if name == "none":
        session.use_prompt(None)
        yield Notice("No prompt from the library any more.", "good")
        yield Effect("status")
        return
    prompt = session.prompts.get(name)
    try:
        session.use_prompt(prompt, read_values(said))
    except PromptVariableMissing as missing:
        yield Problem.of(missing)
        given = "".join(f" {_quoted(word)}" for word in said)
        yield Draft(f"/prompt use {shlex.quote(name)}{given} {missing.variable}=")
        return
    what = f": {prompt.summary}" if prompt.summary else ""
    yield Notice(f"Prompt {prompt.name}{what}.".replace("..", "."), "good")
    used = session.prompt
    if used is not None and used.values:
        yield Notice(", ".join(f"{key} is {value}" for key, value in used.values.items()) + ".")
    if prompt.template:
        yield Notice("What you type takes the place of {text} in:")
        yield Preformatted(fill(prompt.template, (used and used.values) or {}))
    yield Effect("status")


def read_values(words: Sequence[str]) -> dict[str, str]:
    """What was said as NAME=VALUE.

    Raises:
        UsageError: a word without a =.
    """
    values: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise UsageError(
                f"{word!r} is not NAME=VALUE.", 'Quote a value with spaces: reader="a newcomer"'
            )
        values[name.strip()] = value
    return values


def _quoted(word: str) -> str:
    name, _, value = word.partition("=")
    return f"{name}={shlex.quote(value)}"


def _list(session: Session) -> Iterator[Block]:
    prompts, errors = session.prompts.all()
    if prompts:
        active = session.prompt.name if session.prompt else None
        yield Table(
            ("prompt", "what it does", "", "asks for"),
            tuple(
                (p.name, p.summary, "in use" if p.name == active else "", _asks(p)) for p in prompts
            ),
        )
    else:
        yield Notice("There are no prompts; /prompt new NAME begins one.")
    for error in errors:
        yield Problem.of(error)


def _asks(prompt: Prompt) -> str:
    return ", ".join(
        variable.name if variable.default is None else f"{variable.name} ({variable.default})"
        for variable in prompt.variables
    )


def _show(session: Session, name: str) -> Iterator[Block]:
    file = _found(session, name)
    yield Notice(f"{file}:")
    try:
        yield Preformatted(file.read_text(encoding="utf-8", errors="replace").strip("\n"), "toml")
    except OSError as error:
        raise PromptError(f"{file} cannot be read: {why(error)}.") from None
    with suppress(PromptError):
        read_prompt(file)
        return
    yield from _checked(name, file)


def _found(session: Session, name: str) -> Path:
    file = session.prompts.path(name)
    if file is None:
        session.prompts.get(name)  # raises, and knows what was probably meant
        raise PromptNotFound(f"There is no prompt {name!r}.")
    return file


def _own(session: Session) -> Path:
    return session.places.data / "prompts"


def _new(session: Session, name: str) -> Edit:
    if name in {*VERBS, "none"}:
        raise PromptError(f"/prompt {name} means something else already.", "Choose another name.")
    file = begin(_own(session), name)

    def after() -> Iterator[Block]:
        try:
            written = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            written = ""  # the editor took the file away
        if written == BLANK or not written.strip():
            with suppress(OSError):
                file.unlink()
            yield Notice("Nothing was written, so there is no new prompt.")
        else:
            yield from _checked(name, file)

    return Edit(file, after)


def _edit(session: Session, name: str) -> Iterator[Block]:
    file = _found(session, name)
    if not _is_own(session, file):
        copy = begin(_own(session), name, file.read_text(encoding="utf-8", errors="replace"))
        yield Notice(f"This is a copy of your own, {copy}; it goes before the one that ships.")
        file = copy
    yield Edit(file, lambda: _checked(name, file))


def _is_own(session: Session, file: Path) -> bool:
    """Whether the person's own hand put it there: in the data folder, or the current one."""
    return whose(file, "prompts", session.places) in {"yours", "project"}


def _checked(name: str, file: Path) -> Iterator[Block]:
    try:
        read_prompt(file)
    except PromptError as error:
        hint = f"{error.hint} /prompt edit {shlex.quote(name)} opens it."
        yield Problem(error.message, hint, error.kind)
        return
    yield Notice(f"Prompt {name} can be used: /prompt {shlex.quote(name)}", "good")


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    words = list(arguments.words)
    if arguments.text.endswith(" ") or not words:
        words.append("")
    verb = words[0] if len(words) > 1 else ""
    if verb in {"list", "new"}:
        return ()
    place = len(words) - (1 if verb in VERBS else 0)
    prompts = session.prompts.all()[0]
    if place == 1:
        return [Choice(shlex.quote(prompt.name), prompt.summary) for prompt in prompts]
    if verb in {"show", "edit"}:
        return ()
    name = words[1] if verb == "use" else words[0]
    return [
        Choice(f"{variable.name}=", variable.asked)
        for prompt in prompts
        if prompt.name == name
        for variable in prompt.variables
        if not any(word.startswith(f"{variable.name}=") for word in words)
    ]


COMMAND = Command(
    name="prompt",
    summary="Choose a prompt from the library, or write one",
    forms=(
        Form(
            "NAME [VARIABLE=VALUE]...", "use its system prompt, and its template for what you type"
        ),
        Form("use NAME [VARIABLE=VALUE]...", "the same, whatever the name is"),
        Form("none", "go back to the system prompt of the settings"),
        Form("list", "list the prompts, and those that are broken; so does the bare command"),
        Form("show NAME", "show its file"),
        Form("new NAME", "write one of your own in $VISUAL or $EDITOR"),
        Form("edit NAME", "change one; of one that ships, a copy of your own"),
    ),
    run=run,
    needs="turn",
    complete=choices,
    examples=("/prompt concise", "/prompt translate language=German", "/prompt new haiku"),
    details=(
        "A prompt is a file `NAME.toml` in `./prompts`, in the data folder's `prompts/` or among "
        "those that come with the program, with any of the keys `summary`, `system` and "
        "`template`; `{text}` in the template stands for what you type. Other variables are "
        "written `{{name}}`; `[variables]` gives them defaults, or a question to ask."
    ),
)
