"""The header of a safetensors file, read and checked without touching a tensor.

Format: 8 bytes little-endian header length N, N bytes of JSON
{name: {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {text: text}}, then the
data (https://github.com/huggingface/safetensors#format).
It refuses to know what the tensors mean and who is told of a damage: adapters and matrices each
have a refusal of their own.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The limit of the reference implementation; a header that claims more is damaged or hostile.
MAX_HEADER_BYTES = 100_000_000

BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1}
"""Of one element, by type. The format has more types, and will have others."""
BYTES |= {"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "C64": 8}


@dataclass(frozen=True)
class TensorHeader:
    """Type, shape and place of one tensor; `start` and `end` count bytes in the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def size(self) -> int:
        """Its elements."""
        return math.prod(self.shape)

    @property
    def is_float(self) -> bool:
        return self.dtype in {"F32", "F16", "BF16", "F64"}


@dataclass(frozen=True)
class Header:
    """The tensors of one file by name, and what its writer noted about it."""

    tensors: dict[str, TensorHeader]
    metadata: dict[str, str]


def read_header(path: Path) -> Header:
    """Every tensor's header, checked against the size of the file.

    A type that is not among BYTES is no damage: whoever reads the tensor says whether it can.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is cut off or malformed; the text is a sentence that says so of `path`.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > min(MAX_HEADER_BYTES, size - 8):
            raise ValueError(f"{path} is cut off or is no safetensors file.")
        text = file.read(length)
    table = _table(path, text)
    noted = table.pop("__metadata__", None) or {}
    if not isinstance(noted, dict):
        raise ValueError(f"The header of {path} is damaged at '__metadata__'.")
    first = 8 + length
    tensors = {name: _tensor(path, name, entry, first, size) for name, entry in table.items()}
    # One tensor after the other, none upon another, nothing left over.
    places = sorted((tensor.start, tensor.end) for tensor in tensors.values())
    ends = [first, *(end for _, end in places)]
    if ends[-1] != size or any(begin != at for (begin, _), at in zip(places, ends, strict=False)):
        raise ValueError(f"{path} has more or fewer bytes than its header says.")
    return Header(tensors, {str(key): str(value) for key, value in noted.items()})


def _table(path: Path, text: bytes) -> dict[str, Any]:
    try:
        table = json.loads(text.decode("utf-8"), object_pairs_hook=_no_duplicates)
        if not isinstance(table, dict):
            raise ValueError("it is no object")
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise ValueError(f"The header of {path} is damaged: {reason}.") from None
    return table


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _tensor(path: Path, name: str, entry: Any, first: int, size: int) -> TensorHeader:
    """`first` is the byte of the file where the data begins."""
    try:
        dtype, shape = entry["dtype"], tuple(entry["shape"])
        begin, end = entry["data_offsets"]
        sane = isinstance(dtype, str) and all(
            type(number) is int and number >= 0 for number in (*shape, begin, end)
        )
        if not sane or begin > end:
            raise ValueError
        header = TensorHeader(dtype, shape, first + begin, first + end)
        if end - begin != header.size * BYTES.get(dtype, 0) and dtype in BYTES:
            raise ValueError
    except (TypeError, KeyError, ValueError):
        raise ValueError(f"The header of {path} is damaged at {name!r}.") from None
    if header.end > size:
        raise ValueError(f"{path} is cut off within {name!r}.")
    return header
