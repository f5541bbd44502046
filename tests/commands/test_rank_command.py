"""/rank and /docs: explanations as blocks."""

from __future__ import annotations

from pathlib import Path

from assistant.commands.blocks import Chart, Fold, Matrix, Notice, Preformatted
from assistant.paths import Places
from tests.commands.saying import notices, open_session, problem, say


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
