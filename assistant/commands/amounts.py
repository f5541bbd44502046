"""Sizes and counts as people read them.

It refuses to know what is being counted.
"""

from __future__ import annotations


def quantity(number: int) -> str:
    """5_800_000 as "5.8M", 98_304 as "98k", 640 as "640"."""
    for size, unit in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{_short(number / size)}{unit}"
    return str(number)


def size(number: int) -> str:
    """Bytes as "24 MB", in powers of ten as file managers count."""
    for power, unit in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if number >= power:
            return f"{_short(number / power)} {unit}"
    return f"{number} bytes"


def times(number: int, noun: str) -> str:
    """ "1 layer", "12 layers"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:.0f}"
