"""Reads and checks the header of a safetensors file without loading a tensor.

Format: 8 bytes little-endian header length N, N bytes of JSON
{name: {"dtype", "shape", "data_offsets": [begin, end]}}, then the data
(https://github.com/huggingface/safetensors#format).
It refuses to know what the tensors mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.lora.json_text import parse_json

# No adapter has more; a header that claims more is damaged or hostile.
MAX_HEADER_BYTES = 64 * 1024 * 1024

_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1}
_BYTES |= {"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "C64": 8}

# No layer has more; the product of a million sizes would take minutes.
_MOST_AXES = 8

_AGAIN = "Copy or download it again."


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


def read_header(path: Path) -> dict[str, TensorHeader]:
    """Every tensor's type and shape, checked against the size of the file.

    Raises:
        AdapterUnusable: the file is missing, truncated or malformed.
    """
    text, data_bytes = _read(path)
    try:
        table = parse_json(text)
        if not isinstance(table, dict):
            raise ValueError("it is no object")
    except ValueError as reason:
        raise AdapterUnusable(f"The header of {path} is damaged: {reason}.", _AGAIN) from None
    table.pop("__metadata__", None)
    headers, places = {}, []
    for name, entry in table.items():
        headers[name], place = _tensor(path, name, entry, data_bytes)
        places.append(place)
    # One tensor after the other, none upon another, nothing left over.
    at = 0
    for begin, end in sorted(places):
        if begin < at:
            raise AdapterUnusable(f"In {path}, two tensors lie in one place.", _AGAIN)
        if begin > at:
            raise AdapterUnusable(f"{path} has bytes between its tensors.", _AGAIN)
        at = end
    if at != data_bytes:
        raise AdapterUnusable(f"{path} has bytes after its last tensor.", _AGAIN)
    return headers


def _read(path: Path) -> tuple[bytes, int]:
    """The header's text, and how many bytes of data follow it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            problem = _problem_of_size(start, length, size)
            if problem:
                raise AdapterUnusable(f"{path} {problem[0]}.", problem[1])
            return file.read(length), size - 8 - length
    except OSError as error:
        raise AdapterUnusable(
            f"{path} cannot be read: {error.strerror or error}.", "Check the file and its rights."
        ) from None


def _problem_of_size(start: bytes, length: int, size: int) -> tuple[str, str] | None:
    """What its first bytes say against a file, and what to do."""
    if size == 0:
        return "is empty", _AGAIN
    if start == b"version ":
        # What a clone of a repository holds in the place of a large file.
        return "is a pointer of Git LFS and not the weights", "Run `git lfs pull` where it is."
    if len(start) == 8 and start.isascii() and start.decode("ascii").isprintable():
        return "is text and no safetensors file", _AGAIN
    if length > MAX_HEADER_BYTES:
        return f"claims a header of {length:,} bytes, which no adapter has", _AGAIN
    if len(start) < 8 or length > size - 8:
        return "is cut off within its header", _AGAIN
    return None


def _tensor(
    path: Path, name: str, entry: Any, data_bytes: int
) -> tuple[TensorHeader, tuple[int, int]]:
    """The tensor's header, and where its bytes begin and end."""

    def damaged(reason: str) -> AdapterUnusable:
        return AdapterUnusable(
            f"The header of {path} is damaged at {name[:200]!r}: {reason}.", _AGAIN
        )

    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= set(entry):
        raise damaged("it lacks a type, a shape or a place")
    dtype, shape, place = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str):
        raise damaged("its type is no text")
    if dtype not in _BYTES:
        raise AdapterUnusable(
            f"In {path}, {name[:200]!r} is of type {dtype[:20]}, which this version does not run.",
            "Save the adapter in float32 or bfloat16.",
        )
    if not _are_counts(shape):
        raise damaged("its shape is no list of whole numbers from 0")
    if len(shape) > _MOST_AXES:
        raise damaged(f"its shape has {len(shape):,} axes")
    if not _are_counts(place) or len(place) != 2:
        raise damaged("its place is not two whole numbers from 0")
    header = TensorHeader(dtype, tuple(shape))
    begin, end = place
    if end - begin != header.size * _BYTES[dtype]:
        raise damaged("its shape does not take the bytes it has")
    if end > data_bytes:
        raise AdapterUnusable(f"{path} is cut off within {name[:200]!r}.", _AGAIN)
    return header, (begin, end)


def _are_counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(n) is int and n >= 0 for n in value)
