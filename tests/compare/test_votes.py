"""Votes are kept with what they were cast on, add up honestly, and become training data."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.compare.exports import chosen_answers, preference_pairs
from assistant.compare.standings import standings
from assistant.compare.tally import Tally
from assistant.compare.votes import AdapterVersion, Ballot, Candidate, Votes
from assistant.errors import VotesError
from assistant.training.own import read_examples

BASE = Candidate("base", (), "Use np.sort.", "stop")
ADAPTED = Candidate(
    "mlx-docs", (AdapterVersion("mlx-docs", 1.0, "ab" * 32),), "Use mx.sort.", "stop"
)
HALF = Candidate("half", (AdapterVersion("mlx-docs", 0.5, "ab" * 32),), "Use sort.", "length")
BALLOT = Ballot(
    comparison="one",
    program="0.1.0",
    model="tiny",
    prompt="How do I sort?",
    messages=[
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "世界\u2028?"},
    ],
    seed=2**63 - 1,
    candidates=(BASE, ADAPTED),
    verdict="winner",
    winner=1,
    blind=True,
    sampling={"temperature": 0.7},
)


@pytest.fixture
def votes(tmp_path: Path) -> Votes:
    return Votes(tmp_path / "data" / "votes.db")


def ballots(*winners: int | str) -> list[Ballot]:
    return [
        replace(
            BALLOT,
            comparison=str(number),
            verdict="winner" if isinstance(winner, int) else winner,
            winner=winner if isinstance(winner, int) else None,
        )
        for number, winner in enumerate(winners)
    ]


def test_nothing_is_created_until_a_vote_is_cast(votes: Votes, tmp_path: Path) -> None:
    assert votes.all() == []
    assert list(tmp_path.iterdir()) == []
    votes.cast(BALLOT)
    assert (tmp_path / "data" / "votes.db").exists()


def test_a_vote_comes_back_with_all_it_was_cast_on(votes: Votes) -> None:
    votes.cast(BALLOT)
    (found,) = votes.all()
    assert found.cast_at.endswith("+00:00")
    assert replace(found, cast_at="") == BALLOT


def test_voting_again_replaces_the_vote(votes: Votes) -> None:
    votes.cast(BALLOT)
    votes.cast(replace(BALLOT, verdict="tie", winner=None))
    assert [vote.verdict for vote in votes.all()] == ["tie"]


def test_several_programs_can_vote_first_at_once(tmp_path: Path) -> None:
    for number in range(20):  # one of thirty such races was lost once
        file = tmp_path / str(number) / "votes.db"
        race_for_the_first_vote(file, programs=8)
        assert len(Votes(file).all()) == 8


def race_for_the_first_vote(file: Path, programs: int) -> None:
    start = threading.Barrier(programs)

    def vote(number: int) -> None:
        start.wait()
        Votes(file).cast(replace(BALLOT, comparison=f"n{number}"))

    threads = [threading.Thread(target=vote, args=(number,)) for number in range(programs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_file_of_a_newer_version_is_left_alone(votes: Votes, tmp_path: Path) -> None:
    votes.cast(BALLOT)
    with closing(sqlite3.connect(tmp_path / "data" / "votes.db")) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(VotesError, match="newer version"):
        votes.all()
    with pytest.raises(VotesError, match="newer version"):
        votes.cast(BALLOT)


def test_a_file_that_is_no_database_is_said_and_kept(votes: Votes, tmp_path: Path) -> None:
    file = tmp_path / "data" / "votes.db"
    file.parent.mkdir()
    file.write_text("these are my notes, not a database " * 100)
    before = file.read_bytes()
    with pytest.raises(VotesError, match=r"votes\.db"):
        votes.cast(BALLOT)
    assert file.read_bytes() == before


def test_a_good_file_that_cannot_be_used_now_is_not_to_be_moved_away(
    votes: Votes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.compare.votes.PATIENCE_S", 0.0)
    votes.cast(BALLOT)
    with closing(sqlite3.connect(tmp_path / "data" / "votes.db")) as database:
        database.execute("BEGIN EXCLUSIVE")
        with pytest.raises(VotesError, match="locked") as caught:
            votes.cast(BALLOT)
    assert "Move" not in caught.value.hint


def test_a_folder_that_cannot_be_made_is_said_in_the_systems_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    votes = Votes(tmp_path / "file" / "data" / "votes.db")
    with pytest.raises(VotesError) as caught:
        votes.cast(BALLOT)
    assert caught.value.message.endswith("cannot be used: not a directory.")


def test_a_winner_without_a_number_is_refused(votes: Votes) -> None:
    with pytest.raises(VotesError):
        votes.cast(replace(BALLOT, winner=None))


# What they add up to


def test_wins_losses_and_ties_are_told_apart() -> None:
    (standing,) = standings(ballots(1, 1, 0, "tie", "both-bad", 1))
    assert standing.tally == Tally(wins=3, losses=1, ties=1, both_bad=1)
    assert (standing.model, standing.adapted) == ("tiny", "mlx-docs ×1")


def test_an_adapter_that_was_trained_again_is_another_one() -> None:
    again = replace(ADAPTED, adapters=(AdapterVersion("mlx-docs", 1.0, "cd" * 32),))
    later = replace(BALLOT, comparison="later", candidates=(BASE, again))
    names = [standing.adapted for standing in standings([*ballots(1, 1), later])]
    assert names == ["mlx-docs (ababab) ×1", "mlx-docs (cdcdcd) ×1"]


def test_the_winner_of_three_says_nothing_of_the_third() -> None:
    three = replace(BALLOT, candidates=(BASE, HALF, ADAPTED), winner=2)
    (standing,) = standings([three])
    assert (standing.adapted, standing.tally) == ("mlx-docs ×1", Tally(wins=1))
    lost = standings([replace(three, winner=0)])
    assert [one.tally for one in lost] == [Tally(losses=1)] * 2


# Training data


def test_pairs_have_the_winner_chosen_and_each_other_answer_rejected() -> None:
    three = replace(BALLOT, candidates=(BASE, HALF, ADAPTED), winner=2)
    first, second = preference_pairs([three, *ballots("tie", "both-bad")])
    assert first == {
        "prompt": list(BALLOT.messages),
        "chosen": [{"role": "assistant", "content": "Use mx.sort."}],
        "rejected": [{"role": "assistant", "content": "Use np.sort."}],
    }
    assert second["rejected"][0]["content"] == "Use sort."


def test_equal_answers_make_no_pair() -> None:
    same = replace(BALLOT, candidates=(replace(BASE, text=ADAPTED.text), ADAPTED))
    assert list(preference_pairs([same])) == []


def test_chosen_answers_can_be_trained_on(tmp_path: Path) -> None:
    file = tmp_path / "chosen.jsonl"
    lines = [json.dumps(line) for line in chosen_answers(ballots(1, 0, "tie"))]
    file.write_text("\n".join(lines))
    first, second = read_examples(file)
    assert first["messages"][-1] == {"role": "assistant", "content": "Use mx.sort."}
    assert second["messages"][-1]["content"] == "Use np.sort."
