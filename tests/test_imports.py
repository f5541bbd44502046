"""What starting imports, and the direction of the imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("mlx", "mlx_lm", "transformers", "numpy", "flint", "torch")


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("assistant", (*HEAVY, "textual", "prompt_toolkit", "click")),
        ("assistant.commands", (*HEAVY, "textual", "prompt_toolkit", "click")),
        ("assistant.engine", (*HEAVY, "textual", "prompt_toolkit", "click")),
        ("assistant.rank", (*HEAVY, "textual", "prompt_toolkit", "click")),
        ("assistant.mlxdocs", (*HEAVY, "textual", "prompt_toolkit", "click")),
        ("assistant.training", (*HEAVY, "textual", "prompt_toolkit", "click")),
        ("assistant.cli", (*HEAVY, "textual", "prompt_toolkit")),
        ("assistant.repl", (*HEAVY, "textual")),
        ("assistant.tui", (*HEAVY, "prompt_toolkit")),
        ("assistant.tui.app", (*HEAVY, "prompt_toolkit", "markdown_it", "pygments")),
    ],
)
def test_importing_a_room_imports_nothing_it_may_do_without(
    module: str, forbidden: tuple[str, ...]
) -> None:
    code = f"import sys, {module}; print(*({set(forbidden)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_the_arrows_between_the_rooms_go_one_way() -> None:
    from importlinter.cli import lint_imports

    assert lint_imports(no_cache=True) == 0
