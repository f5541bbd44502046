"""Calls that were run before anything is said about them, and names known from docstrings alone.

This module refuses to know how anybody asks.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass

from assistant.training import answers
from assistant.training.docstrings import Documented, walk
from assistant.training.libraries import BASE_LIBRARIES, Library
from assistant.training.tables import Operation

# Whatever could teach the base the library it must not know.
FORBIDDEN = re.compile(r"mlx|\bmx\b", re.IGNORECASE)

_MODULES = (
    ("numpy", "numpy", "np."),
    ("numpy", "numpy.linalg", "np.linalg."),
    ("numpy", "numpy.random", "np.random."),
    ("numpy", "numpy.fft", "np.fft."),
    ("jax", "jax.numpy", "jnp."),
    ("jax", "jax.nn", "jax.nn."),
    ("jax", "jax", "jax."),
    ("torch", "torch", "torch."),
    ("torch", "torch.nn", "torch.nn."),
    ("torch", "torch.linalg", "torch.linalg."),
    ("torch", "torch.nn.functional", "torch.nn.functional."),
    ("scipy", "scipy.stats", "scipy.stats."),
    ("scipy", "scipy.optimize", "scipy.optimize."),
    ("scipy", "scipy.signal", "scipy.signal."),
    ("scipy", "scipy.linalg", "scipy.linalg."),
    ("scipy", "scipy.special", "scipy.special."),
    ("scipy", "scipy.integrate", "scipy.integrate."),
    ("scipy", "scipy.ndimage", "scipy.ndimage."),
    ("python", "builtins", ""),
    ("python", "math", "math."),
    ("python", "os", "os."),
    ("python", "os.path", "os.path."),
    ("python", "itertools", "itertools."),
    ("python", "random", "random."),
    ("python", "statistics", "statistics."),
    ("python", "shutil", "shutil."),
    ("python", "re", "re."),
    ("python", "time", "time."),
    ("python", "functools", "functools."),
)


@dataclass(frozen=True)
class Known:
    """A checked call: what to say about it, and the program that shows it."""

    operation: Operation
    library: Library
    variant: answers.Variant
    call: str
    source: str

    def reply(self) -> str:
        return answers.answer(
            self.call, answers.sentence_of(self.operation, self.variant), self.source
        )

    def meaning(self) -> str:
        return answers.explanation(self.name, self.operation.says, self.source)

    @property
    def name(self) -> str:
        """The function the call is about; empty when it has no name of its own."""
        return answers.name_of(self.call)


@dataclass(frozen=True)
class Dropped:
    """A call whose program does not run here."""

    call: str
    reason: str


def check_calls(
    table: list[Operation], libraries: dict[str, Library]
) -> tuple[list[Known], list[Dropped]]:
    """Run the program of every call once; keep those that work."""
    known: list[Known] = []
    dropped: list[Dropped] = []
    for operation in table:
        for name in operation.calls:
            if name not in libraries:
                continue
            library = libraries[name]
            for variant in answers.variants(operation, library):
                call = answers.call_of(operation, library, variant)
                source, failure = answers.checked_program(library, call)
                if failure:
                    dropped.append(Dropped(call, failure))
                else:
                    known.append(Known(operation, library, variant, call, source))
    return known, dropped


def documented_entries() -> list[tuple[Library, Documented]]:
    """What the docstrings of the installed libraries say, one entry per name."""
    found: dict[str, tuple[Library, Documented]] = {}
    for library, module, prefix in _MODULES:
        try:
            loaded = importlib.import_module(module)
        except ImportError:
            continue
        for entry in walk(loaded, prefix):
            if isinstance(entry, Documented) and not FORBIDDEN.search(repr(entry)):
                found.setdefault(entry.name, (BASE_LIBRARIES[library], entry))
    return list(found.values())
