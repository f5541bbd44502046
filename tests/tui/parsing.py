"""Reads each style sheet once for all the apps of the tests, which read the same ones.

A third of an app's start is reading them. What was read is shared as Textual shares it within one
app; other variables, as another theme has, are read anew. It refuses to know what is in them.
"""

from __future__ import annotations

from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_read = Stylesheet._parse_rules
_known: dict[tuple[Any, ...], list[RuleSet]] = {}


def _read_once(self: Stylesheet, *what: Any, **how: Any) -> list[RuleSet]:
    key = (what, tuple(how.items()), tuple(self._variables.items()))
    if key not in _known:
        _known[key] = _read(self, *what, **how)
    return _known[key]


def read_styles_once() -> None:
    """Let the apps of this process read so."""
    Stylesheet._parse_rules = _read_once  # type: ignore[method-assign]
