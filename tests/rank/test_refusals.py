"""Text that is no matrix is refused in one sentence that names the row, the entry and the place."""

from __future__ import annotations

import pytest

from assistant.errors import MatrixError
from assistant.rank.reading import read

REFUSALS = {
    "[[1,2],[3]]": "Row 2 has 1 entry, but row 1 has 2 (character 8).",
    "1 2\n3\n5 6": "Row 2 has 1 entry, but row 1 has 2 (line 2, character 1).",
    "[[1,2,9],[3,4],[5,6]]": "Row 1 has 3 entries, but row 2 has 2 (character 2).",
    "[[[1,2],[3,4]],[[1,2],[3]]]": (
        "Slice 2, row 2 has 1 entry, but slice 1, row 1 has 2 (character 23)."
    ),
    "[[1,2],[3,x]]": "Row 2, entry 2 is `x`, which is not a number (character 11).",
    "[1,2,x]": "Entry 3 is `x`, which is not a number (character 6).",
    "hello there": "I see no numbers in `hello there`.",
    "1,5;2,5\n3,5;4,5": ("Is `1,5` one entry with a decimal comma, or two (line 1, character 1)?"),
    "1.000,5 2": (
        "Entry 1 is `1.000,5`, which has a decimal comma or is two entries (character 1)."
    ),
    "1 2 / 3 6": ("Entry 2: does `/` end a row, or is `2 / 3` a fraction (character 3)?"),
    "[[1,,2],[3,6]]": "Row 1, entry 2 is empty (character 5).",
    "1 2 ...\n3 4": (
        "Row 1, entry 3 is `...`, so part of the matrix is missing (line 1, character 5)."
    ),
    "rank of 1 2; 3 nan": (
        "Row 2, entry 2 is `nan`, which stands for “not a number” (character 16)."
    ),
    "1 2; 3 NaN": "Row 2, entry 2 is `NaN`, which stands for “not a number” (character 8).",
    "[1 -inf; 2 3]": (
        "Row 1, entry 2 is `-inf`, and infinity is no number that a row can be multiplied by"
        " (character 4)."
    ),
    "1/0 2; 3 4": "Row 1, entry 1 is `1/0`, and nothing can be divided by zero (character 1).",
    "[[1,2],[3,6]": "The bracket `[` is never closed (character 1).",
    "[[1,2],[3,6)]": "The bracket `[` (character 8) is closed by `)` (character 12).",
    "1 2] 3": "The bracket `]` closes, but none was opened (character 4).",
    r"\begin{bmatrix}1&2\\3&6": r"`\begin` has no matching `\end` (character 1).",
    "1,5 2,5; 3,5 4": (
        "Row 1, entry 1 is `1,5`, which has a decimal comma or is two entries (character 1)."
    ),
    "1,5\t2,5\n3,5\t4": (
        "Row 1, entry 1 is `1,5`, which has a decimal comma or is two entries"
        " (line 1, character 1)."
    ),
    '"1,5";"2,5"': "`1,5` has a decimal comma (character 2).",
    "[1 - 2; 3 6]": "Row 1, entry 1: is `1 - 2` one entry or two (character 2)?",
    "[1 + 2i 3]": "Entry 1: is `1 + 2i` one entry or two (character 2)?",
    "[1, 2 3; 4 5 6]": (
        "Row 1, entry 2 is `2 3`, numbers with only a space between them (character 5)."
    ),
    "1;2\n3;6": (
        "Do the semicolons end a row or part two entries, as in `1;2` (line 1, character 2)?"
    ),
    "[[1,2],[3,6]] and [[1,0],[0,1]]": (
        "This text holds 2 bracketed lists, the second one at character 19; which do you mean?"
    ),
    "[1, , 2]": "Entry 2 is empty (character 5).",
    "1 2;; 3 4": "Row 2 is empty: two semicolons follow each other (character 5).",
    "[[1 2],,[3 6]]": "Row 2 is empty: two separators follow each other (character 7).",
    "[[1,2],3]": "`3` is a number among lists, after row 1 (character 8).",
    "[[1,...,2]]": "Row 1, entry 2 is `...`, so part of the matrix is missing (character 5).",
    "2*[[1,2],[3,6]]": (
        "`2*` beside the matrix is a calculation, and I only read numbers (character 1)."
    ),
    "[[1,2],[3,6]].T": (
        "`.T` beside the matrix is a calculation, and I only read numbers (character 14)."
    ),
    "inv([[1,2],[3,6]])": "`inv(…)` is a calculation, and I only read numbers (character 1).",
    "[2**2 1]": "Entry 1 is `2**2`, which is a calculation (character 2).",
    "[[1 - 2, 3]]": "Row 1, entry 1 is `1 - 2`, which is a calculation (character 3).",
    "50% 1": "Entry 1 is `50%`, a percentage (character 1).",
    "1e99999 1": "Entry 1 is `1e99999`, which needs more than 10,000 digits (character 1).",
    "": "There is no matrix here: the text is empty.",
    "[" * 100: "More than 32 brackets are open at once (character 33).",
}


@pytest.mark.parametrize(("text", "message"), REFUSALS.items())
def test_the_refusal_says_what_is_wrong_and_where(text: str, message: str) -> None:
    with pytest.raises(MatrixError) as caught:
        read(text)
    assert caught.value.message == message
    assert caught.value.hint.endswith((".", "?")) or "write" in caught.value.hint.lower()


@pytest.mark.parametrize(
    "text",
    ["__import__('os').system('true')", "[[1, exit()], [2, 3]]", "[[1].__class__]", "exec(1)"],
)
def test_nothing_that_is_typed_is_run(text: str) -> None:
    with pytest.raises(MatrixError):
        read(text)


def test_a_huge_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(MatrixError, match="8,000,001 characters"):
        read("1" * 8_000_001)


def test_a_matrix_of_too_many_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.rank.reading.nodes.MAX_ENTRIES", 1_000)
    read("1 " * 1_000)
    with pytest.raises(MatrixError, match="more than 1,000 entries"):
        read("1 " * 1_001)


def test_a_doubtful_sign_comes_with_both_ways_to_write_it() -> None:
    with pytest.raises(MatrixError) as caught:
        read("[1 - 2; 3 6]")
    assert caught.value.hint == "For two entries write 1, -2; for one write -1."


def test_a_sum_too_long_to_be_written_is_asked_about_all_the_same() -> None:
    with pytest.raises(MatrixError, match="one entry or two") as caught:
        read("1 + 1e9999 2\n3 4 5")
    assert "its result" in caught.value.hint
