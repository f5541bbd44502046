"""What the votes add up to: one tally for each adapted model that was compared with its base.

An adapter that was trained again is another one: its fingerprint, not its name, says who it is.
It refuses to know where votes are kept and how tallies are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from assistant.compare.comparison import label
from assistant.compare.tally import Tally
from assistant.compare.votes import Ballot, Candidate


@dataclass(frozen=True)
class Standing:
    """One adapted model against its base."""

    model: str
    adapted: str
    """Its label, such as "mlx-docs ×1"; with the beginning of the fingerprint where two adapters
    of one name were voted on."""
    fingerprints: tuple[str, ...]
    tally: Tally

    def to_dict(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "adapted": self.adapted,
            "fingerprints": list(self.fingerprints),
            **self.tally.to_dict(),
        }


def standings(ballots: Iterable[Ballot]) -> list[Standing]:
    """A standing for each base and adapted model, those with the most votes first.

    The winner of several is better than the base, or the base than each of them; between the
    others such a vote says nothing.
    """
    tallies: dict[tuple[str, Candidate], Tally] = {}
    for ballot in ballots:
        bases = [n for n, candidate in enumerate(ballot.candidates) if not candidate.adapters]
        if not bases:
            continue
        for number, candidate in enumerate(ballot.candidates):
            counted = _counted(ballot, bases[0], number)
            if candidate.adapters and counted:
                key = (ballot.model, replace(candidate, name="", text="", finish_reason=""))
                before = tallies.get(key, Tally())
                tallies[key] = replace(before, **{counted: getattr(before, counted) + 1})
    names = [_label(candidate) for _, candidate in tallies]
    found = [
        Standing(
            model,
            _label(candidate, told_apart=names.count(_label(candidate)) > 1),
            tuple(adapter.fingerprint for adapter in candidate.adapters),
            tally,
        )
        for (model, candidate), tally in tallies.items()
    ]
    return sorted(found, key=lambda standing: -standing.tally.votes)


def _counted(ballot: Ballot, base: int, adapted: int) -> str:
    """The field of the tally in which a ballot counts for a column; "" when it tells nothing."""
    if ballot.verdict != "winner":
        return {"tie": "ties", "both-bad": "both_bad"}[ballot.verdict]
    return {base: "losses", adapted: "wins"}.get(-1 if ballot.winner is None else ballot.winner, "")


def _label(candidate: Candidate, *, told_apart: bool = False) -> str:
    named = {
        f"{adapter.name} ({adapter.fingerprint[:6]})" if told_apart else adapter.name: adapter.scale
        for adapter in candidate.adapters
    }
    return label(named)
