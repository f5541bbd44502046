"""Types lines into a session, as both front ends do, and looks at the blocks that come."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.commands import Session, submit
from assistant.commands.blocks import Answers, Block, Notice, Pick, Problem, Table, Working
from assistant.paths import Places
from assistant.settings import Settings
from tests.fakes import FakeEngine


def open_session(
    places: Places, answers: Sequence[str] = (), settings: Settings | None = None
) -> tuple[Session, FakeEngine]:
    engine = FakeEngine(answers)
    session = Session(settings or Settings(), places, open_engine=lambda model, places: engine)
    session.start()
    return session, engine


def say(session: Session, *lines: str) -> list[Block]:
    """The blocks of the last line; answers are played to their end, and their `after` added."""
    blocks: list[Block] = []
    for line in lines:
        blocks = []
        for block in submit(session, line):
            if isinstance(block, Working):  # only a machine that is busy shows it
                continue
            blocks.append(block)
            if isinstance(block, Answers):
                for _ in block.generation:
                    pass
                blocks += block.after()
    return blocks


def notices(blocks: Sequence[Block]) -> str:
    return "\n".join(block.text for block in blocks if isinstance(block, Notice))


def problem(blocks: Sequence[Block]) -> Problem:
    found = [block for block in blocks if isinstance(block, Problem)]
    assert len(found) == 1, f"not one problem: {blocks}"
    return found[0]


def table(blocks: Sequence[Block]) -> dict[str, tuple[str, ...]]:
    """The rows of the only table, by their first cell."""
    picks = [inner for block in blocks if isinstance(block, Pick) for inner in block.blocks]
    (found,) = [block for block in [*blocks, *picks] if isinstance(block, Table)]
    return {row[0]: row for row in found.rows}
