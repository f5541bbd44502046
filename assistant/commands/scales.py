"""NAME=SCALE, as people write which adapter and how strongly. It refuses to know adapters."""

from __future__ import annotations

from collections.abc import Callable

from assistant.errors import UsageError

SCALES_BELOW = 1e4
"""What no strength is as large as, on either side of 0."""


def split_scale(ref: str, is_name: Callable[[str], bool] = lambda ref: False) -> tuple[str, float]:
    """NAME=SCALE into its parts; a bare NAME has scale 1.

    `is_name` says whether the whole is the name of one: adapters are called lr=0.1, too.

    Raises:
        UsageError: the scale is no finite number.
    """
    name, sign, text = ref.rpartition("=")
    if not sign or "/" in text or is_name(ref):  # an = in the name of a folder is none of ours
        return ref, 1.0
    try:
        scale = float(text)
    except ValueError:
        scale = float("nan")
    if not abs(scale) < SCALES_BELOW:
        raise UsageError(
            f"The scale of {name!r} cannot be {text!r}.", f"Write a number, as in {name}=0.8."
        )
    return name, scale
