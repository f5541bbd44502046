"""Puts what was measured into the model cards: the tables and the loss curves.

A card holds a pair of marks for each set of questions; what stands between them is written here,
and everything else by people. This module refuses to know how anything was measured.
"""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import TrainingError


def put_table(card: Path, name: str, table: str) -> None:
    """Write `table` between the marks of `name` in a card; nothing where there is no card.

    Raises:
        TrainingError: the card has no such marks.
    """
    if not card.exists():
        return
    text = card.read_text("utf-8")
    marks = re.compile(rf"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end -->)", re.S)
    if not marks.search(text):
        raise TrainingError(f"{card} has no place for the table {name!r}.")
    card.write_text(marks.sub(lambda m: f"{m[1]}\n{table}\n\n{m[2]}", text), "utf-8")


def draw_curve(log: Path, folder: Path, title: str) -> None:
    """Draw the losses of `log` beside the card in `folder`; nothing where there is no log."""
    from assistant.training.curve import read_losses, svg

    if log.exists():
        (folder / "training-loss.svg").write_text(svg(read_losses(log), title), "utf-8")
