"""What of a conversation can be copied: an answer, its code, a question, the last turns, all.

It refuses to know the clipboard.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from assistant.chat import Exchange
from assistant.commands.blocks import Clip
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.commands.session import Session


def last_answer(session: Session) -> Clip:
    """The newest answer, or what there is of it while it streams.

    Raises:
        UsageError: there is none, or it has said nothing.
    """
    if (begun := session.so_far) is not None:
        if not begun:
            raise UsageError("The answer has not begun yet.", "Copy it in a moment.")
        return Clip(begun, "the answer so far")
    back = reversed(session.conversation.exchanges)
    newest = next((exchange for exchange in back if exchange.answered is not None), None)
    if newest is None:
        raise UsageError("There is no answer to copy yet.", "Ask something first.")
    if not newest.answer:
        raise UsageError("The last answer has no text.", "/copy last 2 takes the turn before, too.")
    return Clip(newest.answer, "the answer")


def last_question(session: Session) -> Clip:
    """Raises UsageError: nothing was asked yet."""
    back = reversed(session.conversation.exchanges)
    asked = next((each.asked.text for each in back if each.asked and each.asked.text), "")
    if not asked:
        raise UsageError("There is no question to copy yet.", "Ask something first.")
    return Clip(asked, "the question")


def message(session: Session, id: int) -> Clip:
    """One message of the conversation.

    Raises:
        UsageError: it says nothing.
    """
    entry = session.conversation.find(id)
    asked = entry is not None and entry.role == "user"
    text = entry.text if entry is not None else ""
    if id == session.conversation.tip:
        text = text or session.so_far or ""
    if not text:
        raise UsageError("There is nothing to copy in it yet.", "Copy it in a moment.")
    return Clip(text, "the question" if asked else "the answer")


def said_by(title: str, text: str, *, all_of_it: bool = True) -> Clip:
    """What one column of a comparison says.

    Raises:
        UsageError: it says nothing.
    """
    if not text.strip():
        raise UsageError(f"{title} says nothing.", "Copy another column.")
    return Clip(text, f"what {title} says" if all_of_it else f"what {title} says so far")


def column(session: Session, side: str) -> tuple[str, Clip]:
    """An answer of the last comparison, by its number from the left or its side, and whose it is.

    Raises:
        UsageError: there is none.
    """
    contest = session.contest
    if contest is None:
        raise UsageError(
            "There is no comparison to copy from.", "Make one first: /compare How do I sort?"
        )
    count = len(contest.columns)
    number = {"left": 1, "right": 2}.get(side, 0) if count == 2 else 0
    number = int(side) if side.isdecimal() else number
    if not 1 <= number <= count:
        raise UsageError(
            f"The last comparison has no column {side!r}.",
            f"Its {count} columns are counted from 1: /copy column 2",
        )
    title, text = contest.said(number - 1)
    return title, said_by(title, text)


def code(session: Session, number: int | None = None) -> Clip:
    """A code block of the last answer, by its number from 1; without one, the only or last block.

    Raises:
        UsageError: there is none.
    """
    return code_in(last_answer(session).text, number)


def code_in(text: str, number: int | None = None, whose: str = "The last answer") -> Clip:
    """A code block of a text, by its number from 1; without one, the only or last block.

    Raises:
        UsageError: there is none.
    """
    blocks = code_blocks(text)
    if not blocks:
        raise UsageError(f"{whose} has no code block.", "/copy takes the whole answer.")
    if number is not None and not 1 <= number <= len(blocks):
        raise UsageError(f"There is no code block number {number}.", f"{whose} has {len(blocks)}.")
    at = (number or len(blocks)) - 1
    which = "the code" if len(blocks) == 1 else f"code block {at + 1} of {len(blocks)}"
    return Clip(blocks[at], which)


def last_turns(session: Session, count: int) -> Clip:
    """The last questions with their answers.

    Raises:
        UsageError: nothing was asked yet.
    """
    turns = session.conversation.exchanges[-count:]
    if not turns:
        raise UsageError("There is nothing to copy yet.", "Ask something first.")
    which = "the last turn" if len(turns) == 1 else f"the last {len(turns)} turns"
    return Clip("\n\n".join(map(_turn, turns)), which)


def everything(session: Session) -> Clip:
    """The branch that the conversation is on.

    Raises:
        UsageError: nothing was asked yet.
    """
    last = last_turns(session, len(session.conversation.exchanges) or 1)
    return Clip(last.text, "the whole chat")


def code_blocks(text: str) -> list[str]:
    """The fenced code of a Markdown text, wherever it stands in it."""
    # Takes 20 ms to import: not before somebody copies code.
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text)
    return [token.content.removesuffix("\n") for token in tokens if token.type == "fence"]


def first_lines(session: Session) -> list[tuple[int, str]]:
    """The numbers of the last answer's code blocks, each with a line to know it by."""
    try:
        blocks = code_blocks(last_answer(session).text)
    except UsageError:
        return []
    return [
        (number, next(islice(filter(None, map(str.strip, block.split("\n"))), 1), ""))
        for number, block in enumerate(blocks, 1)
    ]


def _turn(exchange: Exchange) -> str:
    asked = exchange.asked.text if exchange.asked else exchange.question
    lines = ["## You", "", asked]
    if exchange.answer:
        lines += ["", "## Assistant", "", exchange.answer]
    return "\n".join(lines)
