"""/copy: something of this chat for the clipboard. It refuses to know how it gets there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.commands import copying
from assistant.commands.blocks import Block
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.session import Session
from assistant.errors import UsageError

_NUMBER = re.compile("[1-9][0-9]{0,8}")


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    what, *rest = arguments.words or ("answer",)
    if len(rest) > 1 or (rest and what not in ("code", "last")):
        raise UsageError(f"{arguments.text!r} is too much for /copy.", _HINT)
    if rest and not _NUMBER.fullmatch(rest[0]):
        raise UsageError(f"{rest[0]!r} is no number.", f"/copy {what} 2")
    number = int(rest[0]) if rest else None
    if what == "answer":
        yield copying.last_answer(session)
    elif what == "code":
        yield copying.code(session, number)
    elif what == "question":
        yield copying.last_question(session)
    elif what == "last":
        yield copying.last_turns(session, number or 1)
    elif what == "all":
        yield copying.everything(session)
    else:
        raise UsageError(f"/copy does not know {what!r}.", _HINT)


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    words = arguments.text.split(" ")
    if words[0] == "code" and len(words) == 2:
        return [Choice(str(number), line) for number, line in copying.first_lines(session)]
    return ()


_HINT = "/copy, /copy code, /copy code 2, /copy question, /copy last 3 or /copy all"

COMMAND = Command(
    name="copy",
    summary="Copy an answer, its code or the chat",
    forms=(
        Form("answer", "the last answer; /copy alone does the same"),
        Form("code [N]", "a code block of the last answer: the last one, or number N from 1"),
        Form("question", "the last question, as it was typed"),
        Form("last [N]", "the last turn, or the last N, questions and answers"),
        Form("all", "the whole chat, as far as it is on this branch"),
    ),
    run=run,
    complete=choices,
    examples=("/copy", "/copy code 2", "/copy last 3"),
    details=(
        "It goes to the clipboard of the system (pbcopy, wl-copy, xclip, xsel, clip.exe), which is "
        "read back where that can be done; else, and over ssh, to that of the terminal (OSC 52, "
        "through tmux and screen too). Where neither takes it, it is written to a file whose name "
        "is told. Control characters are left out."
    ),
)
