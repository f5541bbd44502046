"""Asking the terminal to take a text into the clipboard: OSC 52, through tmux and screen too.

The text goes as base64, so that nothing in it can end the sequence or begin another. It refuses to
know how anything is written.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

# What xterm and hterm take of base64 is 100,000 bytes with the sequence around it.
MOST_BYTES = 74_994
# screen cuts its strings at 768 bytes.
_SCREEN_CHUNK = 512


def can_ask(environ: Mapping[str, str]) -> bool:
    """Whether the terminal may know the sequence; some are known not to."""
    if environ.get("TERM", "") in ("", "dumb", "linux"):
        return False
    # Over ssh the name may be that of a terminal elsewhere; Apple's is the one without it.
    return environ.get("TERM_PROGRAM") != "Apple_Terminal"


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """What to write for a text, wrapped for the multiplexer that the environment names."""
    data = base64.b64encode(text.encode()).decode("ascii")
    if environ.get("TMUX"):
        # Every escape inside is doubled; tmux takes the wrapping off and passes the rest on.
        return f"\x1bPtmux;\x1b\x1b]52;c;{data}\x07\x1b\\"
    plain = f"\x1b]52;c;{data}\x07"
    if environ.get("STY"):
        pieces = (plain[at : at + _SCREEN_CHUNK] for at in range(0, len(plain), _SCREEN_CHUNK))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain
