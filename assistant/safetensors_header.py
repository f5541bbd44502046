"""The header of a safetensors file, read and checked without touching a tensor.

Format: 8 bytes little-endian header length N, N bytes of JSON
{name: {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {text: text}}, then the
data (https://github.com/huggingface/safetensors#format).
It refuses to know what the tensors mean and who is told of a damage: adapters and matrices each
have a refusal of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.json_text import parse_json

# The limit of the reference implementation; a header that claims more is damaged or hostile.
MAX_HEADER_BYTES = 100_000_000

BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1}
"""Of one element, by type. The format has more types, and will have others."""
BYTES |= {"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "C64": 8}

# No layer has more; the product of a million sizes would take minutes.
_MOST_AXES = 8

_ENTRY = frozenset({"dtype", "shape", "data_offsets"})


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


class HeaderDamageError(ValueError):
    """A sentence that says what is wrong with a file, and what a person can do about it."""

    def __init__(self, sentence: str, hint: str = "Copy or download it again.") -> None:
        super().__init__(sentence)
        self.hint = hint


def read_header(path: Path) -> Header:
    """Every tensor's header, checked against the size of the file.

    A type that is not among BYTES is no damage: whoever reads the tensor says whether it can.

    Raises:
        OSError: the file cannot be read.
        HeaderDamageError: it is cut off or malformed.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = int.from_bytes(start, "little")
        _check_start(path, start, length, size)
        text = file.read(length)
    try:
        table = parse_json(text)
        if not isinstance(table, dict):
            raise ValueError("it is no object")
    except ValueError as reason:
        raise HeaderDamageError(f"The header of {path} is damaged: {reason}.") from None
    noted = table.pop("__metadata__", None) or {}
    if not isinstance(noted, dict):
        raise HeaderDamageError(f"The header of {path} is damaged at '__metadata__'.")
    first = 8 + length
    tensors = {name: _tensor(path, name, entry, first, size) for name, entry in table.items()}
    _check_places(path, tensors, first, size)
    return Header(tensors, {str(key): str(value) for key, value in noted.items()})


def _check_start(path: Path, start: bytes, length: int, size: int) -> None:
    """Whether the first bytes are those of such a file."""
    if size == 0:
        raise HeaderDamageError(f"{path} is empty.")
    if start == b"version ":
        # What a clone of a repository holds in the place of a large file.
        raise HeaderDamageError(
            f"{path} is a pointer of Git LFS and not the weights.",
            "Run `git lfs pull` where it is.",
        )
    if len(start) == 8 and start.isascii() and start.decode("ascii").isprintable():
        raise HeaderDamageError(f"{path} is text and no safetensors file.")
    if length > MAX_HEADER_BYTES:
        raise HeaderDamageError(
            f"{path} claims a header of {length:,} bytes, which no such file has."
        )
    if len(start) < 8 or length > size - 8:
        raise HeaderDamageError(f"{path} is cut off within its header.")


def _check_places(path: Path, tensors: dict[str, TensorHeader], first: int, size: int) -> None:
    """One tensor after the other, none upon another, nothing left over."""
    at = first
    for begin, end in sorted((tensor.start, tensor.end) for tensor in tensors.values()):
        if begin < at:
            raise HeaderDamageError(f"In {path}, two tensors lie in one place.")
        if begin > at:
            raise HeaderDamageError(f"{path} has bytes between its tensors.")
        at = end
    if at != size:
        raise HeaderDamageError(f"{path} has bytes after its last tensor.")


def _tensor(path: Path, name: str, entry: Any, first: int, size: int) -> TensorHeader:
    """`first` is the byte of the file where the data begins."""

    def damaged(reason: str) -> HeaderDamageError:
        return HeaderDamageError(f"The header of {path} is damaged at {name[:200]!r}: {reason}.")

    if not isinstance(entry, dict) or not entry.keys() >= _ENTRY:
        raise damaged("it lacks a type, a shape or a place")
    dtype, shape, place = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str):
        raise damaged("its type is no text")
    if not _are_counts(shape):
        raise damaged("its shape is no list of whole numbers from 0")
    if len(shape) > _MOST_AXES:
        raise damaged(f"its shape has {len(shape):,} axes")
    if not _are_counts(place) or len(place) != 2 or place[0] > place[1]:
        raise damaged("its place is not two whole numbers from 0")
    begin, end = place
    header = TensorHeader(dtype, tuple(shape), first + begin, first + end)
    if dtype in BYTES and end - begin != header.size * BYTES[dtype]:
        raise damaged("its shape does not take the bytes it has")
    if header.end > size:
        raise HeaderDamageError(f"{path} is cut off within {name[:200]!r}.")
    return header


def _are_counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(n) is int and n >= 0 for n in value)
