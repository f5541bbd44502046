"""Which theme to wear. It refuses to know colours."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.commands.blocks import Notice

DEFAULT_THEME = "dark"


def choose_theme(
    wanted: str, known: Collection[str], *, no_color: bool = False
) -> tuple[str, Notice | None]:
    """A theme that exists, and what there is to say when that is not the one wanted."""
    if wanted not in known:
        from assistant.commands.blocks import Notice  # not before the first paint, if it can wait

        names = ", ".join(sorted(known))
        said = f"There is no theme {wanted!r}; this is {DEFAULT_THEME}. There are: {names}."
        return DEFAULT_THEME, Notice(said, "warning")
    if no_color and "ansi" in wanted:
        # Without colours Textual draws those black on black.
        return DEFAULT_THEME, None
    return wanted, None
