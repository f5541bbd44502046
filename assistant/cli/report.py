"""`assistant report`: a stored batch of comparisons as tables and as a page, also against another.

It refuses to know how answers are made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from assistant.cli.output import note, show
from assistant.commands.blocks import Block, Notice, Table
from assistant.compare.report import report_page
from assistant.compare.results import read_results
from assistant.compare.runs import column_names, earlier_run, told_same
from assistant.compare.scores import Score, column_scores, run_scores
from assistant.compare.totals import readings, totals
from assistant.errors import InputFileError
from assistant.file_trouble import why

FILE = click.Path(path_type=Path, dir_okay=False)
Rows = Sequence[Mapping[str, Any]]


@click.command()
@click.argument("results", type=FILE, metavar="RESULTS.jsonl")
@click.option(
    "--before",
    type=FILE,
    metavar="EARLIER.jsonl",
    help="An earlier run of the same questions, from before a training, say.",
)
@click.option("--html", type=FILE, metavar="FILE.html", help="Write the report as a page.")
def report(results: Path, before: Path | None, html: Path | None) -> None:
    """Sum up a run that `assistant compare --out` kept, also against an earlier one.

    \b
      assistant report after.jsonl --before before.jsonl --html change.html
    """
    rows = read_results(results)
    earlier = read_results(before) if before is not None else []
    if html is not None:
        write_report(html, rows, earlier)
    show(summary(rows, earlier))


def refuse_unwritable(*files: Path | None) -> None:
    """Say before hours of work that its result could not be kept.

    Raises:
        InputFileError: the folder of a file is not there, or may not be written to.
    """
    for file in filter(None, files):
        folder = file.absolute().parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            why = "may not be written to" if folder.is_dir() else "is not there"
            raise InputFileError(
                f"{file} cannot be written: its folder {why}.",
                "Give a file in a folder that exists.",
            )


def write_file(file: Path, text: str) -> None:
    """Write what was worked for.

    Raises:
        InputFileError: it cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputFileError(
            f"{file} cannot be written: {why(error)}.", "Give a file in a folder that exists."
        ) from None


def write_report(file: Path, rows: Rows, before: Rows = ()) -> None:
    """The page, on one file.

    Raises:
        InputFileError: it cannot be written.
    """
    write_file(file, report_page(rows, before))
    note(f"The report is in {file}")


def summary(rows: Rows, before: Rows = ()) -> Iterator[Block]:
    """What a run adds up to, as blocks."""
    answered = [row for row in rows if "answers" in row]
    names = column_names(rows)
    same = told_same(rows)
    beside = f"; {same}" if same else ""
    yield Notice(f"{len(answered)} of {len(rows)} questions answered{beside}.")
    yield from _totals(rows, names)
    for name in names[1:]:
        scores = column_scores(rows, name)
        if scores:
            yield _table(scores, ("base", name), f"{name} against base")
    if before:
        yield from map(Notice, earlier_run(before, rows).sentences())
    for name in names if before else ():
        scores = run_scores(before, rows, name)
        if scores:
            yield _table(scores, ("before", "now"), f"{name}, before and now")


def _totals(rows: Rows, names: Sequence[str]) -> Iterator[Block]:
    """What each column's answers add up to, and the 2 × 2 table of all of them."""
    if counted := totals(rows):
        cells = [one.cells for one in counted]
        said = tuple(tuple(one.get(head, "–") for head in cells[0]) for one in cells)
        yield Table(tuple(cells[0]), said, "All answers of each column", accent=None)
    for name in names[1:]:
        if (read := readings(rows, name)) is not None:
            shown = tuple(
                (whose, *("–" if n is None else f"{n:.3g}" for n in numbers))
                for whose, *numbers in read.rows
            )
            title = "Perplexity over all of them; 1 is sure of every token"
            yield Table(("", "by base", f"by {name}", "mean KL"), shown, title)


def _table(scores: Sequence[Score], names: tuple[str, str], title: str) -> Table:
    rows = []
    for score in scores:
        factor, digits = (100, "%") if score.measure.share else (1, "")
        interval = score.paired.interval
        gap = f"{score.paired.mean * factor:+.1f}"
        ends = f"{interval.low * factor:+.1f} to {interval.high * factor:+.1f}"
        rows.append(
            (
                score.measure.name,
                f"{score.first * factor:.1f}{digits}",
                f"{score.second * factor:.1f}{digits}",
                gap,
                ends,
                str(score.paired.count),
                score.verdict or "not settled",
            )
        )
    return Table(("", *names, "difference", "95 % of it", "questions", ""), tuple(rows), title)
