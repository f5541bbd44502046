"""The explanation answers first, gives the reason, and is right in every sentence."""

from __future__ import annotations

import json

import pytest

from assistant.errors import MatrixError
from assistant.rank import Explanation, explain, to_facts, to_markdown, to_text
from assistant.rank.explanation import Bars, Code, MatrixState, Picture, Steps, Table

CONTRACT = {
    *("rank", "shape", "max_rank", "method", "full_rank", "nullity", "determinant", "pivots"),
    *("row_relations", "column_relations", "singular_values", "tolerance", "slices"),
}


def part(explanation: Explanation, kind: type) -> object:
    """The first part of one kind."""
    parts = (part for section in explanation.sections for part in section.parts)
    return next(part for part in parts if isinstance(part, kind))


def titles(explanation: Explanation) -> list[str]:
    return [section.title for section in explanation.sections]


def test_the_lessons_first_matrix() -> None:
    seen = explain("[[1,2],[3,6]]")
    assert seen.headline == "Rank 1 of at most 2: one row of useful information."
    assert seen.reasons == ("Row 2 = 3 × row 1, so it adds nothing new.",)
    assert seen.checks == (
        "Is everything zero? No.",
        "Determinant: 1·6 − 2·3 = 0, so it cannot be undone.",
    )


def test_the_lessons_second_matrix() -> None:
    seen = explain("1 2; 3 4")
    assert seen.headline == "Rank 2 of at most 2: both rows add something new."
    assert seen.reasons == ("Neither row is a multiple of the other, so both are needed.",)
    assert seen.checks[1] == "Determinant: 1·4 − 2·3 = −2, not zero, so it can be undone."


def test_the_lessons_zero_matrix() -> None:
    seen = explain("0 0; 0 0")
    assert seen.headline == "Rank 0 of at most 2: every entry is zero, so there is no information."
    assert seen.checks == ("Is everything zero? Yes.",)
    assert seen.row_relations == ("row 1 is all zeros", "row 2 is all zeros")


def test_the_json_of_the_contract() -> None:
    seen = explain("[[1,2],[3,6]]").to_dict()
    assert set(seen) >= CONTRACT
    assert json.loads(json.dumps(seen)) == seen
    expected = {
        "rank": 1,
        "shape": [2, 2],
        "max_rank": 2,
        "method": "exact",
        "full_rank": False,
        "nullity": 1,
        "determinant": "0",
        "pivots": [1],
        "row_relations": ["row 2 = 3 × row 1"],
        "column_relations": ["column 2 = 2 × column 1"],
        "slices": None,
    }
    assert {key: seen[key] for key in expected} == expected
    assert seen["singular_values"][0] == pytest.approx(50**0.5)
    assert 0 < seen["tolerance"] < 1e-12


@pytest.mark.parametrize(
    ("text", "determinant"),
    [
        ("1 2; 3 4", "-2"),
        ("1/2 0; 0 1/3", "1/6"),
        ("0.1 0; 0 1", "1/10"),
        ("1+2i 3; i 2", "2+i"),
        ("i 0; 0 1", "i"),
        ("1 2 3; 4 5 6", None),
        ("5", "5"),
        (f"{10**3000} 0; 0 {10**3000}", "1" + "0" * 6000),
    ],
    ids=lambda value: str(value)[:12],
)
def test_the_determinant_in_json_is_plain_text(text: str, determinant: str | None) -> None:
    assert explain(text).to_dict()["determinant"] == determinant


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("1 2 3; 4 5 6; 7 8 9", ["row 3 = 2 × row 2 − row 1"]),
        ("1 2; 1 2", ["row 2 = row 1"]),
        ("1 2; -1 -2", ["row 2 = −row 1"]),
        ("2 4; 1 2", ["row 2 = 1/2 × row 1"]),
        ("2 3; 0.2 0.3", ["row 2 = 1/10 × row 1"]),
        ("0 0; 1 2", ["row 1 is all zeros"]),
        ("1 0; 0 1; -2 -3", ["row 3 = −2 × row 1 − 3 × row 2"]),
        ("1 0; 0 1; 1 1", ["row 3 = row 1 + row 2"]),
        ("1 i; i -1", ["row 2 = i × row 1"]),
        ("1 2; 1+i 2+2i", ["row 2 = (1 + i) × row 1"]),
        ("1 2; 3 4", []),
        ("0 0 0", ["row 1 is all zeros"]),
    ],
)
def test_the_relation_between_the_rows(text: str, relations: list[str]) -> None:
    assert explain(text).to_dict()["row_relations"] == relations


def test_columns_have_relations_too() -> None:
    assert explain("1 2 3; 4 5 6; 7 8 9").column_relations == (
        "column 3 = 2 × column 2 − column 1",
    )


def test_more_rows_than_columns_can_hold() -> None:
    seen = explain("1 2; 3 4; 5 6")
    assert seen.headline == (
        "Rank 2 of at most 2: two rows of useful information, all that two columns can hold."
    )
    assert seen.full_rank


def test_many_relations_are_counted_and_not_all_listed() -> None:
    seen = explain("; ".join(f"{n} {2 * n}" for n in range(1, 31)))
    assert len(seen.reasons) == 5
    assert seen.reasons[-1] == "25 more rows can be built from earlier ones as well."
    assert len(seen.row_relations) == 29


def test_decimals_are_shown_as_they_were_typed() -> None:
    seen = explain("[[2,3],[0.2,0.3]]")
    assert seen.reasons == ("Row 2 = 0.1 × row 1, so it adds nothing new.",)
    assert "2·0.3 − 3·0.2 = 0" in seen.checks[1]


def test_negative_numbers_and_fractions_stand_in_brackets_in_a_product() -> None:
    assert "(−1)·(−4) − 2·2 = 0" in explain("-1 2; 2 -4").checks[1]
    assert "(1/2)·(1/5) − (1/3)·(1/4) = 1/60" in explain("1/2 1/3; 1/4 1/5").checks[1]


def test_a_stack_has_a_rank_for_each_matrix() -> None:
    seen = explain("[[[1,2],[3,6]],[[1,2],[3,4]]]")
    assert seen.rank == [1, 2]
    assert seen.headline == "Two matrices of 2 × 2, so two ranks: 1, 2."
    assert seen.reasons[0].startswith("Matrix 1: Rank 1 of at most 2")
    slices = seen.to_dict()["slices"]
    assert [one["rank"] for one in slices] == [1, 2]
    assert set(slices[0]) >= CONTRACT
    assert not seen.full_rank
    assert "Axes or rank" in titles(seen)


def test_a_stack_of_stacks_nests_its_ranks_as_numpy_does() -> None:
    assert explain("[[[[1]],[[0]]],[[[2]],[[3]]],[[[0]],[[0]]]]").rank == [[1, 0], [1, 1], [0, 0]]


@pytest.mark.parametrize(
    ("text", "rank", "headline"),
    [
        ("5", 1, "Rank 1 of at most 1: one number that is not zero."),
        ("0", 0, "Rank 0 of at most 1: the number is zero."),
        ("[1,2,3]", 1, "Rank 1 of at most 1: one row of useful information."),
        ("[0,0]", 0, "Rank 0 of at most 1: every entry is zero, so there is no information."),
        ("[]", 0, "Rank 0: there are no entries, so there is no information."),
        ("[[],[]]", 0, "Rank 0: there are no entries (2 × 0), so there is no information."),
    ],
)
def test_less_than_a_matrix_is_explained_as_well(text: str, rank: int, headline: str) -> None:
    seen = explain(text)
    assert (seen.rank, seen.headline) == (rank, headline)
    if seen.shape and len(seen.shape) == 1:
        assert "ndim = 1" in to_text(seen)


def test_exact_and_rounded_answers_that_differ_are_both_told() -> None:
    seen = explain("9007199254740992 1; 9007199254740993 1")
    assert (seen.rank, seen.exact_rank, seen.numerical_rank) == (2, 2, 1)
    assert "Exactly 2; within rounding, 1." in to_text(seen)


def test_a_tolerance_asks_for_the_numerical_answer() -> None:
    seen = explain("1 2; 3 6.001", rtol=1e-3)
    assert (seen.rank, seen.method, seen.exact_rank) == (1, "numerical", 2)
    assert seen.row_relations == ("row 2 ≈ 3 × row 1",)
    assert "σ1 × 0.001" in to_text(seen, "full")
    assert seen.checks[1].endswith("exactly it can be undone, within the tolerance it cannot.")


@pytest.mark.parametrize(
    "options", [{"atol": -1.0}, {"rtol": float("nan")}, {"atol": 0.1, "rtol": 0.1}]
)
def test_a_senseless_tolerance_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(MatrixError):
        explain("1 2; 3 4", **options)


def test_the_row_reduction_names_swaps_and_marks_pivots() -> None:
    steps = part(explain("0 2; 3 1"), Steps)
    assert isinstance(steps, Steps)
    assert steps.items[1].text.startswith("Swap rows 1 and 2")
    assert steps.items[-1].text == "Two pivots and no row of zeros: the rank is 2."
    last = steps.items[-2].state
    assert last == MatrixState((("3", "1"), ("0", "2")), ((0, 0), (1, 1)))


def test_the_bars_tell_which_singular_values_count() -> None:
    bars = part(explain("[[1,2],[3,6]]"), Bars)
    assert isinstance(bars, Bars)
    assert [bar.counts for bar in bars.items] == [True, False]
    assert bars.items[1].value <= bars.threshold


@pytest.mark.parametrize(
    ("text", "alt"),
    [
        ("1 2; 3 6", "All arrows lie on one line: rank 1."),
        ("1 2; 3 4", "The arrows do not lie on one line, so together they reach the whole plane"),
        ("1 2 3; 2 4 6", "All arrows lie on one line: rank 1."),
        ("1 2 3; 4 5 6; 7 8 9", "The arrows lie in one plane and not on one line: rank 2."),
        ("1 2 3; 4 5 6; 7 8 10", "The arrows do not fit into any plane, they fill space: rank 3."),
    ],
)
def test_the_picture_says_what_the_arrows_span(text: str, alt: str) -> None:
    picture = part(explain(text), Picture)
    assert isinstance(picture, Picture)
    assert picture.alt.startswith(alt)
    drawn = "\n".join(picture.lines)
    assert all(arrow.label[-1] in drawn for arrow in picture.arrows)


def test_lora_is_told_what_it_saves_and_what_it_keeps() -> None:
    seen = explain("; ".join(" ".join(str(r * c) for c in range(1, 9)) for r in range(1, 9)))
    assert "r·(m + n) = 1·(8 + 8) = 16 instead of m·n = 64." in to_text(seen).replace("\n  ", " ")
    table = part(explain("3 0 0; 0 2 0; 0 0 1"), Table)
    assert isinstance(table, Table)
    assert [row[2] for row in table.rows] == ["64.29 %", "92.86 %", "100 %"]


def test_the_null_vector_is_sent_to_zero() -> None:
    assert "the matrix turns (−1, 2, −1) into all zeros" in to_text(
        explain("1 2 3; 4 5 6; 7 8 9"), "full"
    )


@pytest.mark.parametrize("program", ["NumPy", "PyTorch", "MLX"])
@pytest.mark.parametrize(
    "text", ["[[1,2],[3,6]]", "1/3 2; 3 0.25", "1+2i 3; i 2", "7", "[1,2]", f"{10**40} 1; 1 1"]
)
def test_the_programs_run_and_print_the_numerical_rank(
    text: str, program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if program == "PyTorch":
        pytest.importorskip("torch")
    seen = explain(text)
    codes = next(section.parts for section in seen.sections if section.title.startswith("NumPy"))
    code = next(code for code in codes if isinstance(code, Code) and code.title == program)
    exec(compile(code.text, program, "exec"), {})
    assert capsys.readouterr().out.strip() == str(seen.numerical_rank)


def test_simple_shows_less_than_full() -> None:
    seen = explain("[[1,2],[3,6]]")
    simple, full = to_text(seen, "simple"), to_text(seen, "full")
    assert "Row reduction" in full
    assert "Row reduction" not in simple
    assert all(len(line) <= 88 for line in full.splitlines())


def test_markdown_takes_no_sign_of_the_text_for_its_own() -> None:
    markdown = to_markdown(explain("| a*b | c_d |\n|---|---|\n| 1 | 2 |\n| 3 | 6 |"))
    assert "a\\*b, c\\_d" in markdown
    assert markdown.count("```") % 2 == 0


def test_a_wide_relation_is_summed_up() -> None:
    rows = [" ".join(str(int(r == c)) for c in range(9)) for r in range(9)]
    seen = explain("; ".join([*rows, "1 1 1 1 1 1 1 1 1"]))
    assert seen.reasons == (
        "Row 10 is a sum of multiples of nine other rows, so it adds nothing new.",
    )
    assert seen.row_relations[0].count("+") == 8


def test_the_facts_for_a_model_are_one_paragraph_with_the_answer_first() -> None:
    facts = to_facts(explain("[[1,2],[3,6]]"))
    assert facts.startswith("Rank 1 of at most 2: one row of useful information. Row 2 = 3 × row 1")
    assert "\n" not in facts


def test_numbers_too_large_for_floats_have_the_exact_answer_only() -> None:
    seen = explain("1e400 2e400; 1 2")
    assert (seen.rank, seen.method, seen.singular_values) == (1, "exact", None)
    assert "only the exact answer exists" in to_text(seen, "full")
    with pytest.raises(MatrixError, match="too large for floating point"):
        explain("1e400 2e400; 1 2", rtol=0.1)
