"""Elimination modulo a prime of a whole array at once, by FLINT's C functions.

python-flint makes a matrix entry by entry, which takes longer than the elimination itself, and
holds Python's lock meanwhile. FLINT is in the process already, so its documented functions are
called by name: the array is copied to where FLINT says each row lies, and other threads run on.
Where they cannot be called, python-flint does the same. This module refuses to know what a rank
modulo a prime proves.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Whole = np.ndarray[Any, np.dtype[np.int64]]

# The largest below 2**23: products are quick, and one matrix in eight million has bad luck.
# It is 1 modulo 4, so that a root of −1 exists and complex numbers have residues as well.
PRIME = 8_388_593
_ROOM = 64  # machine words for FLINT's descriptor of a matrix, which has seven


@dataclass(frozen=True)
class Profile:
    """The rank modulo the prime, and rows and columns of a minor of that size that is not zero.

    `rows` are the first ones that no combination of earlier rows gives, modulo the prime. Both
    are empty when nobody asked for the minor, or the rank is full.
    """

    rank: int
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


def profile(residues: Whole, *, minor: bool = True) -> Profile:
    """Eliminates a matrix of residues, shape (rows, columns), both at least 1."""
    library = _library()
    if library is None:
        return _by_python_flint(residues, minor)
    return _eliminated(library, residues, minor)


@lru_cache(maxsize=1)
def _library() -> Any:
    """FLINT's own functions, or None where they are not to be found."""
    from flint.types import nmod_mat

    signed, unsigned, pointer = ctypes.c_int64, ctypes.c_uint64, ctypes.c_void_p
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        return None
    try:
        library = ctypes.CDLL(nmod_mat.__file__)
        library.nmod_mat_init.argtypes = [pointer, signed, signed, unsigned]
        library.nmod_mat_init.restype = None
        library.nmod_mat_clear.argtypes = [pointer]
        library.nmod_mat_clear.restype = None
        library.nmod_mat_entry_ptr.argtypes = [pointer, signed, signed]
        library.nmod_mat_entry_ptr.restype = pointer
        library.nmod_mat_lu.argtypes = [pointer, pointer, ctypes.c_int]
        library.nmod_mat_lu.restype = signed
    except (OSError, AttributeError):
        return None
    return library


def _filled(library: Any, residues: Whole) -> Any:
    """A new FLINT matrix with these entries; nmod_mat_clear frees it."""
    import numpy as np

    array = np.ascontiguousarray(residues, dtype=np.int64)
    height, width = array.shape
    memory = (ctypes.c_uint64 * _ROOM)()
    library.nmod_mat_init(memory, height, width, PRIME)
    line = 8 * width
    first = library.nmod_mat_entry_ptr(memory, 0, 0)
    if library.nmod_mat_entry_ptr(memory, height - 1, 0) - first == line * (height - 1):
        ctypes.memmove(first, array.ctypes.data, array.nbytes)
    else:
        for row in range(height):
            place = library.nmod_mat_entry_ptr(memory, row, 0)
            ctypes.memmove(place, array.ctypes.data + row * line, line)
    return memory


def _eliminated(library: Any, residues: Whole, minor: bool) -> Profile:
    # FLINT pivots by exchanging rows, so the columns of its echelon form are the first ones that
    # are needed. Transposed, those are the rows.
    width, height = residues.shape
    memory = _filled(library, residues.T)
    try:
        order = (ctypes.c_int64 * height)()
        rank = int(library.nmod_mat_lu(order, memory, 0))
        if not minor or rank == min(height, width):
            return Profile(rank)
        return Profile(rank, _pivots_of_u(library, memory, rank, width), tuple(order[:rank]))
    finally:
        library.nmod_mat_clear(memory)


def _pivots_of_u(library: Any, memory: Any, rank: int, width: int) -> tuple[int, ...]:
    import numpy as np

    packed = np.empty((rank, width), np.uint64)
    for row in range(rank):
        place = library.nmod_mat_entry_ptr(memory, row, 0)
        ctypes.memmove(packed.ctypes.data + row * 8 * width, place, 8 * width)
    # L stands left of the diagonal; the first entry from there on is the pivot of U.
    pivots: list[int] = np.triu(packed != 0).argmax(axis=1).tolist()
    return tuple(pivots)


def _nmod(residues: Whole) -> Any:
    from flint import fmpz_mat, nmod_mat

    height, width = residues.shape
    return nmod_mat(fmpz_mat(height, width, residues.ravel().tolist()), PRIME)


def _by_python_flint(residues: Whole, minor: bool) -> Profile:
    matrix = _nmod(residues)
    rank = int(matrix.rank())
    if not minor or rank == min(residues.shape):
        return Profile(rank)
    return Profile(rank, _pivots(matrix.transpose()), _pivots(matrix))


def _pivots(matrix: Any) -> tuple[int, ...]:
    reduced, rank = matrix.rref()
    found: list[int] = []
    for row in range(rank):
        start = found[-1] + 1 if found else 0
        found.append(next(c for c in range(start, matrix.ncols()) if int(reduced[row, c])))
    return tuple(found)
