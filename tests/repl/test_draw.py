"""Blocks as lines of text."""

from __future__ import annotations

import pytest

from assistant.commands.blocks import (
    Asked,
    Bar,
    Block,
    Chart,
    Fold,
    Markdown,
    Matrix,
    Notice,
    Preformatted,
    Problem,
    Spot,
    Table,
)
from assistant.repl.draw import draw
from assistant.repl.words import cells


def text(block: Block, width: int = 100) -> str:
    return "\n".join(line.text for line in draw(block, width))


def test_a_table_is_aligned_whatever_the_width_of_its_characters() -> None:
    table = Table(("name", "rank"), (("世界", "8"), ("mlx-docs", "16")))
    assert text(table) == "name      rank\n世界      8\nmlx-docs  16"


def test_a_column_with_nothing_in_it_is_left_out() -> None:
    assert text(Table(("a", "b", "c"), (("1", "", "3"),))) == "a  c\n1  3"


def test_a_long_last_column_is_wrapped_under_itself() -> None:
    drawn = text(Table(("name", "what"), (("x", "word " * 20),)), width=40)
    assert max(map(len, drawn.splitlines())) <= 40
    assert drawn.splitlines()[2].startswith("      word")


def test_a_table_too_wide_for_the_screen_says_one_fact_to_a_line() -> None:
    drawn = text(Table(("name", "folder", "size"), (("x", "/long" * 10, "3 MB"),)), width=30)
    assert drawn == f"x\n  folder: {'/long' * 10}\n  size: 3 MB"


def test_where_lines_have_no_end_a_row_is_a_line_however_wide_it_is() -> None:
    table = Table(("name", "folder", "size"), (("x", "/long" * 10, "3 MB"),))
    first, second = [line.text for line in draw(table, 30, endless=True)]
    assert first.split() == ["name", "folder", "size"]
    assert second == f"x     {'/long' * 10}  3 MB"


def test_facts_are_broken_between_words_and_a_column_without_a_name_has_no_colon() -> None:
    table = Table(("name", "", "what"), (("x", "in use", "word " * 9),))
    drawn = text(table, width=24)
    assert drawn == "x\n  in use\n  what: word word word\n  word word word word\n  word word"
    heard = [line.text for line in draw(table, 24, endless=True, aloud=True)]
    assert heard[2] == f"  what: {'word ' * 9}".rstrip()


def test_where_lines_have_no_end_no_text_is_broken() -> None:
    for block in (Notice("word " * 40), Markdown("word " * 40), Problem("word " * 40)):
        (line,) = draw(block, 50, endless=True)
        assert line.text.count("word") == 40


def test_the_code_in_markdown_and_in_kept_answers_is_not_broken() -> None:
    code = "```\nx = 1,    2,    3,    4,    5\n```"
    assert text(Markdown(code), 10) == code
    assert text(Asked(code), 10) == f"you:\n{code}"
    assert max(map(len, text(Asked("word " * 40), 20).splitlines())) <= 20


def test_cells_stay_on_one_line_and_carry_no_controls() -> None:
    assert text(Table(("a",), (("x\ny \x1b[31mred",),))) == "a\nx y [31mred"


def test_pivots_are_starred_and_the_digits_stay_in_line() -> None:
    matrix = Matrix((("1", "2"), ("0", "−10")), "Step 1", frozenset({(0, 0)}))
    assert text(matrix) == "Step 1\n  1*    2\n  0   −10\n  * marks a pivot"


def test_a_chart_says_its_values_and_which_count_as_zero() -> None:
    chart = Chart((Bar("σ1", 7.07), Bar("σ2", 1e-16)), threshold=1e-15)
    assert text(chart) == "  σ1  7.07\n  σ2  1e-16  counts as zero"


def test_a_problem_says_what_to_do_on_a_line_of_its_own() -> None:
    assert text(Problem("It broke.", "Mend it.")) == "Error: It broke.\nMend it."
    assert text(Problem("It broke.")) == "Error: It broke."


def test_sentences_are_wrapped_between_words_and_code_is_not() -> None:
    assert max(map(len, text(Notice("word " * 40), 50).splitlines())) <= 50
    assert text(Preformatted("x = 1\n    y"), 3) == "  x = 1\n      y"


@pytest.mark.parametrize("letter", ["x", "世", "e\u0301", "👩\u200d🔬"])
def test_a_line_that_may_be_cut_ends_where_the_screen_does(letter: str) -> None:
    block = Preformatted(f"{letter * 3000}\nshort", cuts=True)
    first, second = text(block, 40).splitlines()
    assert 38 <= cells(first) <= 40
    assert first.endswith("…")
    assert second == "  short"
    assert next(draw(block, 40, endless=True)).text == f"  {letter * 3000}"


def test_what_is_drawn_with_signs_is_heard_in_words() -> None:
    block = Preformatted("├ one", heard="one, aside")
    assert [line.text for line in draw(block)] == ["  ├ one"]
    assert [line.text for line in draw(block, aloud=True)] == ["  one, aside"]


def test_a_fold_is_its_title_and_what_is_in_it() -> None:
    fold = Fold("Steps", (Notice("one"), Fold("Inner", (Notice("two"),))))
    assert text(fold) == "Steps:\n  one\n  Inner:\n    two"


@pytest.mark.parametrize(
    "block",
    [
        Table(("a",), ()),
        Matrix(()),
        Matrix(((), ())),
        Chart(()),
        Markdown(""),
        Notice(""),
        Fold("", ()),
        Preformatted(""),
    ],
)
def test_empty_blocks_are_drawn_as_little(block: Block) -> None:
    assert len(text(block).splitlines()) <= 2


def test_the_title_of_a_table_is_broken_between_words() -> None:
    table = Table(("a",), (("1",),), "words " * 8)
    lines = [line.text for line in draw(table, 20, aloud=True)]
    assert lines[:3] == ["words words words", "words words words", "words words:"]


def test_read_aloud_each_cell_comes_after_the_name_of_its_column() -> None:
    table = Table(("name", "rank", "note"), (("mlx-docs", "16", ""),))
    assert [line.text for line in draw(table, aloud=True)] == ["name: mlx-docs", "  rank: 16"]
    fold = Fold("more", (table,))
    assert "    rank: 16" in [line.text for line in draw(fold, aloud=True)]


def test_what_was_found_far_above_is_written_and_what_is_near_is_not_written_twice() -> None:
    asked = Asked("How?", 1)
    assert [line.text for line in draw(Spot(1, (asked,)))] == [
        "Earlier in it, what was found:",
        "you:",
        "How?",
    ]
    assert list(draw(Spot(1))) == []
