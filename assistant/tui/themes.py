"""The program's own four themes: dark, light, the terminal's own sixteen colours, high contrast.

In each of them one colour means "adapted" and nothing else has it: amber, or magenta where a
terminal's yellow may be anything. Contrast is tested on what is drawn (WCAG 2: 4.5 to 1 for text,
7 to 1 in high contrast). This module refuses to know what is drawn with the colours.
"""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="dark",
    dark=True,
    background="#121417",
    surface="#1c1f24",
    panel="#252930",
    foreground="#e6e8eb",
    primary="#3f8fdd",
    secondary="#9a86e0",
    accent="#d98a1c",
    warning="#d9c24a",
    error="#e0506f",
    success="#4ebf71",
    variables={
        "text-primary": "#82bbf2",
        "text-secondary": "#bcaef0",
        "text-accent": "#ffb547",
        "text-warning": "#e8d36a",
        "text-error": "#ff8fa5",
        "text-success": "#7ed79a",
    },
)

LIGHT = Theme(
    name="light",
    dark=False,
    background="#fdfdfc",
    surface="#f1f2f4",
    panel="#e6e8ec",
    foreground="#08090b",
    primary="#1b6fc2",
    secondary="#6a4fb0",
    accent="#c26a00",
    warning="#8a6d00",
    error="#c02646",
    success="#1f7a48",
    variables={
        "text-primary": "#0b519a",
        "text-secondary": "#57399f",
        "text-accent": "#824300",
        "text-warning": "#6b5400",
        "text-error": "#a3183a",
        "text-success": "#145c35",
    },
)

CONTRAST = Theme(
    name="contrast",
    dark=True,
    background="#000000",
    surface="#000000",
    panel="#101010",
    foreground="#ffffff",
    primary="#6cb6ff",
    secondary="#cdb4ff",
    accent="#b86e00",
    warning="#fff27a",
    error="#ff6b81",
    success="#5cff9d",
    variables={
        "text-primary": "#8ccaff",
        "text-secondary": "#d9c7ff",
        "text-accent": "#ffb84d",
        "text-warning": "#fff27a",
        "text-error": "#ff9dab",
        "text-success": "#5cff9d",
        "text-muted": "#ffffff",
        "text-disabled": "#c8c8c8",
    },
)

# What a person chose for their terminal, whatever that is: nothing here is blended or guessed.
ANSI = Theme(
    name="ansi",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_bright_blue",
    accent="ansi_magenta",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        # Textual's own widgets ask for these two; the terminal's defaults are not guessed either.
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_cyan",
        "link-color": "ansi_cyan",
        "border-blurred": "ansi_default",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_cyan",
        "screen-selection-foreground": "ansi_black",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
    },
)

THEMES = (DARK, LIGHT, ANSI, CONTRAST)


def own_variables(theme: Theme) -> dict[str, str]:
    """What the styles name beside Textual's own variables, for any theme: shades of the primary
    colour behind letters, as strong as the contrast of those allows.

    `found` is behind words that were looked for, whatever colour they have; `marked` behind a line
    of a list on `surface`, `marked-panel` behind one on `panel`. The latter are seen among the
    sixteen colours of a terminal that has no more, too.
    """
    found, marked, on_panel = (0.2, 0.2, 0.15) if theme.dark else (0.2, 0.25, 0.2)
    shades = {"found": found, "marked": marked, "marked-panel": on_panel}
    if theme.ansi:
        return dict.fromkeys(shades, "ansi_default")
    primary = Color.parse(theme.primary)
    return {name: primary.with_alpha(share).hex for name, share in shades.items()}
