"""What is shown of a block that is still being written."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.tui.unfinished import unfinished
from assistant.tui.widgets.prose import Prose
from tests.tui.stage import chat

CODE = "```python\nimport mlx.core as mx\n\nmx.sort(x)\n```"


def test_text_is_shown_as_it_stands() -> None:
    tail = unfinished("\nUse `mx.so")
    assert (tail.content.plain, tail.is_code) == ("Use `mx.so", False)


@pytest.mark.parametrize(
    ("rest", "shown"),
    [
        ("```", ""),
        ("```py", "py"),
        ("```python title=x\n", "python"),
        ("```python\nx", "python\nx"),
        ("```python\nx\n", "python\nx"),
        ("```python\nx\n``", "python\nx"),
        ("```python\nx\n```", "python\nx"),
        ("```python\nx = `a`", "python\nx = `a`"),
        ("~~~\na\n\n  b", "\na\n\n  b"),
        ("````md\n```\nx", "md\n```\nx"),
    ],
)
def test_code_stands_below_its_language_without_a_fence(rest: str, shown: str) -> None:
    tail = unfinished(rest)
    assert (tail.content.plain, tail.is_code) == (shown, True)


async def test_nothing_moves_when_code_is_finished(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        prose = Prose()
        await stage.app.transcript.add(prose)
        heights = []
        for text in ("Like this:\n\n", CODE, "\n", None):
            if text is None:
                prose.end()
            else:
                prose.write(text)
            await stage.until(lambda: not prose._due)
            await stage.pilot.pause()
            heights.append(prose.size.height)
        assert stage.app.query("MarkdownFence")
        assert heights[1] == heights[2] == heights[3] > heights[0]


async def test_prose_behind_code_is_not_shown_as_code_while_it_is_written(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        prose = Prose()
        await stage.app.transcript.add(prose)
        prose.write(f"{CODE}\n\nIt returns a sorted ")
        await stage.sees("It returns a sorted")
        await stage.until(lambda: not prose._due)
        assert "```" not in stage.screen
        assert not prose._tail.has_class("-code")
        prose.write("copy **of** it.\n\nAnd")
        await stage.sees("copy of it.")
