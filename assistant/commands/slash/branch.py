"""/branch: walk what /edit and /retry made.

It refuses to know how branches are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.commands import branching
from assistant.commands.blocks import Block, Notice, Pick, Preformatted, Table
from assistant.commands.branches import current, versions
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.past import past
from assistant.commands.session import Session
from assistant.commands.tree import as_heard, as_text, rows
from assistant.errors import UsageError

_STEPS = {"next": 1, "n": 1, "previous": -1, "prev": -1, "p": -1}


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    words = arguments.words
    if not words:
        yield from _list(session)
        return
    if words[0].lower() == "tree" and len(words) == 1:
        yield from _tree(session)
        return
    if words[0].lower() == "at" and len(words) == 2:
        yield from _at(session, words[1])
        return
    if words[0].lower() not in _STEPS or len(words) > 2:
        raise UsageError("/branch takes next, previous, tree or at.", "/branch next")
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


def _tree(session: Session) -> Iterator[Block]:
    many = rows(session.conversation)
    if not many:
        raise UsageError("There is no question yet.", "Ask one first.")
    hint = Notice("/branch at NUMBER goes to the branch of one.")
    tree = Preformatted(as_text(many), heard=as_heard(many), cuts=True)
    yield Pick("branches", (tree, hint))


def _at(session: Session, word: str) -> Iterator[Block]:
    number = _number([word]) or 0
    many = rows(session.conversation)
    # A line of the tree; a screen names the message itself, whose number is far larger.
    message = many[number - 1].message if 1 <= number <= len(many) else number
    branching.go_to_message(session, message)
    yield from past(session.conversation)


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
        Form("tree", "all branches below each other, to go to one"),
        Form("at NUMBER", "the branch of a line of the tree"),
    ),
    run=run,
    needs="turn",
    examples=("/branch next", "/branch previous 2"),
    details=(
        "`/retry` makes another answer, `/edit` another wording; each is a version, and what "
        "followed it comes back with it. The model reads the branch you are on and no other."
    ),
)
