"""A matrix in a file: text of any kind that can be typed, or an array saved by NumPy.

It refuses to know what the text means.
"""

from __future__ import annotations

from pathlib import Path

from assistant.errors import MatrixError

LARGEST = 50_000_000  # bytes; what is larger is no matrix that somebody wants explained


def is_file(text: str) -> bool:
    """Whether a word names a file; a matrix may be no file name at all."""
    try:
        return Path(text).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        return False


def read_matrix_file(name: str) -> tuple[str, float | None]:
    """The text of the matrix, and the relative tolerance that stored floats ask for.

    Raises:
        MatrixError: the file cannot be read.
    """
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > LARGEST:
            raise MatrixError(f"{name} is too large for this.", "50 MB is the most.")
        if path.suffix == ".npy":
            return _saved_array(path)
        return path.read_text(encoding="utf-8"), None
    except OSError as error:
        raise MatrixError(f"{name} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise MatrixError(
            f"{name} is not a text file.", "It can be text, or a .npy file of numpy.save."
        ) from None


def _saved_array(path: Path) -> tuple[str, float | None]:
    """Floats in a file were rounded by whoever saved them, so NumPy's rule decides, in their own
    precision: the exact rank of rounded numbers says little."""
    import numpy as np

    try:
        # Without pickle: a file must not be able to run anything.
        array = np.load(path, allow_pickle=False)
        rounded = np.issubdtype(array.dtype, np.inexact)
        rtol = max((1, *array.shape)[-2:]) * float(np.finfo(array.dtype).eps) if rounded else None
        return repr(array.tolist()), rtol
    except (ValueError, TypeError, EOFError) as error:
        reason = str(error).partition("\n")[0]
        raise MatrixError(f"{path} is no array of numbers: {reason}.") from None
