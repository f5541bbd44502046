"""Questions are worded in many ways, and the same seed words them the same."""

from __future__ import annotations

from random import Random

from assistant.training.phrasing import Phrasing, gerund


def test_one_wish_has_hundreds_of_wordings() -> None:
    phrasing = Phrasing(Random(1))
    asked = {phrasing.task("sort an array", "NumPy") for _ in range(800)}
    assert len(asked) > 400


def test_a_question_names_its_library() -> None:
    phrasing = Phrasing(Random(2))
    for _ in range(300):
        assert "pytorch" in phrasing.task("sort an array", "PyTorch").lower()
        assert "pytorch" in phrasing.keywords("median", "PyTorch").lower()


def test_the_same_seed_asks_the_same_questions() -> None:
    first, second = Phrasing(Random(3)), Phrasing(Random(3))
    assert [first.task("sort an array", "JAX") for _ in range(50)] == [
        second.task("sort an array", "JAX") for _ in range(50)
    ]


def test_the_name_of_a_function_is_never_misspelt() -> None:
    phrasing = Phrasing(Random(4))
    assert all(
        "np.linalg.LinAlgError" in phrasing.meaning("np.linalg.LinAlgError") for _ in range(300)
    )


def test_an_axis_is_spoken_of() -> None:
    phrasing = Phrasing(Random(5))
    assert any("row" in phrasing.detail(1) for _ in range(100))
    assert phrasing.detail(None) == ""


def test_verbs_take_their_ending() -> None:
    assert gerund("sort an array") == "sorting an array"
    assert gerund("compute a sum") == "computing a sum"
    assert gerund("get the mean") == "getting the mean"
