"""/copy: something of this chat for the clipboard. It refuses to know how it gets there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.commands import copying
from assistant.commands.blocks import Block, Clip
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.session import Session
from assistant.errors import UsageError

_NUMBER = re.compile("[1-9][0-9]{0,8}")


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    what, *rest = arguments.words or ("answer",)
    if what == "column":
        yield _of_column(session, rest)
        return
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


def _of_column(session: Session, rest: Sequence[str]) -> Clip:
    """What was asked for of a compared answer: the whole of it, its code, or one block of that."""
    side, *more = rest or ("",)
    if more[:1] not in ([], ["code"]) or len(more) > 2:
        raise UsageError(f"{' '.join(more)!r} is too much for /copy column.", "/copy column 2 code")
    if more[1:] and not _NUMBER.fullmatch(more[1]):
        raise UsageError(f"{more[1]!r} is no number.", "/copy column 2 code 1")
    title, clip = copying.column(session, side)
    if not more:
        return clip
    return copying.code_in(clip.text, int(more[1]) if more[1:] else None, f"What {title} says")


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    words = arguments.text.split(" ")
    if words[0] == "column" and len(words) == 2 and session.contest is not None:
        said = (session.contest.said(place) for place in range(len(session.contest.columns)))
        return [Choice(str(number), title) for number, (title, _) in enumerate(said, 1)]
    if words[0] == "code" and len(words) == 2:
        return [Choice(str(number), line) for number, line in copying.first_lines(session)]
    return ()


_HINT = "/copy, /copy code, /copy code 2, /copy column 2, /copy question, /copy last 3 or /copy all"

COMMAND = Command(
    name="copy",
    summary="Copy an answer, its code or the chat",
    forms=(
        Form("answer", "the last answer; /copy alone does the same"),
        Form("code [N]", "a code block of the last answer: the last one, or number N from 1"),
        Form(
            "column N [code [N]]",
            "an answer of the last comparison, counted from the left, or its code",
        ),
        Form("question", "the last question, as it was typed"),
        Form("last [N]", "the last turn, or the last N, questions and answers"),
        Form("all", "the whole chat, as far as it is on this branch"),
    ),
    run=run,
    complete=choices,
    examples=("/copy", "/copy code 2", "/copy column 2 code", "/copy last 3"),
    details=(
        "It goes to the clipboard of the system (pbcopy, wl-copy, xclip, xsel, clip.exe), which is "
        "read back where that can be done; else, and over ssh, to that of the terminal (OSC 52, "
        "through tmux and screen too). Where neither takes it, it is written to a file whose name "
        "is told. Control characters are left out."
    ),
)
