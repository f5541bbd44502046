"""What an empty chat says, and where a click on it leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.tui.widgets.welcome import TRY, Welcome
from tests.tui.stage import chat


@pytest.mark.parametrize("number", range(len(TRY)))
async def test_a_click_on_a_line_to_try_puts_it_where_one_types(
    tmp_path: Path, number: int
) -> None:
    async with chat(tmp_path) as stage:
        welcome = stage.app.query_one(Welcome)
        row = next(
            y
            for y, line in enumerate(welcome.lines(welcome.content_size.width))
            if line.plain.strip().startswith(TRY[number][0])
        )
        await stage.pilot.click(welcome, offset=(4, row))
        await stage.until(lambda: stage.composer.text == TRY[number][0])
        assert stage.app.focused is stage.composer
        assert stage.engine.requests == []


@pytest.mark.parametrize("width", [74, 150])
def test_the_welcome_names_the_ways_on(width: int) -> None:
    text = "\n".join(line.plain for line in Welcome().lines(width))
    for way in ("F1 help", "F3 adapters", "F4 models", "Ctrl+P commands", "/open your chats"):
        assert way in text


@pytest.mark.parametrize("width", [20, 40, 74, 150])
def test_the_welcome_fits_and_is_short_where_it_is_narrow(width: int) -> None:
    lines = Welcome().lines(width)
    assert max(line.cell_length for line in lines) <= width
    assert width != 40 or len(lines) <= 10


def test_at_eighty_columns_the_reasons_stand_beside_the_lines() -> None:
    assert any(
        "/rank" in line.plain and "the mathematics of adapters" in line.plain
        for line in Welcome().lines(75)
    )
