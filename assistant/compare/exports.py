"""Votes as training data: preference pairs for DPO, and chosen answers for `assistant train lora`.

It refuses to know where votes are kept and where the lines go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assistant.compare.votes import Ballot


def preference_pairs(ballots: Iterable[Ballot]) -> Iterator[dict[str, Any]]:
    """{"prompt", "chosen", "rejected"}, each a list of messages: the conversational form of TRL.

    A pair for each answer that lost; ties tell nothing, and neither do equal texts.
    """
    for ballot in ballots:
        if ballot.winner is None:
            continue
        chosen = ballot.candidates[ballot.winner]
        for candidate in ballot.candidates:
            if candidate is chosen or candidate.text == chosen.text:
                continue
            yield {
                "prompt": list(ballot.messages),
                "chosen": [{"role": "assistant", "content": chosen.text}],
                "rejected": [{"role": "assistant", "content": candidate.text}],
            }


def chosen_answers(ballots: Iterable[Ballot]) -> Iterator[dict[str, Any]]:
    """{"messages"}: each question with the answer that won it."""
    for ballot in ballots:
        if ballot.winner is not None:
            answer = ballot.candidates[ballot.winner].text
            yield {"messages": [*ballot.messages, {"role": "assistant", "content": answer}]}
