"""/stats: what the votes add up to, and whether that means anything yet.

It refuses to know how votes are kept and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.commands.blocks import Block, Notice, Table
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session
from assistant.compare.standings import Standing, standings
from assistant.compare.votes import Votes


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    yield from standings_blocks(standings(Votes(session.places.votes_file).all()))


def standings_blocks(found: Sequence[Standing]) -> Iterator[Block]:
    """A table of the standings, and a sentence on each."""
    if not found:
        yield Notice("There are no votes yet. Compare answers with /compare, then /vote left.")
        return
    heads = ("adapted", "model", "won", "lost", "tied", "both bad", "win rate", "95 % of it", "p")
    yield Table(heads, tuple(map(_row, found)), "Adapted answers against the base's", accent=0)
    for standing in found:
        yield Notice(f"{standing.adapted}: {standing.tally.verdict}")


def _row(standing: Standing) -> tuple[str, ...]:
    tally = standing.tally
    rate, interval = "–", "–"
    if tally.win_rate is not None:
        rate = f"{tally.win_rate:.0%}"
        interval = f"{tally.interval.low:.0%} to {tally.interval.high:.0%}"
    counts = (tally.wins, tally.losses, tally.ties, tally.both_bad)
    p_value = f"{tally.p_value:.3f}" if tally.decided else "–"
    return (standing.adapted, standing.model, *map(str, counts), rate, interval, p_value)


COMMAND = Command(
    name="stats",
    summary="Show what the votes add up to",
    forms=(Form("", "wins, losses and ties of each adapter against its base"),),
    run=run,
    needs="nothing",
    details=(
        "The win rate leaves ties out; beside it stands Wilson's 95 % interval, in which the true "
        "rate plausibly lies. p is that of an exact two-sided sign test: how often a fair coin "
        "would be at least as lopsided. An adapter that was trained again counts as another one. "
        "Nothing here is a judgement until p is small; the line below the table says how many "
        "more votes that would take."
    ),
)
