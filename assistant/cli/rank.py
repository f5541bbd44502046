"""`assistant rank`: the rank of a matrix, and why. It refuses to know how a rank is found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from assistant.cli.output import print_json
from assistant.cli.piped import piped_text
from assistant.errors import UsageError


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="[MATRIX | FILE | -]")
@click.option("--tol", type=float, metavar="X", help="Singular values up to X count as zero.")
@click.option("--rtol", type=float, metavar="X", help="The same, relative to the largest one.")
@click.option(
    "--level",
    type=click.Choice(["simple", "full"]),
    default="simple",
    help="How much to explain.",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def rank(
    words: tuple[str, ...], tol: float | None, rtol: float | None, level: Any, as_json: bool
) -> None:
    """Find the rank of a matrix, and say why.

    \b
      assistant rank '[[1, 2], [3, 6]]'
      assistant rank '1 2; 3 4' --json
      echo '1 2; 3 4' | assistant rank -
    """
    _check_tolerance(tol, rtol)
    text = _matrix_text(words)
    from assistant.rank import explain, explain_file, looks_like_file, to_text

    is_file = looks_like_file(text) or (len(words) == 1 and _exists(text))
    explanation = (explain_file if is_file else explain)(text, atol=tol, rtol=rtol)
    if as_json:
        print_json(explanation.to_dict())
    else:
        print(to_text(explanation, level=level))


def _check_tolerance(tol: float | None, rtol: float | None) -> None:
    for name, value in (("--tol", tol), ("--rtol", rtol)):
        if value is not None and not 0 <= value < float("inf"):
            raise UsageError(f"{name} cannot be {value:g}.", "It takes a number, 0 or more.")
    if tol is not None and rtol is not None:
        raise UsageError("--tol and --rtol both set the tolerance.", "Give one of them.")


def _matrix_text(words: tuple[str, ...]) -> str:
    """The matrix as typed, or the name of its file.

    A shell splits a matrix that was not quoted, so words are put together.
    """
    for word in words:
        # Unknown options are let through for the sake of "-1 2; 2 -4", so misspelt ones are ours.
        if re.match(r"--?[a-z]", word, re.IGNORECASE):
            raise UsageError(f"There is no option {word}.", "Try: assistant rank --help")
    text = " ".join(words)
    if text.strip() not in ("", "-"):
        return text
    if text := piped_text():
        return text
    raise UsageError(
        "There is no matrix.", "Write one in quotes, as in: assistant rank '[[1, 2], [3, 6]]'"
    )


def _exists(name: str) -> bool:
    """Whether a word names a file; a matrix may be no file name at all."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False
