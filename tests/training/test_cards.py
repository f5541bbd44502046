"""The model cards show what was measured, between their marks and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import TrainingError
from assistant.training.cards import put_table

CARD = "# tiny\n\n<!-- measured: heldout -->\nold\n<!-- end -->\n\nBy hand.\n"


def test_a_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text(CARD)
    put_table(card, "heldout", "| a | \\1 |")
    put_table(card, "heldout", "| b | \\2 |")
    assert card.read_text() == CARD.replace("old", "\n| b | \\2 |\n")


def test_a_card_without_the_marks_is_said(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text(CARD)
    with pytest.raises(TrainingError, match="no place for the table 'other'"):
        put_table(card, "other", "| a |")


def test_where_there_is_no_card_none_is_written(tmp_path: Path) -> None:
    put_table(tmp_path / "README.md", "heldout", "| a |")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("folder", ["models/tiny", "adapters/mlx-docs"])
def test_both_cards_have_a_place_for_both_tables(folder: str) -> None:
    text = (Path(__file__).parents[2] / folder / "README.md").read_text("utf-8")
    for name in ("heldout", "development"):
        table = text.partition(f"<!-- measured: {name} -->")[2].partition("<!-- end -->")[0]
        assert "| | base | adapted |" in table
        assert "MLX questions whose answer names the right call" in table
