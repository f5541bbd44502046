"""`assistant rank`: the rank of a matrix, and why. It refuses to know how a rank is found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from assistant.cli import names
from assistant.cli.options import App, with_model
from assistant.cli.output import note, print_json
from assistant.cli.piped import piped_text
from assistant.cli.progress import patient
from assistant.commands import ranking
from assistant.errors import AssistantError, UsageError
from assistant.paths import find_places, search_folders
from assistant.settings import load_settings

_PATIENCE_S = 2.0


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument(
    "words",
    nargs=-1,
    metavar="[MATRIX | FILE | adapter NAME [MODULE] | -]",
    shell_complete=names.files,
)
@click.option("--tol", type=float, metavar="X", help="Singular values up to X count as zero.")
@click.option("--rtol", type=float, metavar="X", help="The same, relative to the largest one.")
@click.option(
    "--level",
    type=click.Choice(["simple", "full"]),
    default="simple",
    help="How much to explain.",
    show_default=True,
)
@click.option(
    "--svg",
    metavar="FILE",
    shell_complete=names.files,
    help="Draw the arrows and the singular values as well.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.pass_obj
def rank(
    app: App,
    words: tuple[str, ...],
    tol: float | None,
    rtol: float | None,
    level: Any,
    svg: str | None,
    as_json: bool,
) -> None:
    """Find the rank of a matrix, and say why; or what rank an adapter's changes really have.

    \b
      assistant rank '[[1, 2], [3, 6]]'
      assistant rank '1 2; 3 4' --json
      echo '1 2; 3 4' | assistant rank -
      assistant rank weights.safetensors:layer.weight --tol 1e-3
      assistant rank adapter mlx-docs
    """
    ranking.tolerances(tol, rtol)
    _refuse_options(words)
    if words[:1] == (ranking.ADAPTER,):
        if tol is not None or rtol is not None:
            raise UsageError("An adapter takes no tolerance.", "Leave --tol and --rtol out.")
        job = ranking.of_adapter(words[1:], find_places(), base=_base(app))
    else:
        text = _matrix_text(words)
        _refuse_folder(text)
        is_file = len(words) == 1 and _exists(text)
        job = ranking.of_matrix(text, tol=tol, rtol=rtol, is_file=is_file)
    explained = patient(job, _PATIENCE_S)
    if svg is not None:
        note(f"The picture is in {ranking.draw(explained, svg)}.")
    if as_json:
        print_json(explained.to_dict())
    else:
        from assistant.rank import to_text

        print(to_text(explained, level=level))


def _base(app: App) -> Path | None:
    """The folder of the model that adapters are compared with, when it is on this machine."""
    from assistant.engine.models import find_model

    places = find_places()
    model = with_model(load_settings(places.settings_file).settings, app.model).model
    try:
        return find_model(model, search_folders("models", places)).path
    except AssistantError:  # it is only compared with
        return None


def _refuse_options(words: tuple[str, ...]) -> None:
    from assistant.rank.reading.numbers import is_number

    for word in words:
        # Unknown options are let through for the sake of "-1 2; 2 -4", so misspelt ones are ours.
        if re.fullmatch(r"--?[a-z][\w-]*(=.*)?", word, re.IGNORECASE) and not is_number(word):
            raise UsageError(f"There is no option {word}.", "Try: assistant rank --help")


def _refuse_folder(text: str) -> None:
    from assistant.rank.reading.numbers import is_number

    try:
        is_folder = Path(text).is_dir() and not is_number(text)
    except (OSError, ValueError):  # a matrix may be no file name at all
        return
    if is_folder:
        raise UsageError(
            f"{text} is a folder.",
            "Name a file in it; an adapter's rank says: assistant rank adapter FOLDER",
        )


def _matrix_text(words: tuple[str, ...]) -> str:
    """The matrix as typed, or the name of its file.

    A shell splits a matrix that was not quoted, so words are put together.
    """
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
