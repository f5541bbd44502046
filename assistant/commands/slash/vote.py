"""/vote: say which answer of the last comparison is best. It refuses to know how votes are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.commands.blocks import Block, Notice
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.session import Session
from assistant.compare.votes import Verdict, Votes
from assistant.errors import UsageError

SIDES = {"left": 0, "right": 1}
NONE_WINS: dict[str, Verdict] = {"tie": "tie", "both-bad": "both-bad"}


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    contest = session.contest
    if contest is None:
        raise UsageError(
            "There is no comparison to vote on.", "Make one first: /compare How do I sort?"
        )
    verdict, place = read_vote(arguments.text, len(contest.columns))
    Votes(session.places.votes_file).cast(contest.ballot(verdict, place))
    if contest.hidden:
        yield from contest.unveil()
    said = f"“{contest.columns[place].title}” is best" if place is not None else verdict
    yield Notice(f"Your vote is kept: {said}. /stats shows what the votes add up to.", "good")


def read_vote(text: str, columns: int) -> tuple[Verdict, int | None]:
    """The verdict, and the place from 0 of the column that won.

    Raises:
        UsageError: it is no vote on so many columns.
    """
    word = text.strip().lower().replace("_", "-").replace(" ", "-")
    if word in NONE_WINS:
        return NONE_WINS[word], None
    if word in SIDES and columns == 2:
        return "winner", SIDES[word]
    if word.isdecimal() and 1 <= int(word) <= columns:
        return "winner", int(word) - 1
    if word in SIDES:
        raise UsageError(
            f"There are {columns} answers, so {word} could be any.",
            f"Vote with a number from 1, the leftmost, to {columns}; or tie, or both-bad.",
        )
    best = "left, right" if columns == 2 else f"a number from 1 to {columns}"
    what = f"{text.strip()!r} is no vote." if word else "Which answer is best?"
    raise UsageError(what, f"Write /vote and {best}, tie or both-bad.")


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    if session.contest is None or " " in arguments.text.lstrip():
        return ()
    numbers = range(1, len(session.contest.columns) + 1)
    return [Choice(str(number), f"answer {number} is best") for number in numbers]


COMMAND = Command(
    name="vote",
    summary="Say which answer of the last comparison is best",
    forms=(
        Form("left", "the left answer is best"),
        Form("right", "the right answer is best"),
        Form("tie", "they are equally good"),
        Form("both-bad", "neither is any good"),
        Form("N", "answer N is best, counted from the left, or from the top"),
    ),
    run=run,
    complete=choices,
    examples=("/vote left", "/vote tie", "/vote 3"),
    details=(
        "Votes are kept on this computer, with the question, the answers, the seed and the exact "
        "versions of the adapters. A second vote on a comparison replaces the first. After "
        "`/compare --blind` the vote tells the names. `assistant votes export` writes them as "
        "training data."
    ),
)
