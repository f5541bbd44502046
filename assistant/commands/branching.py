"""Asking anew: another answer, another wording, another place to go on from.

Each makes a branch of the conversation, and none takes anything away. It refuses to know how a
branch is shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.chat import Entry
from assistant.commands.blocks import Answers, Block
from assistant.commands.branches import step
from assistant.commands.remarks import same_again
from assistant.errors import AssistantError, UsageError

if TYPE_CHECKING:
    from assistant.commands.session import Session


def asked(session: Session, number: int | None = None) -> Entry:
    """The question of a number on this branch, from 1; the last without one.

    Raises:
        UsageError: there is none.
    """
    found = session.conversation.questions
    if not found:
        raise UsageError("There is no question yet.", "Ask one first.")
    if number is not None and not 1 <= number <= len(found):
        raise UsageError(f"There is no question number {number}.", f"This branch has {len(found)}.")
    return found[-1 if number is None else number - 1]


def number_of(session: Session, question: Entry) -> int:
    """The number of the question that stands in a question's place."""
    beside = {entry.id for entry in session.conversation.siblings(question.id)}
    numbers = (n for n, e in enumerate(session.conversation.questions, 1) if e.id in beside)
    return next(numbers, 0)


def retry(session: Session, number: int | None = None) -> Answers:
    """Start another answer to a question, beside the last one; to the last without a number.

    Raises:
        UsageError: there is no such question.
    """
    if number is not None and number != len(session.conversation.questions):
        return _retry_earlier(session, asked(session, number))
    session.settle()
    question = asked(session)
    conversation = session.conversation
    exchanges = conversation.exchanges
    at = next(n for n, exchange in enumerate(exchanges) if exchange.asked == question)
    last, told = exchanges[at], exchanges[at + 1 :]
    before = conversation.standing
    grown: list[Entry] = []
    conversation.go_to(question.parent if told else question.id)
    if told:
        # What the program said since then stays known: it moves before the question.
        for exchange in told:
            grown.append(conversation.ask(exchange.question, told=True))
            grown.append(conversation.answer(exchange.answer, told=True))
        question = conversation.ask(question.text, sent=question.sent)
        grown.append(question)
    try:
        answers = session.reply(question, session.make_room(question.read))
    except AssistantError:
        session.take_back(grown)
        conversation.go_back(before)
        session.keep()
        raise

    def after() -> list[Block]:
        now = session.last_finish
        same = now is not None and now.text == last.answer
        return [*answers.after(), *(same_again() if same else ())]

    return replace(answers, after=after)


def _retry_earlier(session: Session, question: Entry) -> Answers:
    """Another answer to an earlier question; what followed it stays with the answer before."""
    session.settle()
    before = session.conversation.standing
    session.conversation.go_to(question.id)
    try:
        return session.reply(question, session.make_room(question.read))
    except AssistantError:
        session.conversation.go_back(before)
        session.keep()
        raise


def edit(session: Session, number: int | None, text: str) -> Answers:
    """Ask another question in place of one; the last without a number.

    Raises:
        UsageError: there is no question of that number.
    """
    question = asked(session, number)
    session.settle()
    before = session.conversation.standing
    session.conversation.go_to(question.parent)
    try:
        return session.ask(text)
    except AssistantError:
        session.conversation.go_back(before)
        session.keep()
        raise


def go_on_after(session: Session, number: int) -> None:
    """Let the next question come after that one and its answer.

    Raises:
        UsageError: there is no question of that number.
    """
    question = asked(session, number)
    session.settle()
    exchange = next(e for e in session.conversation.exchanges if e.asked == question)
    session.conversation.go_to((exchange.answered or question).id)
    session.turned()
    session.keep()


def step_version(session: Session, question: Entry, by: int) -> tuple[int, int]:
    """Go to another version of a question; its number from 1, and of how many."""
    session.settle()
    position, count = step(session.conversation, question, by)
    if count > 1:
        session.turned()
        session.keep()
    return position, count


def go_to_message(session: Session, message: int) -> None:
    """Take the branch that a message is on.

    Raises:
        UsageError: there is no such message.
    """
    if message not in {entry.id for entry in session.conversation.entries}:
        raise UsageError(f"There is no message {message}.", "/branch tree lists them.")
    session.settle()
    if message not in {entry.id for entry in session.conversation.path}:
        session.conversation.go_through(message)
        session.turned()
        session.keep()


def rename_chat(session: Session, id: str, title: str) -> None:
    """Give a kept conversation another title, the one that is open too.

    Raises:
        StoreError: it has its old one.
    """
    session.chats.store.rename(id, title)
    if id == session.conversation.id:
        session.conversation.rename(title)
        session.keeper.opened_as(title)
