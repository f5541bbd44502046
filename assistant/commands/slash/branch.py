"""/branch: walk what /edit and /retry made.

It refuses to know how branches are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.commands import branching
from assistant.commands.blocks import Block, Notice, Table
from assistant.commands.branches import current, versions
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.past import past
from assistant.commands.session import Session
from assistant.errors import UsageError

_STEPS = {"next": 1, "n": 1, "previous": -1, "prev": -1, "p": -1}


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    words = arguments.words
    if not words:
        yield from _list(session)
        return
    if words[0].lower() not in _STEPS or len(words) > 2:
        raise UsageError("/branch takes next or previous, and a question's number.", "/branch next")
    number = _number(words[1:])
    asked = branching.asked(session, number)
    position, count = branching.step_version(session, asked, _STEPS[words[0].lower()])
    if count == 1:
        raise UsageError(
            "There is one version of this question.", "/retry and /edit make others; /branch lists."
        )
    yield from past(session.conversation)
    which = number or branching.number_of(session, asked)
    yield Notice(f"Question {which}, version {position} of {count}.", "good")


def _list(session: Session) -> Iterator[Block]:
    conversation = session.conversation
    rows = []
    for number, asked in enumerate(conversation.questions, 1):
        among = versions(conversation, asked)
        at = current(conversation, among)
        version = f"{at + 1} of {len(among)}" if len(among) > 1 else ""
        rows.append((str(number), " ".join(asked.text.split()), version))
    if not rows:
        raise UsageError("There is no question yet.", "Ask one first.")
    yield Table(("", "question", "version"), tuple(rows))


def _number(words: Sequence[str]) -> int | None:
    if not words:
        return None
    if not words[0].isdecimal():
        raise UsageError(f"{words[0]!r} is no question's number.", "/branch lists them.")
    return int(words[0])


COMMAND = Command(
    name="branch",
    summary="Go to another version of a question or an answer",
    forms=(
        Form("", "list the questions of this branch, and which have versions"),
        Form("next [N]", "the next version of the last question, or of question N"),
        Form("previous [N]", "the one before"),
    ),
    run=run,
    needs="turn",
    examples=("/branch next", "/branch previous 2"),
    details=(
        "`/retry` makes another answer, `/edit` another wording; each is a version, and what "
        "followed it comes back with it. The model reads the branch you are on and no other."
    ),
)
