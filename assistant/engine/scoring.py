"""Reads given texts under adapters and notes how likely each token was; nothing is generated.

All rows of a pass go through the model together, a chunk of tokens at a time, so that memory is
bounded and whoever waits can stop in between. A text is read once for each set of adapters, however
often it is asked for, and not at all where its logits are known from when it was generated; one
that is compared with another runs in the same pass.
Used on the engine's own thread only. It refuses to know threads, templates and names of models.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import mlx.core as mx
from mlx_lm.models.cache import make_prompt_cache

from assistant.engine.distributions import Distribution, at, divergence, likeliest, ranks
from assistant.engine.kept_logits import Text
from assistant.engine.known import Known
from assistant.engine.rows import CurrentRows, RowAdapters, RowTag, TaggedModel
from assistant.engine.scores import Scoring

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

    scoring: Scoring
    """As it was asked for."""
    prompt: list[int]
    answer: list[int]
    own: RowAdapters
    """By content and strength: two names of one adapter are the same row."""
    adapters: RowAdapters
    against: tuple[RowAdapters, RowAdapters] | None
    """(by content, as loaded) of what it is compared with."""
    measured: list[Measured] = field(default_factory=list)

    @property
    def tokens(self) -> tuple[int, ...]:
        return (*self.prompt, *self.answer)

    @property
    def texts(self) -> dict[Text, RowAdapters]:
        """What has to be known of it: itself, and what it is compared with."""
        texts = {(self.own, self.tokens): self.adapters}
        if self.against:
            texts.setdefault((self.against[0], self.tokens), self.against[1])
        return texts


class ScoringRun:
    """All texts of one call. `step` until it says that it is done."""

    def __init__(
        self, model: Any, current: CurrentRows, wanted: list[Wanted], known: Known
    ) -> None:
        self.wanted = wanted
        self._model = model
        self._current = current
        self._known = None if any(text.scoring.anew for text in wanted) else known
        self._logits: dict[Text, list[mx.array]] = {}
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
        """Let go of keys, values and logits, on the thread that made them."""
        self._steps.close()
        self._logits.clear()

    def _run(self) -> Generator[bool, None, None]:
        if self._known:
            counts: defaultdict[Text, int] = defaultdict(int)
            for wanted in self.wanted:
                for text in wanted.texts:
                    counts[text] = max(counts[text], len(wanted.answer))
            self._logits = self._known.take_logits(counts)
        for group in _passes(self.wanted, self._logits):
            yield from self._pass(group)

    def _pass(self, wanted: list[Wanted]) -> Iterator[bool]:
        texts = {text: adapters for one in wanted for text, adapters in one.texts.items()}
        rows = [text for text in texts if text not in self._logits]
        source = _Source(self._logits, rows)
        longest = max(len(one.tokens) for one in wanted)
        first = min(len(one.prompt) for one in wanted) - 1
        # Padded at the end, where nothing that counts looks back at.
        inputs = mx.array([[*tokens, *[0] * (longest - len(tokens))] for _, tokens in rows])
        model = TaggedModel(self._model, self._current)
        entries, start = self._begin(wanted, rows) if rows else ([], first)
        cache = [*entries, RowTag([texts[text] for text in rows])]
        chunk = self._chunk(len(texts), source.vocabulary)
        while start < longest - 1:
            end = min(longest - 1, start + PROMPT_CHUNK)
            end = min(end, first if start < first else start + chunk)
            logits = model(inputs[:, start:end], cache) if rows else None
            if end > first:
                source.turn_to(logits, start)
                for one in wanted:
                    _measure(one, start, end, source)
                if logits is not None:
                    # Known only now: the vocabulary that the model really answers with.
                    chunk = self._chunk(len(texts), logits.shape[-1])
            mx.eval([entry.state for entry in cache])
            del logits
            start = end
            yield False

    def _begin(self, wanted: list[Wanted], rows: list[Text]) -> tuple[list[Any], int]:
        """The cache of a pass, and how many tokens of every row it holds already."""
        prompts = {text: one.prompt for one in wanted for text in one.texts}
        held = self._known and self._known.prompts([(text[0], prompts[text]) for text in rows])
        return held or (make_prompt_cache(self._model), 0)

    def _chunk(self, texts: int, vocabulary: int) -> int:
        """How many tokens have their logits at once."""
        return max(1, LOGITS_BYTES // (texts * vocabulary * 4)) if vocabulary else 1


class _Source:
    """Where the distributions of a pass come from: its own rows, or what was kept."""

    def __init__(self, kept: dict[Text, list[mx.array]], rows: list[Text]) -> None:
        self._kept = kept
        self._rows = {text: row for row, text in enumerate(rows)}
        self._found: dict[tuple[Text, int, int], Distribution] = {}
        self._logits: mx.array | None = None
        self._start = 0

    @property
    def vocabulary(self) -> int:
        """0 when it is not known yet."""
        return next((logits[0].shape[-1] for logits in self._kept.values()), 0)

    def turn_to(self, logits: mx.array | None, start: int) -> None:
        """The next chunk: what its rows answered, from a place on."""
        self._logits, self._start = logits, start
        self._found.clear()

    def at(self, text: Text, begin: int, end: int) -> Distribution:
        """(places, vocabulary) of a text; computed once for all who ask."""
        key = text, begin, end
        if key not in self._found:
            row = self._rows.get(text)
            if row is None:
                kept = self._kept[text]
                before = len(text[1]) - 1 - len(kept)
                raw = mx.concatenate(kept[begin - before : end - before])
            else:
                assert self._logits is not None
                raw = self._logits[row, begin - self._start : end - self._start]
            self._found[key] = Distribution.of(raw)
        return self._found[key]


def _measure(wanted: Wanted, start: int, end: int, source: _Source) -> None:
    """Note the tokens whose probabilities this chunk holds: place n is about token n + 1."""
    scoring, tokens = wanted.scoring, wanted.tokens
    before = len(wanted.prompt) - 1
    begin = max(start, before)
    end = min(end, len(tokens) - 1)
    if begin >= end:
        return
    own = source.at((wanted.own, tokens), begin, end)
    chosen = at(own.log, mx.array(tokens[begin + 1 : end + 1]))
    found: list[mx.array] = [chosen, ranks(own.log, chosen)]
    if wanted.against is not None:
        other = source.at((wanted.against[0], tokens), begin, end)
        found.append(divergence(own, other))
        if scoring.both_ways:
            found.append(divergence(other, own))
    named = _named(scoring, begin - before, end - before)
    likely = likeliest(own.log[mx.array(named)], scoring.top) if named else ()
    mx.eval(found, likely)
    tops = dict(zip(named, zip(*(part.tolist() for part in likely), strict=True), strict=True))
    for place, (logprob, rank, *kl) in enumerate(zip(*map(_numbers, found), strict=True)):
        top = tuple(zip(*tops.get(place, ((), ())), strict=True))
        wanted.measured.append(Measured(logprob, rank, top, *(*kl, None, None)[:2]))


def _numbers(array: mx.array) -> list[Any]:
    return cast("list[Any]", array.tolist())


def _named(scoring: Scoring, begin: int, end: int) -> list[int]:
    """Where of this chunk the likeliest tokens are named, counted from its first place."""
    if scoring.top <= 0:
        return []
    places = range(begin, end) if scoring.top_at is None else scoring.top_at
    return sorted({place - begin for place in places if begin <= place < end})


def _passes(wanted: Iterable[Wanted], known: Collection[Text]) -> list[list[Wanted]]:
    """Texts that run together: the same text under different adapters, and those of like length.

    One that is known already runs apart from those to be read, which may begin further on.
    """
    alike: defaultdict[tuple[int, ...], list[Wanted]] = defaultdict(list)
    for text in wanted:
        if text.answer:
            alike[text.tokens].append(text)
    passes: list[list[Wanted]] = []
    unread: list[list[Wanted]] = []
    rows = 0
    for group in sorted(alike.values(), key=lambda group: len(group[0].tokens)):
        distinct = {text for one in group for text in one.texts if text not in known}
        if not distinct:
            unread.append(group)
            continue
        if not passes or rows + len(distinct) > ROWS:
            passes.append([])
            rows = 0
        passes[-1] += group
        rows += len(distinct)
    return passes + unread
