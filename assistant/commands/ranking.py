"""What `/rank` and `assistant rank` share: which matrix or adapter is meant, and how it is asked.

It refuses to know how a rank is found, and any screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from assistant.commands.job import Calculation
from assistant.errors import UsageError
from assistant.file_trouble import why
from assistant.lora import find_adapter
from assistant.paths import Places, search_folders

if TYPE_CHECKING:
    from assistant.rank import AdapterExplanation, Explanation
    from assistant.rank.watch import Watch

    Explained: TypeAlias = Explanation | AdapterExplanation

ADAPTER = "adapter"
"""The word that asks about an adapter instead of a matrix."""


def of_matrix(
    text: str, *, tol: float | None = None, rtol: float | None = None, is_file: bool = False
) -> Calculation[Explained]:
    """Start on the matrix that the text writes, or on the file it names."""

    def work(watch: Watch) -> Explained:
        from assistant.rank import explain, explain_file, looks_like_file

        of_text = explain_file if is_file or looks_like_file(text) else explain
        return of_text(text, atol=tol, rtol=rtol, watch=watch)

    return Calculation(work)


def of_adapter(
    words: Sequence[str], places: Places, *, base: Path | None, folder: Path | None = None
) -> Calculation[Explained]:
    """Start on an adapter, words: NAME [MODULE]. `base` is the folder of the model to compare with,
    `folder` where the adapter is when that is known.

    Raises:
        UsageError: more words than that, or none.
        AdapterNotFound: nothing of that name.
    """
    if not 1 <= len(words) <= 2:
        raise UsageError("Name an adapter, and a module if you like.", "As in: adapter mlx-docs")
    path = folder or _weights(words[0], places)
    module = words[1] if len(words) == 2 else ""

    def work(watch: Watch) -> Explained:
        from assistant.rank import explain_adapter

        return explain_adapter(path, module=module, base=base, watch=watch)

    return Calculation(work)


def _weights(ref: str, places: Places) -> Path:
    """A file as it stands, whoever wrote it; else an adapter of that name."""
    file = Path(ref).expanduser()
    if file.suffix.lower() == ".safetensors" or (file.is_dir() and any(file.glob("*.safetensors"))):
        return file
    return find_adapter(ref, search_folders("adapters", places))


def tolerances(tol: float | None, rtol: float | None) -> None:
    """Raises UsageError for what is no tolerance, or two of them."""
    for name, value in (("--tol", tol), ("--rtol", rtol)):
        if value is not None and not 0 <= value < float("inf"):
            raise UsageError(f"{name} cannot be {value:g}.", "It takes a number, 0 or more.")
    if tol is not None and rtol is not None:
        raise UsageError("--tol and --rtol both set the tolerance.", "Give one of them.")


def draw(explained: Explained, file: str) -> Path:
    """Write the picture of an explanation; raises UsageError where that cannot be."""
    from assistant.rank import to_svg

    path = Path(file).expanduser()
    if not file:
        raise UsageError("The picture's file has no name.", "Name one: --svg FILE")
    try:
        path.write_text(to_svg(explained), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The picture cannot be written to {path}: {why(error)}.", "Name another file."
        ) from error
    return path
