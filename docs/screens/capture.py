"""Drives the real chat through tmux, as a newcomer would, and saves its screens as SVG and text.

    python docs/screens/capture.py [COMMAND]         (default: make chat)

Needs tmux. Nothing is mocked: the model, the adapter and the keys are the real ones.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI, TerminalTheme
from rich.text import Text

HERE = Path(__file__).resolve().parent
SESSION = "assistant-screens"
COLUMNS, LINES = 112, 36
# The background of the chat's own theme, so that the picture has no seams.
ANSI = [tuple(MONOKAI.ansi_colors[number]) for number in range(16)]
THEME = TerminalTheme((18, 18, 18), (224, 224, 224), ANSI[:8], ANSI[8:])
SORT = "How do I sort an array in MLX?"
SOFTMAX = "How do I compute a softmax over the last axis in MLX?"


def tmux(*words: str) -> str:
    done = subprocess.run(["tmux", *words], capture_output=True, text=True, check=True)
    return done.stdout


def screen() -> str:
    return tmux("capture-pane", "-p", "-t", SESSION)


def wait_for(pattern: str, seconds: float = 60, *, after: str = "") -> None:
    """Wait until the screen shows a pattern, below the last place where `after` stands."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        shown = screen()
        if after:
            shown = shown.rpartition(after)[2] if after in shown else ""
        if re.search(pattern, shown):
            return
        time.sleep(0.2)
    sys.exit(f"The screen never showed {pattern!r}:\n{screen()}")


def settle() -> None:
    """Wait until the screen has stopped changing."""
    before, same = "", 0
    while same < 4:
        time.sleep(0.4)
        now = screen()
        same = same + 1 if now == before else 0
        before = now


def type_line(text: str) -> None:
    tmux("send-keys", "-t", SESSION, "-l", text)
    time.sleep(0.3)
    tmux("send-keys", "-t", SESSION, "Escape")  # closes a completion menu, if one opened
    time.sleep(0.3)
    tmux("send-keys", "-t", SESSION, "Enter")


def save(name: str, title: str) -> None:
    coloured = tmux("capture-pane", "-e", "-p", "-t", SESSION)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(coloured), no_wrap=True, crop=True)
    svg = console.export_svg(title=title, theme=THEME, unique_id=name)
    # Without it, spaces at the ends of a coloured stretch are dropped by some viewers.
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    # The fonts are the reader's own: nothing is fetched to show a screen.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
    (HERE / f"{name}.txt").write_text(screen().rstrip() + "\n", encoding="utf-8")
    print(f"saved {name}")


def main(command: str) -> None:
    subprocess.run(["tmux", "kill-session", "-t", SESSION], capture_output=True, check=False)
    tmux("new-session", "-d", "-s", SESSION, "-x", str(COLUMNS), "-y", str(LINES), command)
    tmux("set-option", "-t", SESSION, "status", "off")
    tmux("resize-window", "-t", SESSION, "-x", str(COLUMNS), "-y", str(LINES))
    wait_for("tiny · base", seconds=300)
    save("welcome", "assistant")
    type_line(SORT)
    wait_for(r"\n.*base .*tok/s")
    settle()
    save("base", "the base model has never met MLX")
    type_line("/adapter load mlx-docs")
    wait_for("mlx-docs is loaded")
    type_line(SOFTMAX)
    wait_for("mx.softmax")
    settle()
    save("adapted", "after /adapter load mlx-docs")
    type_line(f"/compare {SORT}")
    wait_for("part at token|say the same")
    settle()
    save("compare", "/compare: one pass, two answers")
    type_line("/rank [[1,2],[3,6]]")
    wait_for("Rank 1 of at most 2")
    settle()
    save("rank", "/rank [[1,2],[3,6]]")
    type_line("/adapter unload mlx-docs")
    wait_for("mlx-docs is off the model")
    settle()
    save("unloaded", "after /adapter unload mlx-docs")
    type_line("/quit")
    time.sleep(2)
    subprocess.run(["tmux", "kill-session", "-t", SESSION], capture_output=True, check=False)


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "make chat")
