"""Stored matrices: .npy, .npz:name, .safetensors:name, .csv, .tsv and .txt.

Floats stay floats, because stored floats are measured or rounded; whole numbers and text are
exact. Pickled data is never loaded. This module refuses to know how a rank is decided.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import MatrixError
from assistant.file_trouble import why

from ..values import Grid
from .find import read
from .numbers import is_number
from .safetensors import open_tensors

if TYPE_CHECKING:
    import numpy as np

SUFFIXES = (".npy", ".npz", ".safetensors", ".csv", ".tsv", ".txt")
_INSIDE = re.compile(r"(?P<path>.+\.(?:npz|safetensors)):(?P<name>.+)", re.IGNORECASE)
_PICKLED = (".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt", ".joblib")
_MAGIC = b"\x93NUMPY"
_MAX_BYTES = 2**31  # of one array
_EXACT_UP_TO = 4_000_000  # whole numbers; beyond it Python's integers would fill the memory
_NAMED_UP_TO = 5  # tensors listed in a question


@dataclass(frozen=True)
class Stored:
    """An array of floats as it lies in a file, and its name for people."""

    array: np.ndarray[Any, Any]
    name: str


def looks_like_file(text: str) -> bool:
    """Whether the text is a single word with an ending that read_file knows."""
    match = _INSIDE.fullmatch(text.strip())
    name = match["path"] if match else text.strip()
    return name.lower().endswith((*SUFFIXES, *_PICKLED)) and "\n" not in name and "[" not in name


def read_file(spec: str | Path) -> Grid | Stored:
    """The array in a file; `archive.npz:name` and `model.safetensors:name` choose one inside.

    Raises MatrixError when the file is missing, broken, pickled or holds several arrays.
    """
    match = _INSIDE.fullmatch(str(spec))
    exists = Path(spec).exists()
    path, name = (Path(match["path"]), match["name"]) if match and not exists else (Path(spec), "")
    path = path.expanduser()
    suffix = path.suffix.lower()
    if suffix in _PICKLED:
        raise MatrixError(
            f"{path.name} is a pickled file, and loading one can run any program.",
            "Save the matrix as .npy or .safetensors.",
        )
    if suffix not in SUFFIXES:
        raise MatrixError(
            f"I do not know files like {path.name}.", f"I read {', '.join(SUFFIXES)}."
        )
    if not path.is_file():
        raise MatrixError(f"There is no file {path}.", "Check the name and the folder.")
    if suffix == ".safetensors":
        return _from_safetensors(path, name)
    if suffix in (".npy", ".npz"):
        return _from_numpy(path, name)
    return _from_text(path)


def _from_numpy(path: Path, name: str) -> Grid | Stored:
    import numpy as np

    try:
        if path.suffix.lower() == ".npz":
            with zipfile.ZipFile(path) as archive:
                inside = [entry for entry in archive.infolist() if entry.filename.endswith(".npy")]
            member = _one([entry.filename[:-4] for entry in inside], name, path)
            sizes = {entry.filename[:-4]: entry.file_size for entry in inside}
            _refuse_huge(sizes[member], path)
            with np.load(path, allow_pickle=False) as arrays:
                return _array(arrays[member], f"{path.name}:{member}")
        _refuse_huge(path.stat().st_size, path)
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise ValueError("no .npy file")
        # Mapped first: a header that promises more than the file holds fails before any copy.
        return _array(np.array(np.load(path, mmap_mode="r", allow_pickle=False)), path.name)
    except MatrixError:
        raise
    except Exception as error:  # a damaged header makes NumPy's parsers raise errors of many kinds
        if "pickle" in str(error).lower() or "object" in str(error).lower():
            raise MatrixError(
                f"{path.name} holds Python objects, and loading those can run any program.",
                "Save the numbers alone, with a numeric dtype.",
            ) from error
        raise MatrixError(
            f"{path.name} is no complete {path.suffix} file.", "Save it again with NumPy."
        ) from error


def _from_safetensors(path: Path, name: str) -> Grid | Stored:
    file = open_tensors(path)
    member = _one(list(file.tensors), name, path)
    info = file.tensors[member]
    _refuse_huge(info.end - info.start, path)
    return _array(file.load(member), f"{path.name}:{member}")


def _one(names: Sequence[str], name: str, path: Path) -> str:
    """The name asked for, or the only one there is."""
    if name in names or (not name and len(names) == 1):
        return name or names[0]
    listed = ", ".join(names[:_NAMED_UP_TO]) + (", …" if len(names) > _NAMED_UP_TO else "")
    if not names:
        raise MatrixError(f"{path.name} holds no array.", "Check the file.")
    if not name:
        raise MatrixError(
            f"{path.name} holds {len(names):,} arrays; which one do you mean?",
            f"Write {path.name}:{names[0]}, for example; there are {listed}.",
        )
    raise MatrixError(f"{path.name} has no array {name!r}.", f"There are {listed}.")


def _refuse_huge(size: int, path: Path) -> None:
    if size > _MAX_BYTES:
        raise MatrixError(
            f"The array in {path.name} has {size:,} bytes, and {_MAX_BYTES:,} is the most I read.",
            "Take a part of it.",
        )


def _array(array: np.ndarray[Any, Any], name: str) -> Grid | Stored:
    import numpy as np

    kind = array.dtype.kind
    if kind in "biu" and array.size <= _EXACT_UP_TO:
        return Grid(array.shape, tuple(int(number) for number in array.ravel().tolist()))
    if kind in "biu":
        array = array.astype(np.float64)
    elif kind == "f":
        wide = np.float32 if array.dtype.itemsize <= 4 else np.float64
        array = array.astype(wide)
    elif kind == "c":
        array = array.astype(np.complex64 if array.dtype.itemsize <= 8 else np.complex128)
    else:
        raise MatrixError(f"{name} holds {array.dtype}, not numbers.", "Save numbers only.")
    _refuse_not_finite(array, name)
    return Stored(array, name)


def _refuse_not_finite(array: np.ndarray[Any, Any], name: str) -> None:
    import numpy as np

    finite = np.isfinite(array)
    if finite.all():
        return
    from .nodes import named

    index = tuple(int(place) for place in np.argwhere(~finite)[0])
    what = "NaN, which stands for “not a number”" if np.isnan(array[index]) else "infinite"
    raise MatrixError(
        f"{named(index, leaf=True).capitalize()} of {name} is {what}.",
        "Give finite numbers, or leave the whole row out.",
    )


def _from_text(path: Path) -> Grid | Stored:
    _refuse_huge(path.stat().st_size, path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MatrixError(f"{path.name} is not text in UTF-8.", "Save it as UTF-8.") from error
    except OSError as error:
        raise MatrixError(f"I cannot read {path}: {why(error)}.", "Check the file.") from error
    note = ""
    heading, _, rest = text.lstrip().partition("\n")
    cells = [cell.strip().strip("\"'") for cell in re.split(r"[,;\t]", heading)]
    if rest.strip() and "[" not in heading and not any(is_number(cell) for cell in cells if cell):
        # Blanked and not cut off, so that the lines keep their numbers.
        lead = len(text) - len(text.lstrip())
        text = text[:lead] + " " * len(heading) + text[lead + len(heading) :]
        note = f"Left out the heading {', '.join(cells)[:60]}."
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(";" in line for line in lines) and "[" not in text:
        text = text.replace(";", "\t")  # how spreadsheets write where the comma is for decimals
    grid = read(text)
    if grid.decimal:
        return Stored(_floats(grid), path.name)
    return Grid(grid.shape, grid.entries, note or grid.note)


def _floats(grid: Grid) -> np.ndarray[Any, Any]:
    """Decimals in a file are taken for measured values, so they become floats."""
    import numpy as np

    from ..values import Gaussian

    flat = [
        complex(float(x.re), float(x.im)) if isinstance(x, Gaussian) else float(x)
        for x in grid.entries
    ]
    return np.array(flat).reshape(grid.shape)
