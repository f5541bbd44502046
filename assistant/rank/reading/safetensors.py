"""Tensors of a .safetensors file as NumPy arrays, one at a time and without reading the rest.

NumPy lacks bfloat16, so this reader widens it to float32. This module refuses to know what a
tensor is for, and runs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import MatrixError
from assistant.file_trouble import why
from assistant.safetensors_header import TensorHeader, read_header

if TYPE_CHECKING:
    import numpy as np

_FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "C64": "<c8"}
_SIGNED = {"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "BOOL": "|b1"}
_TYPES = _FLOATS | _SIGNED | {"U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1"}


@dataclass(frozen=True)
class TensorFile:
    """The header of one file: tensors by name, and what its writer noted about it."""

    path: Path
    tensors: dict[str, TensorHeader]
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
        header = read_header(path)
    except OSError as error:
        raise MatrixError(f"I cannot read {path}: {why(error)}.", "Check the name.") from error
    except ValueError as error:
        raise MatrixError(
            f"{path.name} is no complete .safetensors file.", "Download or save it again."
        ) from error
    return TensorFile(path, header.tensors, header.metadata)
