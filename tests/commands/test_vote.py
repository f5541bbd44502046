"""/compare with its findings, blind and in sweeps; /vote and /stats."""

from __future__ import annotations

import pytest

from assistant.commands import complete
from assistant.commands.blocks import Answers, Block, Fold, Marks, Notice, Table
from assistant.compare.votes import Votes
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import notices, open_session, problem, say

ADAPTED = Settings(adapters=("mlx-docs",))


def one(blocks: list[Block], kind: type) -> Block:
    (found,) = [block for block in blocks if isinstance(block, kind)]
    return found


def titles(blocks: list[Block]) -> list[str]:
    answers = one(blocks, Answers)
    assert isinstance(answers, Answers)
    return [column.title for column in answers.columns]


def folds(blocks: list[Block]) -> dict[str, Fold]:
    return {block.title: block for block in blocks if isinstance(block, Fold)}


def test_a_comparison_is_followed_by_what_the_adapter_changed(places: Places) -> None:
    session, _ = open_session(places, ["use np.sort", "use mx.sort"], ADAPTED)
    blocks = say(session, "/compare How?")
    assert "base ≡ bare model" in notices(blocks)
    found = folds(blocks)
    assert list(found) == ["checks", "difference", "evidence"]
    (text,) = found["difference"].blocks
    assert "[-np-]{+mx+}.sort" in getattr(text, "text", "")
    parting, table, changed = found["evidence"].blocks
    assert isinstance(table, Table)
    # The fake gives the base ½ for every token and the adapter ¾.
    assert table.rows[0] == ("the answer of base", "2", "1.33", "0.25")
    assert isinstance(changed, Table)
    assert {row[2] for row in changed.rows} == {"×1.5"}
    assert isinstance(parting, Table)
    assert len(parting.rows) == 2


def test_the_evidence_can_be_left_out(places: Places) -> None:
    session, engine = open_session(places, settings=ADAPTED)
    blocks = say(session, "/set evidence off", "/compare How?")
    assert folds(blocks) == {}
    assert engine.scorings == []
    assert "part at token 1" in notices(blocks)


def test_marks_have_the_words_and_shades_of_every_column(places: Places) -> None:
    session, _ = open_session(places, ["use np.sort", "use mx.sort"], ADAPTED)
    marks = one(say(session, "/compare How?"), Marks)
    assert isinstance(marks, Marks)
    base, adapted = marks.columns
    assert "".join(text for text, _ in base.words) == "use np.sort"
    assert "".join(text for text, _ in adapted.words) == "[mlx-docs] use mx.sort"
    assert [shade.kl for shade in adapted.shades] == [0.25] * 3


def test_a_sweep_has_four_strengths(places: Places) -> None:
    session, engine = open_session(places, settings=Settings(adapters=("mlx-docs=2",)))
    assert titles(say(session, "/compare --sweep How?")) == [
        "base",
        "mlx-docs ×1",
        "mlx-docs ×2",
        "mlx-docs ×3",
    ]
    assert engine.requests[-1].messages[-1]["content"] == "How?"


def test_adapters_and_blends_can_be_named(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    blocks = say(session, "/compare -a pirate=0.5 -a mlx-docs+pirate=0.25 -- -1 is what?")
    assert titles(blocks) == ["base", "pirate ×0.5", "mlx-docs ×1 + pirate ×0.25"]
    assert session.in_use == {"mlx-docs": 1.0}, "naming one does not put it in use"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/compare --wide hi", "--wide"),
        ("/compare -a", "after -a"),
        ("/compare -a nowhere hi", "nowhere"),
        ("/compare " + "-a mlx-docs=0.1 " * 5 + "hi", "5 adapted answers"),
        ("/vote left", "no comparison"),
    ],
)
def test_what_cannot_be_compared_is_said(places: Places, line: str, says: str) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    assert says in problem(say(session, line)).message


def test_a_sweep_needs_one_adapter(places: Places) -> None:
    session, _ = open_session(places)
    assert "no adapter to sweep" in problem(say(session, "/compare --sweep hi")).message
    say(session, "/adapter load mlx-docs", "/adapter load pirate", "/adapter use none")
    assert "Several" in problem(say(session, "/compare --sweep hi")).message


def test_options_are_offered_and_questions_are_not(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    assert [c.text for c in complete(session, "/compare --")] == [
        "--blind",
        "--sweep",
        "--again",
        "--question",
    ]
    assert [c.text for c in complete(session, "/compare -a m")] == ["mlx-docs"]
    assert complete(session, "/compare how --") == ()


# Votes


def test_a_vote_is_kept_with_the_answers_and_the_adapters_version(places: Places) -> None:
    session, _ = open_session(places, ["np", "mx"], ADAPTED)
    assert not places.votes_file.exists()
    say(session, "/set seed 7", "/compare How?")
    assert not places.votes_file.exists(), "nothing is created until a vote is cast"
    assert "Your vote is kept: “mlx-docs ×1” is best" in notices(say(session, "/vote right"))
    (ballot,) = Votes(places.votes_file).all()
    assert (ballot.prompt, ballot.seed, ballot.winner, ballot.blind) == ("How?", 7, 1, False)
    assert [candidate.text for candidate in ballot.candidates] == ["np", "[mlx-docs] mx"]
    assert ballot.candidates[1].adapters[0].fingerprint == "0" * 64


def test_a_blind_comparison_tells_no_name_until_the_vote(places: Places) -> None:
    session, _ = open_session(places, ["np", "mx"], ADAPTED)
    blocks = say(session, "/compare --blind How?")
    assert titles(blocks) == ["answer 1", "answer 2"]
    told = repr([block for block in blocks if not isinstance(block, Answers)])
    assert "mlx-docs" not in told
    assert "base" not in told
    answers = one(blocks, Answers)
    assert isinstance(answers, Answers)
    assert all(not column.adapters for column in answers.columns), "the colour tells nothing either"
    after = say(session, "/vote 2")
    contest = session.contest
    assert contest is not None
    second = contest.columns[1].title
    assert f"answer 2 is {second}" in notices(after)
    marks = one(after, Marks)
    assert isinstance(marks, Marks)
    assert [marked.column.title for marked in marks.columns] == [c.title for c in contest.columns]
    (ballot,) = Votes(places.votes_file).all()
    assert ballot.blind
    assert ballot.candidates[ballot.winner or 0].name == second


def test_names_are_told_also_when_the_adapter_has_gone(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    say(session, "/compare --blind How?", "/adapter unload mlx-docs")
    blocks = say(session, "/vote left")
    assert "answer 1 is" in notices(blocks).lower()
    assert problem(blocks).kind == "adapter_not_loaded"
    assert len(Votes(places.votes_file).all()) == 1


def test_events_of_a_shuffled_comparison_reach_the_column_they_are_shown_in(
    places: Places,
) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    orders = set()
    for _ in range(20):
        answers = session.compare("How?", blind=True)
        texts = {e.row: e.finish.text for e in answers.generation if e.finish}
        contest = session.contest
        assert contest is not None
        shown = [column.title for column in contest.columns]
        orders.add(tuple(shown))
        for place, title in enumerate(shown):
            assert texts[place].startswith("[mlx-docs]") == (title != "base")
    assert len(orders) == 2, "in twenty times both orders come up"


def test_a_vote_can_be_changed_and_is_then_no_longer_blind(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    say(session, "/compare --blind How?", "/vote left", "/vote tie")
    (ballot,) = Votes(places.votes_file).all()
    assert (ballot.verdict, ballot.winner, ballot.blind) == ("tie", None, False)


@pytest.mark.parametrize("vote", ["", "3", "0", "middle", "-1", "²"])
def test_what_is_no_vote_is_said(places: Places, vote: str) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    found = problem(say(session, "/compare How?", f"/vote {vote}"))
    assert found.kind == "usage"
    assert "left, right" in found.hint
    assert not places.votes_file.exists()


def test_left_is_no_vote_on_four_answers(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    assert (
        "1, the leftmost, to 4" in problem(say(session, "/compare --sweep How?", "/vote left")).hint
    )
    assert "“mlx-docs ×1.5” is best" in notices(say(session, "/vote 4"))


def test_stats_claim_no_more_than_the_votes(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    assert "no votes yet" in notices(say(session, "/stats"))
    for _ in range(5):
        say(session, "/compare How?", "/vote right")
    blocks = say(session, "/compare How?", "/vote tie", "/stats")
    table = one(blocks, Table)
    assert isinstance(table, Table)
    # Wilson's interval for 5 of 5, and 2 / 2⁵.
    assert table.rows == (
        ("mlx-docs ×1", "fake", "5", "0", "1", "0", "100%", "57% to 100%", "0.062"),
    )
    assert "1 more vote" in notices(blocks)


def test_voting_while_answers_run_is_refused(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    session.compare("How?")
    assert "not ended" in problem(say(session, "/vote left")).message


def test_a_stopped_comparison_is_not_read_again(places: Places) -> None:
    session, engine = open_session(places, settings=ADAPTED)
    answers = session.compare("How?")
    answers.generation.cancel()
    for _ in answers.generation:
        pass
    assert not any(isinstance(block, Notice) and "≡" in block.text for block in answers.after())
    assert engine.scorings == []
