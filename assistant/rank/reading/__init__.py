"""Reading: what was typed or stored → an exact array, or one sentence that says why not.

Each notation has a module; `find` chooses among them, `nodes` checks the shape for all of them.
"""

from .files import SUFFIXES, Stored, looks_like_file, read_file
from .find import read

__all__ = ["SUFFIXES", "Stored", "looks_like_file", "read", "read_file"]
