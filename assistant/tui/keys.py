"""Teaches Textual the one key it does not tell apart on plain terminals: Alt+Enter.

A terminal without the extended keyboard protocol sends Escape and a carriage return for it, which
Textual reads as Enter: the draft would be sent in the middle. It refuses to know what keys do.
"""

from __future__ import annotations

from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys


def tell_alt_enter_apart() -> None:
    """Read Alt+Enter as Ctrl+J, which breaks the line too."""
    known = cast("dict[str, tuple[Keys, ...]]", ANSI_SEQUENCES_KEYS)
    known.setdefault("\x1b\r", (Keys.ControlJ,))
