"""A model as a judge of two answers, asked in both orders.

    (one,) = judge(engine, {}, [VotedPair("How do I sort?", "Use np.sort.", "Use mx.sort.", 1)])
    one.prefers                        # 0, 1, or None where the order decided and not the answer

The judge writes its verdict, which any engine can do, or, where the engine scores texts, the
likelihoods of its two letters are read instead. It refuses to know which model answered, and so
does the judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from assistant.compare.votes import Ballot
from assistant.engine.protocol import Engine
from assistant.engine.scores import Scoring
from assistant.engine.types import Finish, Message, Request, Sampling
from assistant.errors import EngineError

Verdict: TypeAlias = Literal["A", "B", "tie"]
"""What a judge says of the answers as it sees them."""

WAVE_PAIRS = 16
"""Pairs given to the engine at once; two rows each."""
MOST_TOKENS = 256
"""Enough for a verdict with its reasons; a model that thinks aloud may want more."""

_ASK = (
    "Two answers to one question follow. Which of them answers it better: more correct, more "
    "useful, no longer than it needs to be? {how}\n\n"
    "Question:\n{question}\n\nAnswer A:\n{first}\n\nAnswer B:\n{second}"
)
_LETTER = "Reply with one letter, A or B."
_WRITE = "Reply with one letter, A or B, or with the word tie."

_BRACKETS = re.compile(r"\[\[\s*(A|B|tie)\s*\]\]", re.IGNORECASE)
_ALONE = re.compile(
    r"[\W_]*(?:(?:the )?(?:better )?(?:answer|verdict|winner)(?: is)?)?[\W_]*(A|B|tie)[\W_]*",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:verdict|winner|better answer)\b(?: is)?[\s:*_]*(?:answer )?(A|B|tie)\b"
    r"|\banswer (A|B)\b (?:is|was) (?:clearly |much |slightly )?better\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class VotedPair:
    """Two answers to a question, in the order their columns had, and the vote on them."""

    question: str
    first: str
    second: str
    voted: int
    """0 when the first won, else 1."""


@dataclass(frozen=True)
class Judgement:
    """What a judge said of one pair, once in each order. None is a reply without a verdict."""

    as_given: Verdict | None
    """With the first answer as A."""
    turned: Verdict | None
    """With the first answer as B."""

    @property
    def prefers(self) -> int | None:
        """0 or 1, where both orders say so; None where they do not."""
        return {("A", "B"): 0, ("B", "A"): 1}.get((self.as_given, self.turned))  # type: ignore[arg-type]

    @property
    def verdicts(self) -> tuple[Verdict | None, Verdict | None]:
        return self.as_given, self.turned


def judge(
    engine: Engine,
    adapters: Mapping[str, float],
    pairs: Sequence[VotedPair],
    *,
    max_tokens: int = MOST_TOKENS,
) -> Iterator[Judgement]:
    """Let a model write its verdicts, greedily; many pairs run together.

    Raises:
        PromptTooLong: the judge cannot read so much.
    """
    sampling = Sampling(max_tokens=max_tokens)
    for start in range(0, len(pairs), WAVE_PAIRS):
        wave = pairs[start : start + WAVE_PAIRS]
        asked = [messages for pair in wave for messages in _both_orders(pair, _WRITE)]
        said = _replies(engine, [Request(one, adapters, sampling) for one in asked])
        verdicts = [read_verdict(text) for text in said]
        for number in range(0, len(verdicts), 2):
            yield Judgement(verdicts[number], verdicts[number + 1])


def judge_by_likelihood(
    engine: Engine, adapters: Mapping[str, float], pairs: Sequence[VotedPair]
) -> Iterator[Judgement]:
    """Read how likely a model is to answer A, and B; it writes nothing, so all can be read.

    Raises:
        PromptTooLong: the judge cannot read so much.
        EngineError: this engine does not score texts.
    """
    for pair in pairs:
        asked = _both_orders(pair, _LETTER)
        scores = engine.score([Scoring(one, letter, adapters) for one in asked for letter in "AB"])
        a1, b1, a2, b2 = (score.logprob for score in scores)
        yield Judgement(_likelier(a1, b1), _likelier(a2, b2))


def _likelier(a: float, b: float) -> Verdict:
    return "tie" if a == b else "A" if a > b else "B"


def read_verdict(reply: str) -> Verdict | None:
    """The verdict of a reply: in [[brackets]], all there is, or named as such. None where there is
    none, or more than one."""
    text = reply.strip()
    alone = _ALONE.fullmatch(text)
    found = _BRACKETS.findall(text) or ([alone[1]] if alone else [])
    found = found or [a or b for a, b in _NAMED.findall(text)]
    verdicts = {"tie" if one.lower() == "tie" else one.upper() for one in found}
    return verdicts.pop() if len(verdicts) == 1 else None  # type: ignore[return-value]


def voted_pairs(ballots: Iterable[Ballot]) -> list[VotedPair]:
    """Each answer that lost beside the one that won, of every vote that decided."""
    pairs = []
    for ballot in ballots:
        winner = ballot.winner
        for number, candidate in enumerate(ballot.candidates):
            if winner is None or candidate.text == ballot.candidates[winner].text:
                continue
            first, second = sorted((winner, number))
            texts = ballot.candidates[first].text, ballot.candidates[second].text
            voted = int(winner == second)
            pairs.append(VotedPair(ballot.messages[-1]["content"], *texts, voted))
    return pairs


def _both_orders(pair: VotedPair, how: str) -> list[list[Message]]:
    shown = ((pair.first, pair.second), (pair.second, pair.first))
    return [_messages(pair.question, *answers, how) for answers in shown]


def _messages(question: str, first: str, second: str, how: str) -> list[Message]:
    content = _ASK.format(how=how, question=question, first=first, second=second)
    return [{"role": "user", "content": content}]


def _replies(engine: Engine, requests: Sequence[Request]) -> list[str]:
    ends: dict[int, Finish] = {}
    generation = engine.generate(requests)
    try:
        for event in generation:
            if event.finish is not None:
                ends[event.row] = event.finish
    finally:
        generation.close()
    if any(finish.reason == "cancelled" for finish in ends.values()):
        raise EngineError("A verdict broke off.", "Try again.")
    return [ends[row].text for row in range(len(requests))]
