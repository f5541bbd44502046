"""/compare: the same question to the base model and the adapted one, side by side.

It refuses to know how answers are made or drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.commands.blocks import Block
from assistant.commands.branching import asked
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.session import Session
from assistant.commands.variants import Wish, chosen_variants, read_wish
from assistant.errors import UsageError


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    wish = read_wish(arguments.text)
    question = _question(session, wish)
    if not question:
        raise UsageError(
            "There is no question yet to compare answers to.",
            "Write one: /compare How do I sort an array in MLX?",
        )
    yield session.compare(question, chosen_variants(session, wish), blind=wish.blind)


def _question(session: Session, wish: Wish) -> str:
    """What is asked: what was written, else a question of the chat, else what was asked last."""
    if wish.number is not None:
        return asked(session, wish.number).text
    if wish.again and not wish.question and session.contest is not None:
        return session.contest.question
    return wish.question or session.last_question


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    word = arguments.text.rpartition(" ")[2]
    before = arguments.text.split()[:-1] if word else arguments.text.split()
    if before and before[-1] == "-a":
        return [Choice(one.name, "loaded") for one in session.engine.adapters()]
    if all(part.startswith("-") for part in before):
        return [
            Choice("--blind", "no names until the vote"),
            Choice("--sweep", "strengths 0.5, 1 and 1.5 beside the base"),
            Choice("--again", "the columns of the comparison before"),
            Choice("--question", "an earlier question, by its number"),
            Choice("-a", "an adapter, NAME=SCALE, or a blend, NAME+NAME"),
        ]
    return ()


COMMAND = Command(
    name="compare",
    summary="Answer with and without the adapter, side by side",
    forms=(
        Form("TEXT", "ask the base model and the adapted one the same thing"),
        Form("", "compare answers to the last question"),
        Form("--question N", "compare answers to question N of this branch, counted from 1"),
        Form("--blind [TEXT]", "shuffle the answers and leave out the names until you vote"),
        Form("--sweep [TEXT]", "one adapter at strengths 0, 0.5, 1 and 1.5"),
        Form("-a NAME[=SCALE][+NAME]… [TEXT]", "up to four adapters or blends beside the base"),
        Form("--again [TEXT]", "the columns of the comparison before, also for another question"),
    ),
    run=run,
    complete=choices,
    examples=(
        "/compare How do I sort an array in MLX?",
        "/compare --blind",
        "/compare -a mlx-docs=0.5 -a mlx-docs How do I sort?",
    ),
    details=(
        "All answers are generated in one batch with the same seed, so a difference between them "
        "comes from the adapter and not from chance. The adapters in use answer together as one "
        "column; when none is in use, each loaded adapter gets a column. The answers do not "
        "become part of the conversation, and do not see it.\n\n"
        "When they have ended, each answer is read by each model: where they part and what each "
        "would have said there, how much likelier the adapter made each token, and the exact "
        "KL divergence. `/set evidence off` leaves that out. `/set run_code on` also runs the "
        "code in the answers, in a process with limits."
    ),
)
