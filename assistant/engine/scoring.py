"""Reads given texts under adapters and notes how likely each token was; nothing is generated.

All rows of a pass go through the model together, a chunk of tokens at a time, so that memory is
bounded and whoever waits can stop in between. A text is read once for each set of adapters, however
often it is asked for; one that is compared with another runs in the same pass.
Used on the engine's own thread only. It refuses to know threads, templates and names of models.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import mlx.core as mx
from mlx_lm.models.cache import make_prompt_cache

from assistant.engine.distributions import at, divergence, likeliest, log_probabilities, ranks
from assistant.engine.rows import CurrentRows, RowAdapters, RowTag, TaggedModel

# Rows of one pass; more are read one pass after the other.
ROWS = 8
# Tokens of a chunk in which no token is scored: no logits come about there.
PROMPT_CHUNK = 256
# The logits of a chunk: 64 MB are 16 tokens of 8 rows over a vocabulary of 128,000.
LOGITS_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """One scored token, in numbers."""

    logprob: float
    rank: int
    top: tuple[tuple[int, float], ...]
    kl: float | None
    reverse_kl: float | None


@dataclass
class Wanted:
    """One text to score: what comes before, what is scored, and under which adapters."""

    prompt: list[int]
    answer: list[int]
    own: RowAdapters
    """By content and strength: two names of one adapter are the same row."""
    adapters: RowAdapters
    against: tuple[RowAdapters, RowAdapters] | None
    """(by content, as loaded) of what it is compared with."""
    top: int
    measured: list[Measured] = field(default_factory=list)

    @property
    def tokens(self) -> tuple[int, ...]:
        return (*self.prompt, *self.answer)


class ScoringRun:
    """All texts of one call. `step` until it says that it is done."""

    def __init__(self, model: Any, current: CurrentRows, wanted: list[Wanted]) -> None:
        self.wanted = wanted
        self._model = model
        self._current = current
        self._steps = self._run()

    def uses(self, adapter: str) -> bool:
        """Whether a text still to be read runs under an adapter of this name."""
        return any(
            adapter == name
            for wanted in self.wanted
            for name, _ in (*wanted.adapters, *(wanted.against or ((), ()))[1])
        )

    def step(self) -> bool:
        """Read one chunk; True once there is nothing more to read."""
        return next(self._steps, True)

    def free(self) -> None:
        """Let go of keys and values, on the thread that made them."""
        self._steps.close()

    def _run(self) -> Generator[bool, None, None]:
        for group in _passes(self.wanted):
            yield from self._pass(group)

    def _pass(self, wanted: list[Wanted]) -> Iterator[bool]:
        rows: dict[tuple[RowAdapters, tuple[int, ...]], RowAdapters] = {}
        for text in wanted:
            rows[text.own, text.tokens] = text.adapters
            if text.against:
                rows.setdefault((text.against[0], text.tokens), text.against[1])
        order = {key: number for number, key in enumerate(rows)}
        texts = [tokens for _, tokens in rows]
        longest = max(map(len, texts))
        # Padded at the end, where nothing that counts looks back at.
        inputs = mx.array([[*tokens, *[0] * (longest - len(tokens))] for tokens in texts])
        first = min(len(text.prompt) for text in wanted) - 1
        model = TaggedModel(self._model, self._current)
        cache = [*make_prompt_cache(self._model), RowTag(list(rows.values()))]
        start, chunk = 0, 1
        while start < longest - 1:
            end = min(longest - 1, start + PROMPT_CHUNK)
            end = min(end, first if start < first else start + chunk)
            logits = model(inputs[:, start:end], cache)
            if end > first:
                for text in wanted:
                    self._measure(text, logits, start, end, order)
                # Known only now: the vocabulary that the model really answers with.
                chunk = max(1, LOGITS_BYTES // (len(rows) * logits.shape[-1] * 4))
            mx.eval([entry.state for entry in cache])
            del logits
            start = end
            yield False

    def _measure(
        self,
        text: Wanted,
        logits: mx.array,
        start: int,
        end: int,
        order: dict[tuple[RowAdapters, tuple[int, ...]], int],
    ) -> None:
        """Note the tokens whose probabilities this chunk holds: place n is about token n + 1."""
        begin = max(start, len(text.prompt) - 1)
        end = min(end, len(text.tokens) - 1)
        if begin >= end:
            return
        places = slice(begin - start, end - start)
        own = log_probabilities(logits[order[text.own, text.tokens], places])
        tokens = mx.array(text.tokens[begin + 1 : end + 1])
        chosen = at(own, tokens)
        found: list[mx.array] = [chosen, ranks(own, chosen)]
        if text.top > 0:
            found += likeliest(own, text.top)
        if text.against is not None:
            other = log_probabilities(logits[order[text.against[0], text.tokens], places])
            found += [divergence(own, other), divergence(other, own)]
        mx.eval(found)
        columns = [cast("list[Any]", column.tolist()) for column in found]
        for place in range(end - begin):
            values = [column[place] for column in columns]
            top = tuple(zip(values[2], values[3], strict=True)) if text.top > 0 else ()
            kl, reverse = values[-2:] if text.against is not None else (None, None)
            text.measured.append(Measured(values[0], values[1], top, kl, reverse))


def _passes(wanted: Iterable[Wanted]) -> list[list[Wanted]]:
    """Texts that run together: the same text under different adapters, and those of like length."""
    alike: defaultdict[tuple[int, ...], list[Wanted]] = defaultdict(list)
    for text in wanted:
        if text.answer:
            alike[text.tokens].append(text)
    passes: list[list[Wanted]] = []
    rows = 0
    for group in sorted(alike.values(), key=lambda group: len(group[0].tokens)):
        distinct = {text.own for text in group} | {t.against[0] for t in group if t.against}
        if not passes or rows + len(distinct) > ROWS:
            passes.append([])
            rows = 0
        passes[-1] += group
        rows += len(distinct)
    return passes
