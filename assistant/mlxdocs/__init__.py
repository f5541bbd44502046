"""The API of the installed MLX: look a name up, and check code against it. Nothing is executed.

    look_up("mx.softmax")              its signature and what it says about itself
    check_code("mx.softmx(x)")         [Finding(name="mx.softmx", line=1, suggestion="mx.softmax")]

Importing this package does not import mlx; the first question does.
"""

from assistant.mlxdocs.api import Entry, every_name, look_up, search
from assistant.mlxdocs.check import Finding, Use, check_code, mlx_uses

__all__ = ["Entry", "Finding", "Use", "check_code", "every_name", "look_up", "mlx_uses", "search"]
