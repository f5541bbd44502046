"""Tensors of a .safetensors file as NumPy arrays, one at a time and without reading the rest.

The format is an 8-byte length, a JSON header with type, shape and byte range of every tensor,
and the bytes (https://huggingface.co/docs/safetensors). NumPy lacks bfloat16, so this reader
widens it to float32. This module refuses to know what a tensor is for, and runs nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import MatrixError

if TYPE_CHECKING:
    import numpy as np

_MAX_HEADER = 100_000_000  # bytes; the limit of the reference implementation
_FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "C64": "<c8"}
_SIGNED = {"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "BOOL": "|b1"}
_TYPES = _FLOATS | _SIGNED | {"U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1"}


@dataclass(frozen=True)
class TensorInfo:
    """Type, shape and place of one tensor; `start` and `end` count bytes in the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class TensorFile:
    """The header of one file: tensors by name, and what its writer noted about it."""

    path: Path
    tensors: dict[str, TensorInfo]
    metadata: dict[str, str]

    def load(self, name: str) -> np.ndarray[Any, Any]:
        """One tensor; bfloat16 becomes float32. Raises MatrixError for a type NumPy lacks."""
        import numpy as np

        info = self.tensors[name]
        if info.dtype not in _TYPES:
            raise MatrixError(
                f"The tensor {name} of {self.path.name} is stored as {info.dtype}, which I do not"
                " read.",
                "Convert it to float32 or bfloat16.",
            )
        with self.path.open("rb") as file:
            file.seek(info.start)
            flat = np.frombuffer(file.read(info.end - info.start), _TYPES[info.dtype])
        if info.dtype == "BF16":  # the upper half of a float32
            flat = (flat.astype(np.uint32) << 16).view(np.float32)
        return flat.reshape(info.shape)


def open_tensors(path: Path) -> TensorFile:
    """Reads the header only. Raises MatrixError for a file that is none or is cut short."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(size - 8, _MAX_HEADER):
                raise _broken(path)
            header = json.loads(file.read(length))
        noted = header.pop("__metadata__", None) or {}
        tensors = {name: _info(entry, 8 + length, size) for name, entry in header.items()}
    except OSError as error:
        raise MatrixError(f"I cannot read {path}: {error.strerror}.", "Check the name.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _broken(path) from error
    return TensorFile(path, tensors, {str(key): str(value) for key, value in noted.items()})


def _info(entry: dict[str, Any], base: int, size: int) -> TensorInfo:
    shape = tuple(int(length) for length in entry["shape"])
    start, end = (base + int(offset) for offset in entry["data_offsets"])
    dtype = str(entry["dtype"])
    width = int(_TYPES[dtype][2:]) if dtype in _TYPES else 0
    if not base <= start <= end <= size or (width and end - start != prod(shape) * width):
        raise ValueError(dtype)
    return TensorInfo(dtype, shape, start, end)


def _broken(path: Path) -> MatrixError:
    return MatrixError(
        f"{path.name} is no complete .safetensors file.", "Download or save it again."
    )
