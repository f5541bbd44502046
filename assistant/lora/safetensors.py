"""Reads and checks the header of a safetensors file without loading a tensor.

Format: 8 bytes little-endian header length N, N bytes of JSON
{name: {"dtype", "shape", "data_offsets": [begin, end]}}, then the data
(https://github.com/huggingface/safetensors#format).
It refuses to know what the tensors mean.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable

# No adapter has more; a header that claims more is damaged or hostile.
MAX_HEADER_BYTES = 64 * 1024 * 1024

_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1}
_BYTES |= {"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "C64": 8}


@dataclass(frozen=True)
class TensorHeader:
    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def is_float(self) -> bool:
        return self.dtype in {"F32", "F16", "BF16", "F64"}


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice")
    return dict(pairs)


def read_header(path: Path) -> dict[str, TensorHeader]:
    """Every tensor's type and shape, checked against the size of the file.

    Raises:
        AdapterUnusable: the file is missing, truncated or malformed.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            if len(start) < 8 or length > min(MAX_HEADER_BYTES, size - 8):
                raise AdapterUnusable(
                    f"{path} is cut off or is no safetensors file.", "Copy or download it again."
                )
            text = file.read(length)
    except OSError as error:
        raise AdapterUnusable(
            f"{path} cannot be read: {error.strerror or error}.", "Check the file and its rights."
        ) from None
    try:
        table = json.loads(text.decode("utf-8"), object_pairs_hook=_no_duplicates)
        if not isinstance(table, dict):
            raise ValueError("it is no object")
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise AdapterUnusable(
            f"The header of {path} is damaged: {reason}.", "Copy or download it again."
        ) from None
    table.pop("__metadata__", None)
    headers, places = {}, []
    for name, entry in table.items():
        headers[name], place = _tensor(path, name, entry, size - 8 - length)
        places.append(place)
    # One tensor after the other, none upon another, nothing left over.
    at = 0
    for begin, end in sorted(places):
        if begin != at:
            break
        at = end
    if at != size - 8 - length:
        raise AdapterUnusable(
            f"{path} has more or fewer bytes than its header says.", "Copy or download it again."
        )
    return headers


def _tensor(
    path: Path, name: str, entry: Any, data_bytes: int
) -> tuple[TensorHeader, tuple[int, int]]:
    """The tensor's header, and where its bytes begin and end."""
    try:
        dtype, shape = entry["dtype"], entry["shape"]
        begin, end = entry["data_offsets"]
        if isinstance(dtype, str) and dtype not in _BYTES:
            raise AdapterUnusable(
                f"In {path}, {name!r} is of type {dtype[:20]}, which this version does not run.",
                "Save the adapter in float32 or bfloat16.",
            )
        sane = all(type(n) is int and n >= 0 for n in (*shape, begin, end))
        header = TensorHeader(dtype, tuple(shape))
        if not sane or end - begin != header.size * _BYTES[dtype]:
            raise ValueError
    except (TypeError, KeyError, ValueError):
        raise AdapterUnusable(
            f"The header of {path} is damaged at {name!r}.", "Copy or download it again."
        ) from None
    if end > data_bytes:
        raise AdapterUnusable(f"{path} is cut off within {name!r}.", "Copy or download it again.")
    return header, (begin, end)
