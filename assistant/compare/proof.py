"""Proof that the first column is the base model: its numbers equal the bare model's, to the bit.

How it is checked, on the run's own answer: the base's answer is read twice. Once beside the adapted
rows of the comparison, as `generate` and the evidence run it; once in a pass of the same shape in
which every row is base, so that the engine calls the plain layers and nothing else. Each token's
log-probability, which holds a sum over the whole vocabulary, its rank and the five likeliest tokens
with their probabilities must be equal to the last bit. What it costs is those two passes.

The same shape matters: a matrix product may round differently for another number of rows, adapter
or not. It refuses to know how adapters are kept off base rows; that is what it checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.compare.evidence import TOP
from assistant.engine.protocol import Engine
from assistant.engine.scores import Score, Scoring
from assistant.engine.types import Message


@dataclass(frozen=True)
class BaseProof:
    """Whether the base column's numbers were the bare model's."""

    holds: bool
    tokens: int
    """How many tokens were looked at."""
    largest_gap: float
    """The largest difference of a log-probability; 0 when it holds."""

    def to_dict(self) -> dict[str, bool | int | float]:
        return {"holds": self.holds, "tokens": self.tokens, "largest_gap": self.largest_gap}


def prove_base(
    engine: Engine,
    messages: Sequence[Message],
    columns: Sequence[Mapping[str, float]],
    tokens: Sequence[int],
    *,
    stop: Callable[[], bool] = lambda: False,
) -> BaseProof | None:
    """Check the base column's answer; None when there is nothing to read or to compare with.

    Raises:
        ScoringStopped: `stop` said so.
    """
    rows = len(distinct_contents(engine, columns))
    if columns[0] or not tokens or rows < 2:
        return None
    read = [Scoring(messages, tokens, adapters, top=TOP, anew=True) for adapters in columns]
    beside = engine.score(read, stop=stop)[0]
    # Texts of the same length take the places of the adapted rows: the passes have one shape.
    texts = _stand_ins(tokens, rows)
    bare = [Scoring(messages, other, top=TOP, anew=True) for other in texts]
    alone = engine.score(bare, stop=stop)[0]
    gaps = [abs(a.logprob - b.logprob) for a, b in zip(beside.tokens, alone.tokens, strict=True)]
    return BaseProof(_equal(beside, alone), len(tokens), max(gaps, default=0.0))


def distinct_contents(
    engine: Engine, columns: Sequence[Mapping[str, float]]
) -> list[frozenset[tuple[str, float]]]:
    """What the columns run, each once: adapters by content with their strengths."""
    contents = {adapter.name: adapter.fingerprint for adapter in engine.adapters()}
    found = [
        frozenset((contents.get(name, name), float(s)) for name, s in column.items() if s)
        for column in columns
    ]
    return list(dict.fromkeys(found))


def _equal(left: Score, right: Score) -> bool:
    return all(
        (a.logprob, a.rank, a.top) == (b.logprob, b.rank, b.top)
        for a, b in zip(left.tokens, right.tokens, strict=True)
    )


def _stand_ins(tokens: Sequence[int], count: int) -> list[list[int]]:
    """The text itself, and others of its length and of tokens the model knows, all different."""
    texts = [list(tokens)]
    for number in range(1, count):
        other = list(tokens)
        # Token numbers this small are in every vocabulary.
        other[-1] = number if tokens[-1] != number else count
        texts.append(other)
    return texts
