"""Short runnable programs around one call, and the check that they run.

The names in a call say which example data it needs: `x` a vector, `a` a matrix, `s` a square
one, and so on (the head of data/operations.toml lists them). A program that raises, prints
nothing, or takes the process with it is no example: the caller drops it.
This module refuses to know what a call means.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.training.libraries import Library

_DATA = {
    "x": "[3.0, 1.0, 2.0]",
    "y": "[1.0, 5.0, 2.0]",
    "p": "[0.2, 0.5, 0.3]",
    "g": "[1.0, 2.0, 3.0, 4.0]",
    "q": "[1.0, 2.0, 3.0, 4.0]",
    "x4": "[1.0, 2.0, 3.0, 4.0]",
    "x3": "[1.0, 0.0, 0.0]",
    "y3": "[0.0, 1.0, 0.0]",
    "u": "[[1.0, 2.0, 3.0]]",
    "n": "[1, 2, 2, 4]",
    "i": "[2, 0, 1]",
    "i2": "[0, 1]",
    "a": "[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]",
    "b": "[[7.0, 8.0, 9.0], [1.0, 2.0, 3.0]]",
    "s": "[[4.0, 1.0], [1.0, 3.0]]",
    "s4": "[[1.0, 2.0, 3.0, 4.0]]",
    "r": "[1.0, 2.0]",
    "m": "[True, False, True]",
    "c": "[1 + 2j, 3 - 1j]",
    "e": "2.0",
}
_PLAIN = {
    "values": "[3, 1, 2]",
    "words": "['pear', 'fig', 'apple']",
    "text": "'hello world'",
    "ages": "{'ann': 31, 'bob': 27}",
}
_MORE = {
    "numpy": {"d": "np.ones((2, 3, 4))"},
    "jax": {
        "d": "jnp.ones((2, 3, 4))",
        "d4": "jnp.ones((1, 2, 3, 4))",
        "key": "jax.random.key(0)",
    },
    "torch": {
        "d": "torch.ones(2, 3, 4)",
        "net": "torch.nn.Linear(4, 1)",
        "opt": "torch.optim.SGD(net.parameters(), lr=0.1)",
    },
    "mlx": {
        "d": "mx.ones((2, 3, 4))",
        "d4": "mx.ones((1, 2, 3, 4))",
        "wide": "mx.ones((64, 64))",
        "key": "mx.random.key(0)",
        "net": "nn.Linear(4, 1)",
    },
}


# SciPy's packages that keep their functions one level further down.
_DEEP = {"spatial", "cluster"}


@dataclass(frozen=True)
class Tried:
    """What became of running a program: its printed text, or the reason it is no good."""

    output: str
    failure: str = ""

    @property
    def ran(self) -> bool:
        return not self.failure


def names_in(code: str) -> list[str]:
    """The free names of a call, in order of appearance."""
    tree = ast.parse(code)
    bound = {
        arg.arg for node in ast.walk(tree) if isinstance(node, ast.Lambda) for arg in node.args.args
    }
    bound |= {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    found = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id not in bound]
    return list(dict.fromkeys(found))


def setup_lines(library: Library, call: str) -> tuple[list[str], list[str]]:
    """Import lines and data lines that `call` needs."""
    more = _MORE.get(library.name, {})
    data: list[str] = []
    for name in names_in(call):
        if name == "opt":
            data.append(f"net = {more['net']}")
        if name == "f":
            data.append("def f(x):\n    return x * x")
        elif name in more:
            data.append(f"{name} = {more[name]}")
        elif name in _PLAIN:
            data.append(f"{name} = {_PLAIN[name]}")
        elif name in _DATA:
            data.append(f"{name} = {library.array.format(_DATA[name])}")
    return _imports(library, "\n".join([*data, call])), data


def _imports(library: Library, code: str) -> list[str]:
    lines = []
    names = names_in(code)
    for name in names:
        if name in library.imports:
            line = library.imports[name]
            lines.append(line if line.startswith("from ") else f"import {line}")
    if "scipy" in names:
        path = code[code.index("scipy.") :].split("(")[0].split(".")
        lines.append(f"import {'.'.join(path[: min(len(path) - 1, 3 if path[1] in _DEEP else 2)])}")
    return sorted(dict.fromkeys(lines))


def program(library: Library, call: str, uses: str = "") -> str:
    """A whole program that runs `call` and prints what comes of it.

    `uses` replaces the last line where printing the result is not what one would write.
    """
    _, data = setup_lines(library, call)
    if uses:
        last = uses
    elif "f" in names_in(call) and "," not in call:
        value = "2.0" if library.name == "jax" else library.array.format("2.0")
        if "vmap" in call:
            value = library.array.format("[1.0, 2.0, 3.0]")
        last = f"g = {call}\nprint(g({value}))"
    elif call.startswith(("values.append", "values.ext", "values.ins", "values.rem", "random.shu")):
        last = f"{call}\nprint(values)"
    elif "save" in call and "savgol" not in call:
        last = call
    elif call.endswith("no_grad()"):
        last = f"with {call}:\n    print(torch.ones(2))"
    elif call.startswith("net("):
        last = f"{call}\nprint(net.weight.grad)"
    elif call.startswith("print"):
        last = call
    else:
        last = f"print({call})"
    body = "\n".join([*data, last])
    head = "\n".join(_imports(library, body))
    return f"{head}\n\n{body}" if head else body


def try_program(source: str, extra: Mapping[str, Any] | None = None) -> Tried:
    """Run a program in a scratch folder and say how it went. It is our own text, not a user's."""
    captured = io.StringIO()
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            with open("notes.txt", "w", encoding="utf-8") as notes:
                notes.write("a note\n")
            _example_files()
            with contextlib.redirect_stdout(captured), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(source, "<example>", "exec"), dict(extra or {}))
        except Exception as failure:
            return Tried("", f"{type(failure).__name__}: {failure}".splitlines()[0])
        finally:
            os.chdir(before)
    return Tried(captured.getvalue())


def _example_files() -> None:
    # "Load data.npy" can only be shown where there is such a file; the same for PyTorch.
    import numpy

    numpy.save("data.npy", numpy.ones(3, dtype="float32"))
    with contextlib.suppress(ImportError):
        import torch

        torch.save(torch.ones(3), "data.pt")
