"""How much memory this process has now. It refuses to know what it is for."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

# <sys/resource.h> of macOS: RUSAGE_INFO_V0 begins with 16 bytes of uuid and seven 64-bit numbers,
# then ri_phys_footprint, which Activity Monitor shows and which includes Metal's memory.
_V0 = 0
_FOOTPRINT_AT = 16 + 7 * 8
_ROOM = 512  # far more than the structure takes


def process_memory() -> int | None:
    """Bytes; None where they cannot be seen."""
    try:
        return _footprint() if sys.platform == "darwin" else _resident()
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def _resident() -> int:
    """What Linux says is in memory: the second number counts pages."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _footprint() -> int | None:
    library = ctypes.CDLL(None)
    buffer = ctypes.create_string_buffer(_ROOM)
    if library.proc_pid_rusage(os.getpid(), _V0, buffer) != 0:
        return None
    return int.from_bytes(buffer.raw[_FOOTPRINT_AT : _FOOTPRINT_AT + 8], sys.byteorder)
