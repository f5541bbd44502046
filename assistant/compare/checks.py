"""What can be said of an answer without a judge: does its code hold, its length, repetition.

    check("Use `mx.sort`.")       -> Checks(calls=1, missing=(), …)

Code runs only when `run` says so. It refuses to know which model answered.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.compare.code import code_parts, parses, with_usual_imports
from assistant.compare.sandbox import Ran, run_code
from assistant.mlxdocs import check_code, mlx_uses

_WINDOW = 4
"""Words of the stretches whose repetition counts."""

Run = Callable[[str], Ran]


@dataclass(frozen=True)
class Checks:
    """The checks of one answer. None where there was nothing to check."""

    words: int
    calls: int
    """MLX names in its code, each use counted."""
    missing: tuple[str, ...]
    """Those that the installed MLX does not have."""
    blocks: int
    """Pieces of code between fences."""
    parsed: int
    """Those of them that are Python."""
    ran: int | None
    """Those that ran to their end; None when running is off."""
    failures: tuple[str, ...]
    """What those that did not run said."""
    repetition: float
    """Share of four-word stretches that stood there before: 0 says nothing twice."""

    @property
    def calls_exist(self) -> float | None:
        """Share of the MLX names that exist."""
        return 1 - len(self.missing) / self.calls if self.calls else None

    @property
    def code_parses(self) -> float | None:
        return self.parsed / self.blocks if self.blocks else None

    @property
    def code_runs(self) -> float | None:
        return self.ran / self.blocks if self.ran is not None and self.blocks else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "words": self.words,
            "mlx_calls": self.calls,
            "mlx_missing": list(self.missing),
            "code_blocks": self.blocks,
            "code_parsed": self.parsed,
            "code_ran": self.ran,
            "failures": list(self.failures),
            "repetition": self.repetition,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Checks:
        return cls(
            words=stored["words"],
            calls=stored["mlx_calls"],
            missing=tuple(stored["mlx_missing"]),
            blocks=stored["code_blocks"],
            parsed=stored["code_parsed"],
            ran=stored["code_ran"],
            failures=tuple(stored["failures"]),
            repetition=stored["repetition"],
        )


def check(answer: str, *, run: bool = False, runner: Run = run_code) -> Checks:
    """Check one answer; its code runs only when `run` is true."""
    calls, missing = 0, []
    with warnings.catch_warnings():
        # Python warns of odd escapes in code that it parses; whoever asked did not write it.
        warnings.simplefilter("ignore")
        parts = code_parts(answer)
        sound = [source for source in parts.blocks if parses(source)]
        for source in (*sound, *parts.inline):
            calls += len(mlx_uses(source))
            missing += [finding.name for finding in check_code(source) if finding.name]
    ended = [runner(with_usual_imports(source)) for source in sound] if run else []
    words = answer.split()
    return Checks(
        words=len(words),
        calls=calls,
        missing=tuple(missing),
        blocks=len(parts.blocks),
        parsed=len(sound),
        ran=sum(one.ok for one in ended) if run else None,
        failures=tuple(one.said for one in ended if not one.ok),
        repetition=repetition(words),
    )


def repetition(words: list[str]) -> float:
    """Share of the stretches of four words that an earlier one equals."""
    stretches = [tuple(words[i : i + _WINDOW]) for i in range(len(words) - _WINDOW + 1)]
    return 1 - len(set(stretches)) / len(stretches) if stretches else 0.0
