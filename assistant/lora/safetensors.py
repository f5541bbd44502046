"""The tensors of an adapter's or a model's safetensors file, or the reason why it is not usable.

It refuses to know the format and what the tensors mean.
"""

from __future__ import annotations

from pathlib import Path

from assistant.errors import AdapterUnusable
from assistant.file_trouble import why
from assistant.safetensors_header import BYTES, HeaderDamageError, TensorHeader
from assistant.safetensors_header import read_header as read_any_header

__all__ = ["TensorHeader", "read_header"]


def read_header(path: Path) -> dict[str, TensorHeader]:
    """Every tensor's type and shape, checked against the size of the file.

    Raises:
        AdapterUnusable: the file is missing, truncated, malformed, or of a type that does not run.
    """
    try:
        tensors = read_any_header(path).tensors
    except OSError as error:
        raise AdapterUnusable(
            f"{path} cannot be read: {why(error)}.", "Check the file and its rights."
        ) from None
    except HeaderDamageError as damage:
        raise AdapterUnusable(str(damage), damage.hint) from None
    for name, tensor in tensors.items():
        if tensor.dtype not in BYTES:
            raise AdapterUnusable(
                f"In {path}, {name[:200]!r} is of type {tensor.dtype[:20]}, "
                "which this version does not run.",
                "Save the adapter in float32 or bfloat16.",
            )
    return tensors
