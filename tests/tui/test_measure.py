"""On a wide screen prose keeps a width that can be read, and code and tables have the room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.stage import Stage, chat

WORDS = "word " * 60
CODE = "y" * 120
CELLS = "cell " * 26
ANSWER = f"""{WORDS}

- {WORDS}

> {WORDS}

```python
x = "{CODE}"
```

| a |
|---|
| {CELLS} |
"""
MEASURE = 96
BESIDE = 8
"""What stands left of a text, with the signs of lists and quotations."""


def widths(stage: Stage, what: str) -> set[int]:
    """How long the lines are that have a word."""
    return {len(line.rstrip()) for line in stage.screen.splitlines() if what in line}


async def test_prose_is_no_wider_than_its_measure_and_code_and_tables_are(tmp_path: Path) -> None:
    async with chat(tmp_path, [ANSWER], size=(160, 60)) as stage:
        await stage.ask("asked " * 40)
        assert max(widths(stage, "word")) in range(MEASURE, MEASURE + BESIDE)
        assert max(widths(stage, "asked")) in range(MEASURE, MEASURE + BESIDE)
        assert min(widths(stage, CODE)) > len(CODE)
        assert max(widths(stage, "cell")) > MEASURE + BESIDE


async def test_it_has_the_same_measure_while_it_comes_and_when_it_is_old(tmp_path: Path) -> None:
    async with chat(tmp_path, [ANSWER.replace("\n\n", "\n\n \n\n")], size=(160, 60)) as stage:
        stage.engine.hold_after(50)
        await stage.send("q")
        await stage.until(lambda: stage.screen.count("word") > 45)
        assert max(widths(stage, "word")) in range(MEASURE, MEASURE + BESIDE)
        stage.engine.pause.clear()
        await stage.settle()
        await stage.answers[0].freeze()
        await stage.pilot.pause()
        assert max(widths(stage, "word")) in range(MEASURE, MEASURE + BESIDE)
        assert min(widths(stage, CODE)) > len(CODE)
        assert max(widths(stage, "cell")) > MEASURE + BESIDE


@pytest.mark.parametrize("size", [(160, 40), (250, 40)], ids=str)
async def test_answers_side_by_side_share_the_whole_screen(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with chat(tmp_path, [WORDS, WORDS], size=size) as stage:
        await stage.ask("/adapter load mlx-docs")
        await stage.ask("/compare q")
        assert max(widths(stage, "word")) > size[0] - 12
