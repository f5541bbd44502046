"""Reading: what was typed or stored → an exact array, or one sentence that says why not.

Each notation has a module; `find` chooses among them, `nodes` checks the shape for all of them.
"""

from .find import read

__all__ = ["read"]
