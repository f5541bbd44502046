"""Goes through the cells and prints their tables. See the package's docstring."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.engine.making import (
    ADAPTERS,
    MODELS,
    TYPES,
    make_adapters,
    make_large_adapter,
    make_model,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    parser.add_argument("--types", nargs="+", default=list(TYPES), choices=TYPES)
    parser.add_argument("--blas", nargs="+", default=["on", "off"], choices=["on", "off"])
    parser.add_argument("--tokens", type=int, default=64, help="length of every answer")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each contestant")
    parser.add_argument("--chat", type=int, default=2000, help="tokens of the long chat")
    parser.add_argument("--cycles", type=int, default=1000, help="load, use, unload")
    parser.add_argument(
        "--as-stored",
        action="store_true",
        help="mlx-lm with its own type of weights too; quantised ones take a minute an answer",
    )
    given = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, {date.today().isoformat()}\n")
    with tempfile.TemporaryDirectory() as folder:
        for name in given.models:
            # The model that ships is measured as it is stored.
            for kind in ["stored"] if name == "tiny" else given.types:
                home = Path(folder) / f"{name}-{kind}"
                model = make_model(home, name, kind)
                adapters = make_adapters(home, model, ADAPTERS)
                large = make_large_adapter(home, model)
                for blas in given.blas:
                    print(f"## {name}, {kind}, BLAS {blas}\n", flush=True)
                    cell(model, adapters, large, blas, given)


def cell(
    model: Path, adapters: list[Path], large: Path, blas: str, given: argparse.Namespace
) -> None:
    """Run one cell in a process of its own; a cell that breaks says so and the others go on."""
    wanted = {
        "model": str(model),
        "adapters": [str(adapter) for adapter in adapters],
        "large": str(large),
        "tokens": given.tokens,
        "rounds": given.rounds,
        "chat": given.chat,
        "cycles": given.cycles,
        "as_stored": given.as_stored,
    }
    environment = dict(os.environ)
    if blas == "off":
        environment["ASSISTANT_BLAS"] = "off"
    command = [sys.executable, "-m", "benchmarks.engine.cell", json.dumps(wanted)]
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode:
        print(f"This cell broke off with exit code {done.returncode}.\n", flush=True)


if __name__ == "__main__":
    main()
