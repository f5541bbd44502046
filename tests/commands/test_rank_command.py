"""/rank and /docs: explanations as blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.commands import submit
from assistant.commands.blocks import Chart, Fold, Matrix, Notice, Preformatted, Working
from assistant.paths import Places
from tests.commands.saying import notices, open_session, problem, say
from tests.rank.hard import save_hard


def test_the_rank_and_its_reason_are_in_sight_and_the_rest_is_folded(places: Places) -> None:
    session, _ = open_session(places)
    blocks = say(session, "/rank [[1,2],[3,6]]")
    assert isinstance(blocks[0], Notice)
    assert blocks[0].text.startswith("Rank 1 of at most 2")
    assert "Row 2 = 3 × row 1" in notices(blocks)
    folds = [block for block in blocks if isinstance(block, Fold)]
    assert folds
    assert blocks[-len(folds) :] == folds
    assert not any(fold.open for fold in folds)
    inside = [block for fold in folds for block in fold.blocks]
    assert {Matrix, Chart, Preformatted} <= set(map(type, inside))


def test_the_steps_mark_their_pivots(places: Places) -> None:
    session, _ = open_session(places)
    blocks = say(session, "/rank [[1,2],[3,6]]")
    inside = [b for fold in blocks if isinstance(fold, Fold) for b in fold.blocks]
    marked = [b for b in inside if isinstance(b, Matrix) and b.pivots]
    assert marked[-1].pivots == {(0, 0)}
    assert marked[-1].rows == (("1", "2"), ("0", "0"))


def test_rows_may_stand_on_lines_of_their_own(places: Places) -> None:
    session, _ = open_session(places)
    assert "Rank 2" in notices(say(session, "/rank\n1 2\n3 4"))


def test_a_file_of_numbers_can_be_named(places: Places, tmp_path: Path) -> None:
    file = tmp_path / "grid.csv"
    file.write_text("1,2\n3,6\n")
    session, _ = open_session(places)
    assert "Rank 1" in notices(say(session, f"/rank {file}"))


def test_no_model_is_needed(places: Places) -> None:
    session, _ = open_session(places)
    session.close()
    assert "Rank 1" in notices(say(session, "/rank [[1,2],[3,6]]"))


def test_what_is_no_matrix_is_refused_in_a_sentence(places: Places) -> None:
    session, _ = open_session(places)
    assert problem(say(session, "/rank [[1,2],[3]]")).kind == "matrix"
    assert problem(say(session, "/rank [red] dog")).kind == "matrix"
    assert problem(say(session, "/rank")).kind == "usage"


def test_docs_shows_a_signature_or_what_comes_near(places: Places) -> None:
    session, _ = open_session(places)
    first = say(session, "/docs mx.softmax")[0]
    assert isinstance(first, Preformatted)
    assert first.text.startswith("mx.softmax(")
    assert "These come near it" in notices(say(session, "/docs sort an array"))
    assert problem(say(session, "/docs qqqqq")).kind == "docs"


def test_afterwards_the_model_knows_the_facts(places: Places) -> None:
    session, engine = open_session(places, ["It is one."])
    say(session, "/rank [[1,2],[3,6]]", "explain that again, simpler")
    asked = [message["content"] for message in engine.requests[-1].messages]
    assert asked[0] == "What is the rank of [[1,2],[3,6]], and why?"
    assert asked[1].startswith("Rank 1 of at most 2")
    assert "Row 2 = 3 × row 1" in asked[1]
    assert asked[-1] == "explain that again, simpler"


def test_the_facts_do_not_crowd_out_the_chat(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "/rank " + "; ".join(" ".join(str(r * c) for c in range(60)) for r in range(60)))
    (exchange,) = session.conversation.exchanges
    assert exchange.question == "What is the rank of my matrix, and why?"
    assert len(exchange.answer) <= 1_500


def test_retry_asks_the_last_question_again_and_leaves_the_facts(places: Places) -> None:
    session, _ = open_session(places, ["first", "second"])
    say(session, "hello", "/rank 1 2; 3 6", "/retry")
    told, asked = session.conversation.exchanges
    assert told.told
    assert (asked.question, asked.answer) == ("hello", "second")


def test_a_tolerance_and_a_level_may_be_given(places: Places) -> None:
    session, _ = open_session(places)
    assert "Rank 1" in notices(say(session, "/rank --rtol 1e-3 1 2; 3 6.001"))
    simple = say(session, "/rank 1 2; 3 6 --level simple")
    full = say(session, "/rank 1 2; 3 6 --level=full")
    assert 0 < len(simple) < len(full)


@pytest.mark.parametrize(
    "line",
    ["--tol x 1 2", "--tol 1 --rtol 1 1 2", "--tol -1 1 2", "--level some 1 2", "--what 3 1"],
)
def test_options_that_make_no_sense_are_refused(line: str, places: Places) -> None:
    session, _ = open_session(places)
    assert problem(say(session, f"/rank {line}")).kind == "usage"


def test_the_picture_goes_into_a_file(places: Places, tmp_path: Path) -> None:
    session, _ = open_session(places)
    file = tmp_path / "rank.svg"
    assert str(file) in notices(say(session, f"/rank 1 2; 3 6 --svg {file}"))
    assert file.read_text().startswith("<svg")
    missing = tmp_path / "no" / "rank.svg"
    assert problem(say(session, f"/rank 1 2; 3 6 --svg {missing}")).kind == "usage"


def test_what_takes_long_is_announced_and_can_be_stopped(places: Places, tmp_path: Path) -> None:
    session, _ = open_session(places)
    blocks = submit(session, f"/rank {save_hard(tmp_path)}")
    working = next(blocks)
    assert isinstance(working, Working)
    steps = iter(working.job)
    while "exact rank" not in (said := next(steps)):
        pass
    assert "700 × 700" in said
    working.job.cancel()
    assert "Stopped" in notices(list(blocks))
    assert not session.conversation.exchanges
