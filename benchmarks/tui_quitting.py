"""How long the program takes to end while a model reads a prompt of thousands of tokens.

    python benchmarks/tui_quitting.py [--tokens 8000] [--rounds 3]

Starts the chat as a person does, in a terminal of its own, on a copy of the embedded model whose
context is long enough. A long text is pasted and sent; a moment later Ctrl+C, which stops it, and
Ctrl+D, which quits, are pressed. Measured from the first key to the process being gone; one line
for each round, and the slowest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pexpect

from assistant.engine.models import find_model
from assistant.paths import find_places, search_folders


def roomy_copy(folder: Path, tokens: int) -> Path:
    """The embedded model with a context for so many tokens, and more."""
    source = find_model("tiny", search_folders("models", find_places())).path
    assert source is not None, "the model that ships is missing"
    copy = folder / "tiny"
    shutil.copytree(source, copy)
    file = copy / "config.json"
    config = json.loads(file.read_text())
    config["max_position_embeddings"] = 4 * tokens
    file.write_text(json.dumps(config))
    return copy


def quitting(model: Path, home: Path, tokens: int, wait: float) -> float:
    """Seconds from the keys to the end of the process."""
    environment = {**os.environ, "ASSISTANT_HOME": str(home), "TERM": "xterm-256color"}
    program = pexpect.spawn(
        sys.executable,
        ["-m", "assistant", "-m", str(model)],
        env=environment,
        dimensions=(40, 120),
        timeout=120,
    )
    program.expect("ctx")  # the status line has it once the model is there
    # A word is a token at least; pasted as a terminal does it.
    program.send("\x1b[200~" + "sort " * tokens + "\x1b[201~")
    _read(program, 1.0)
    program.send("\r")
    _read(program, wait)
    begin = time.perf_counter()
    program.send("\x03")
    program.send("\x04")
    program.expect(pexpect.EOF)
    program.wait()
    return time.perf_counter() - begin


def _read(program: pexpect.spawn[bytes], seconds: float) -> None:
    """Take what the program draws, so that it never waits for the terminal."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            program.read_nonblocking(1 << 16, timeout=0.05)
        except pexpect.TIMEOUT:
            continue


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tokens", type=int, default=8000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--wait", type=float, default=0.5, help="seconds of prefill before the keys"
    )
    options = parser.parse_args()
    took = []
    with tempfile.TemporaryDirectory() as folder:
        model = roomy_copy(Path(folder), options.tokens)
        for number in range(options.rounds):
            home = Path(folder) / f"home-{number}"
            took.append(quitting(model, home, options.tokens, options.wait))
            print(f"round {number + 1}: the process is gone after {took[-1]:.2f} s")
    slowest = max(took)
    print(f"the slowest of {len(took)}: {slowest:.2f} s, while {options.tokens:,} tokens are read")


if __name__ == "__main__":
    main()
