"""How long the program takes to its first paint, against an empty Textual app.

    python benchmarks/tui_first_paint.py [--rounds 9]

Each is a process of its own in a terminal of its own, and they take turns: `assistant` as a person
starts it, on the model that ships; and an App of Textual's with nothing in it. A clock beside the
terminal reads what arrives there, so nothing of the program is changed or asked. The empty app has
painted when the last line of its screen has arrived. The chat has painted when its title, where one
types and the status stand in what has arrived, all three, as they stay. Then a letter is typed:
when it stands in the composer, all parts of the screen are there and take keys.

Medians, and the ratio of the medians.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pexpect

LINES, COLUMNS = 40, 120
EMPTY = "from textual.app import App; App().run()"
CHAT = "from assistant.cli import main; main()"
PATIENCE_S = 120
SEQUENCE = re.compile(r"\x1b(\[[0-9;?>$]*[a-zA-Z]|\][^\x07]*\x07)")
LAST_LINE = re.compile(rf"\x1b\[{LINES};1H")
CHAT_SHOWS = ("A model on this computer, and LoRA", "sk anything, / for commands", "F1 help")
"""Its title, the composer (whose cursor stands on its first letter), and the status at the end."""


def environment(home: Path) -> dict[str, str]:
    """Modules are compiled once, as on anybody's machine, whatever is set or kept on this one."""
    changed = {
        "ASSISTANT_HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(home / "compiled"),
        "TERM": "xterm-256color",
    }
    return {**os.environ, **changed}


class Terminal:
    """A program, and what has arrived of it."""

    def __init__(self, code: str, home: Path) -> None:
        self._begin = time.monotonic()
        self.program = pexpect.spawn(
            sys.executable, ["-c", code], env=environment(home), dimensions=(LINES, COLUMNS)
        )
        self.arrived = ""

    def until(self, holds: Sequence[str] | re.Pattern[str]) -> float:
        """Milliseconds from the start of the process until all of it has arrived."""
        while not self._holds(holds):
            if time.monotonic() - self._begin > PATIENCE_S:
                raise SystemExit(f"waited in vain for {holds}: {self.text[-2000:]}")
            if select.select([self.program.child_fd], [], [], 0.2)[0]:
                self.arrived += os.read(self.program.child_fd, 1 << 16).decode("utf-8", "replace")
        return 1000 * (time.monotonic() - self._begin)

    @property
    def text(self) -> str:
        """Without the colours and places."""
        return SEQUENCE.sub("", self.arrived)

    def _holds(self, wanted: Sequence[str] | re.Pattern[str]) -> bool:
        if isinstance(wanted, re.Pattern):
            return wanted.search(self.arrived) is not None
        return all(text in self.text for text in wanted)

    def end(self) -> None:
        self.program.close(force=True)


def empty(home: Path) -> dict[str, float]:
    terminal = Terminal(EMPTY, home)
    try:
        return {"first paint": terminal.until(LAST_LINE)}
    finally:
        terminal.end()


def chat(home: Path) -> dict[str, float]:
    """To the first paint, and to a letter that was typed then."""
    terminal = Terminal(CHAT, home)
    try:
        painted = terminal.until(CHAT_SHOWS)
        terminal.arrived = ""
        terminal.program.send("q")
        # The composer's line: its border, a space, and the letter where the placeholder was.
        typed = terminal.until(("│ q ",))
        return {"first paint": painted, "takes keys": typed}
    finally:
        terminal.end()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    contestants = {"empty app": empty, "assistant": chat}
    took: dict[str, list[dict[str, float]]] = {name: [] for name in contestants}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds + 1):
            for name, measure in contestants.items():
                measured = measure(Path(folder))
                if number:  # the first one compiles the modules
                    took[name].append(measured)
    against = statistics.median(times["first paint"] for times in took["empty app"])
    for name, all_times in took.items():
        for what in all_times[0]:
            middle = statistics.median(times[what] for times in all_times)
            print(f"{name:<10} {what:<12} {middle:7.0f} ms   {middle / against:.2f} × empty")


if __name__ == "__main__":
    main()
