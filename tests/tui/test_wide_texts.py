"""Characters of two cells, of none, and those that run from right to left, in every widget."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.commands import Status, blocks
from assistant.commands.command import Choice
from assistant.tui.drawing import draw, matrix_content
from assistant.tui.status import Live, status_line
from assistant.tui.widgets.answer import Head
from assistant.tui.widgets.completions import option_of
from assistant.tui.widgets.drawn import Drawn
from tests.tui.stage import chat

WIDE = "日本語のとても長い文章が折り返される様子を見る 世界"
EMOJI = "🎉🙂👩‍👩‍👧 ok 🇩🇪 é ❤️"
HEBREW = "שלום עולם, איך ממיינים מערך ב־MLX? [/x]"
ARABIC = "مرحبا بالعالم (mx.sort) ١٢٣"
TEXTS = [WIDE, EMOJI, HEBREW, ARABIC, "ｆｕｌｌ ｗｉｄｔｈ", "e\u0301\u0301\u0301 zalgo"]

written = st.lists(st.sampled_from([*TEXTS, "plain", "[red]", "a b c"]), max_size=4).map(" ".join)


def kinds(text: str, other: str) -> list[blocks.Block]:
    return [
        blocks.Notice(text),
        blocks.Problem(text, other),
        blocks.Table((text, other), ((other, text), ("1", text)), text, 0),
        blocks.Chart((blocks.Bar(text, 3.0), blocks.Bar(other, 0.0)), other, 1.0),
    ]


@given(written, written, st.integers(16, 100))
@settings(deadline=None, max_examples=25)
def test_no_line_is_wider_than_its_room(text: str, other: str, width: int) -> None:
    for block in kinds(text, other):
        widget = draw(block)
        assert isinstance(widget, Drawn)
        for line in widget.lines(width):
            assert line.cell_length <= width, (type(widget).__name__, line.plain)
    assert Head(text, adapted=True).lines(width)[0].cell_length <= width
    status = Status(text, False, other, 1.0, 1.0, 1, 2, 3)
    assert status_line(status, Live(), width).cell_length <= width


@given(st.lists(st.lists(written, min_size=2, max_size=2), min_size=1, max_size=4))
@settings(deadline=None, max_examples=25)
def test_the_brackets_of_a_matrix_stand_below_each_other(rows: list[list[str]]) -> None:
    content = matrix_content(blocks.Matrix(tuple(map(tuple, rows))))
    widths = {line.cell_length for line in content.split("\n")}
    assert len(widths) == 1


def test_summaries_of_choices_stand_below_each_other() -> None:
    options = [option_of(Choice(text, "|"), 40, 80) for text in ("日本", "mlx", "🙂")]
    starts = {option.prompt[: option.prompt.plain.index("|")].cell_length for option in options}  # type: ignore[index,union-attr]
    assert starts == {40}


ANSWER = f"""{WIDE}

- {HEBREW}
- {EMOJI}

| {ARABIC} | {WIDE} |
|---|---|
| {EMOJI} | 1 |

```
{WIDE}
```"""


@pytest.mark.parametrize(
    ("text", "size"),
    [(WIDE, (80, 24)), (EMOJI, (41, 30)), (HEBREW, (80, 24)), (ARABIC, (41, 30))],
    ids=["wide", "emoji", "hebrew", "arabic"],
)
async def test_on_the_screen_every_line_is_as_wide_as_the_screen(
    tmp_path: Path, text: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.KNOWN_ADAPTERS", (text,))
    async with chat(tmp_path, [ANSWER, text, text], size=size) as stage:
        stage.session.load_adapter(text)
        await stage.ask(text)
        await stage.ask("/compare q")
        for block in kinds(text, WIDE):
            await stage.app.showing.show(block)
        stage.composer.put(f"{text} {WIDE}")
        await stage.pilot.pause(0.1)
        for strip in stage.app.screen._compositor.render_strips():
            assert strip.cell_length == size[0], strip.text
        assert stage.app.is_running
