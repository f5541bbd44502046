"""/teach: keep the right answer to the last question, to train on.

It refuses to know how answers are kept and trained on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import shorten

from assistant.commands.blocks import Block, Draft, Notice, Table
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session
from assistant.compare.votes import Ballot, Votes
from assistant.engine.types import Message
from assistant.errors import UsageError

_SHOWN = 20


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    word = arguments.text.strip()
    if word == "list":
        yield from _list(session)
    elif word == "undo":
        yield from _undo(session)
    elif word == "vote":
        ballot = _voted(session)
        assert ballot.winner is not None
        yield from _keep(session, ballot.messages, ballot.candidates[ballot.winner].text)
    else:
        question = session.last_question
        if not question:
            raise UsageError("There is no question yet to teach the answer to.", "Ask one first.")
        if word:
            yield from _keep(session, session.question_alone(question), arguments.text.strip())
        elif session.last_finish is not None and session.last_finish.text.strip():
            yield Draft(f"/teach {session.last_finish.text.strip()}")
        else:
            raise UsageError(
                "There is no answer yet to change.", "Write the right one: /teach THE ANSWER"
            )


def _keep(session: Session, question: Sequence[Message], answer: str) -> Iterator[Block]:
    lesson = session.taught.add(question, answer)
    count = len(session.taught.all())
    yield Notice(f"Kept: “{_short(lesson.question)}” → “{_short(lesson.answer)}”.", "good")
    told = "1 answer is" if count == 1 else f"{count} answers are"
    yield Notice(
        f"{told} taught. /teach undo takes this one back; /train makes an adapter of them."
    )


def _list(session: Session) -> Iterator[Block]:
    lessons = session.taught.all()
    if not lessons:
        yield Notice("Nothing is taught yet. /teach THE ANSWER keeps one to the last question.")
        return
    first = max(0, len(lessons) - _SHOWN)
    rows = tuple(
        (str(number), _short(lesson.question), _short(lesson.answer))
        for number, lesson in enumerate(lessons[first:], first + 1)
    )
    before = f" (the last {_SHOWN} of {len(lessons)})" if first else ""
    yield Table(("", "question", "right answer"), rows, f"Taught so far{before}")
    yield Notice(f"They are in {session.taught.file}")


def _undo(session: Session) -> Iterator[Block]:
    lesson = session.taught.undo()
    if lesson is None:
        yield Notice("Nothing is taught yet.")
    else:
        yield Notice(f"Taken back: “{_short(lesson.question)}” → “{_short(lesson.answer)}”.")


def _voted(session: Session) -> Ballot:
    decided = [one for one in Votes(session.places.votes_file).all() if one.winner is not None]
    if not decided:
        raise UsageError("No vote has chosen an answer yet.", "Vote first: /compare, /vote left.")
    return decided[-1]


def _short(text: str) -> str:
    return shorten(text, 60, placeholder="…") or "(empty)"


COMMAND = Command(
    name="teach",
    summary="Keep the right answer to the last question, to train on",
    forms=(
        Form("TEXT", "this is the right answer to the last question"),
        Form("", "put the last answer where you type, to correct it there"),
        Form("vote", "the answer that won the last vote is the right one"),
        Form("list", "show what is taught so far"),
        Form("undo", "take the newest answer back"),
    ),
    run=run,
    examples=("/teach `make ship` deploys.", "/teach vote", "/teach undo"),
    details=(
        "Question and answer are kept in `taught.jsonl` of your data folder, with the system "
        "prompt and without what was said before. `/train` makes an adapter of them."
    ),
)
