"""A comparison as it is put before a person: in which order its columns stand, whether they have
names, what there is to say about it, and the vote.

It refuses to know how votes are kept and what a front end does with the columns.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from assistant import __version__
from assistant.commands.blocks import Answers, Block, Column, Marks, Notice
from assistant.commands.findings import findings, marks
from assistant.compare import Comparison, label
from assistant.compare.votes import AdapterVersion, Ballot, Candidate, Verdict
from assistant.engine.protocol import Generation
from assistant.engine.types import Event
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.commands.session import Session


class Contest:
    """One comparison, shown to be judged."""

    def __init__(
        self, session: Session, question: str, comparison: Comparison, *, blind: bool
    ) -> None:
        engine = session.engine
        self.question = question
        self.comparison = comparison
        self.hidden = blind
        """Whether the names are still to be told."""
        self._blind = blind
        self._engine = engine
        self._evidence = session.settings.evidence
        self._run_code = session.settings.run_code
        self._identity = uuid.uuid4().hex
        self._model = engine.info.model
        self._versions = {one.name: one.fingerprint for one in engine.adapters()}
        self._order = list(range(len(comparison.columns)))
        if blind:
            random.SystemRandom().shuffle(self._order)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order they stand in, with their names."""
        rows = (self.comparison.columns[row] for row in self._order)
        return tuple(Column(label(adapters), adapters) for adapters in rows)

    def said(self, place: int) -> tuple[str, str]:
        """What stands over the column in a place (from 0), and what it says."""
        title = _hidden_name(place) if self.hidden else self.columns[place].title
        finish = self.comparison.finishes[self._order[place]]
        return title, finish.text if finish is not None else ""

    def answers(self) -> Answers:
        """The block that shows the answers as they come."""
        if not self._blind:
            return Answers(self.question, self.columns, self.comparison, self._findings)
        hidden = tuple(Column(_hidden_name(place)) for place in range(len(self._order)))
        shuffled = Reordered(self.comparison, self._order)
        return Answers(self.question, hidden, shuffled, self._invitation)

    def unveil(self) -> list[Block]:
        """Tell the names, and all that they would have given away."""
        self.hidden = False
        names = ", ".join(f"answer {n} is {c.title}" for n, c in enumerate(self.columns, 1))
        return [Notice(f"{names[:1].upper()}{names[1:]}."), *self._findings()]

    def ballot(self, verdict: Verdict, shown: int | None) -> Ballot:
        """A vote, for the column that stands in a place (from 0) or for none of them.

        Raises:
            UsageError: not all answers have ended.
        """
        ends = self.comparison.ended
        if ends is None:
            raise UsageError("The answers have not ended yet.", "Vote when they have.")
        candidates = tuple(
            Candidate(
                label(adapters),
                tuple(
                    AdapterVersion(name, scale, self._versions.get(name, ""))
                    for name, scale in adapters.items()
                ),
                finish.text,
                finish.reason,
            )
            for adapters, finish in zip(self.comparison.columns, ends, strict=True)
        )
        return Ballot(
            comparison=self._identity,
            program=__version__,
            model=self._model,
            prompt=self.question,
            messages=self.comparison.messages,
            seed=self.comparison.seed,
            candidates=candidates,
            verdict=verdict,
            winner=None if shown is None else self._order[shown],
            blind=self.hidden,
            sampling=asdict(self.comparison.sampling),
        )

    def _invitation(self) -> Sequence[Block]:
        if self.comparison.ended is None:
            return []
        choice = "left, right" if len(self._order) == 2 else f"1 to {len(self._order)}"
        return [Notice(f"Which is best? /vote {choice}, tie or both-bad; then the names are told.")]

    def _findings(self) -> list[Block]:
        now = {one.name: one.fingerprint for one in self._engine.adapters()}
        used = {name for adapters in self.comparison.columns for name in adapters}
        # An adapter that was trained again in the meantime is not the one that answered.
        same = all(
            now.get(name, self._versions.get(name)) == self._versions.get(name) for name in used
        )
        found, evidence = findings(
            self._engine,
            self.comparison,
            evidence=self._evidence and same,
            run_code=self._run_code,
        )
        marked = marks(self.comparison, evidence)
        if not marked:
            return found
        return [Marks(tuple(marked[row] for row in self._order)), *found]


def _hidden_name(place: int) -> str:
    return f"answer {place + 1}"


class Reordered:
    """A Generation whose rows stand in another order: place n shows row order[n]."""

    def __init__(self, generation: Generation, order: Sequence[int]) -> None:
        self._generation = generation
        self._order = list(order)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        event = next(self._generation)
        return replace(event, row=self._order.index(event.row))

    def cancel(self, row: int | None = None) -> None:
        self._generation.cancel(None if row is None else self._order[row])

    def close(self) -> None:
        self._generation.close()
