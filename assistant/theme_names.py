"""What the themes of the full screen are called. It refuses to know their colours."""

from __future__ import annotations

OWN_THEMES = {
    "dark": "light letters on dark",
    "light": "dark letters on light",
    "ansi": "the terminal's own sixteen colours",
    "contrast": "black and white, as far apart as they go",
}
"""Each with what it is."""

# Written out: to ask Textual takes longer than all else that reading the settings does.
TEXTUAL_THEMES = (
    *("textual-dark", "textual-light", "ansi-dark", "ansi-light", "atom-one-dark"),
    *("atom-one-light", "catppuccin-frappe", "catppuccin-latte", "catppuccin-macchiato"),
    *("catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine"),
    *("rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "tokyo-night"),
)
