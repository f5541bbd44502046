"""How long the program takes to its first paint, against an empty Textual app.

    python benchmarks/tui_first_paint.py [--rounds 9]

Each is a process of its own in a terminal of its own, and they take turns: `assistant` as a person
starts it, on the model that ships, which opens behind the screen; and an App of Textual's with
nothing in it. Measured from the start of the process to Textual's `Ready`, which comes once the
first frame has been written; and, without Python's start and the imports, from the construction of
the App. Medians, and the ratios of the medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pexpect

EMPTY = """
from textual.app import App
class Empty(App):
    def __init__(self):
        import time
        self.made = time.monotonic()
        super().__init__()
    def on_ready(self):
        import time
        from pathlib import Path
        Path({told!r}).write_text(f"{{self.made}} {{time.monotonic()}}")
        self.exit()
Empty().run()
"""

CHAT = """
import time
from pathlib import Path
from assistant.tui import app
def made(self, *rest, before=app.ChatApp.__init__):
    self.made = time.monotonic()
    before(self, *rest)
def ready(self):
    Path({told!r}).write_text(f"{{self.made}} {{time.monotonic()}}")
    self.exit()
app.ChatApp.__init__, app.ChatApp.on_ready = made, ready
from assistant.cli import main
main()
"""


def environment(home: Path) -> dict[str, str]:
    """Modules are compiled once, as on anybody's machine, whatever is set or kept on this one."""
    changed = {
        "ASSISTANT_HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(home / "compiled"),
        "TERM": "xterm-256color",
    }
    return {**os.environ, **changed}


def first_paint(code: str, home: Path) -> tuple[float, float]:
    """Milliseconds to the first paint: of the process, and of its App."""
    told = home / "told"
    told.unlink(missing_ok=True)
    begin = time.monotonic()
    program = pexpect.spawn(
        sys.executable,
        ["-c", code.format(told=str(told))],
        env=environment(home),
        dimensions=(40, 120),
        timeout=120,
    )
    program.expect(pexpect.EOF)
    program.wait()
    made, ready = map(float, told.read_text().split())
    return 1000 * (ready - begin), 1000 * (ready - made)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    contestants = {"empty app": EMPTY, "assistant": CHAT}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds + 1):
            for name, code in contestants.items():
                measured = first_paint(code, Path(folder))
                if number:  # the first one compiles the modules
                    took[name].append(measured)
    for at, since in enumerate(("the process's start", "the App's construction")):
        middle = {name: statistics.median(t[at] for t in times) for name, times in took.items()}
        for name, milliseconds in middle.items():
            against = milliseconds / middle["empty app"]
            print(f"{name:<10} {milliseconds:7.0f} ms from {since}   {against:.2f} × empty")


if __name__ == "__main__":
    main()
