"""The screen at the end is the screen of a text drawn at once, however it came."""

import random
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll

from assistant.tui import app
from assistant.tui.themes import DARK, own_variables
from assistant.tui.widgets.prose import Prose

TEXT = """\
# Title

A paragraph with `code`, **bold** and a [link](http://a.b).
It goes on.

- one
- two
  - nested
- three

1. first
2. second

> quoted
> text

```python
def f(x):

    return x
```

| a | b |
|---|--:|
| 1 | [/x] |

* * *

""" + "".join(f"{n}. item {n}\n" for n in range(1, 24))

REFERENCES = "See [docs] and *more*.\n\nText.\n\n[docs]: http://a.b\n"
ENDS_IN_CODE = "Text\n\n```python\nx = 1\n\ny = 2"
CARRIAGE_RETURNS = "one\r\n\r\ntwo\r\n- a\r\n- b\r\n"


class Page(App[None]):
    """Nothing but a text."""

    CSS_PATH = str(Path(app.__file__).parent / "styles.tcss")

    def __init__(self, prose: Prose) -> None:
        super().__init__()
        self.prose = prose

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return own_variables(DARK)

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield self.prose


async def screen_of(chunks: list[str] | None, text: str, pauses: random.Random) -> str:
    prose = Prose() if chunks is not None else Prose(text)
    async with Page(prose).run_test(size=(60, 90)) as pilot:
        for chunk in chunks or []:
            prose.write(chunk)
            if pauses.random() < 0.02:
                await pilot.pause(0.07)
        prose.end()
        while not prose.complete:
            await pilot.pause(0.02)
        await pilot.pause(0.05)
        strips = pilot.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)


@pytest.mark.parametrize("text", [TEXT, REFERENCES, ENDS_IN_CODE, CARRIAGE_RETURNS])
@pytest.mark.parametrize("size", [1, 7, 60])
async def test_a_streamed_text_looks_like_a_whole_one(text: str, size: int) -> None:
    dice = random.Random(size)
    chunks = []
    rest = text
    while rest:
        length = dice.randint(1, size)
        chunks.append(rest[:length])
        rest = rest[length:]
    whole = await screen_of(None, text, dice)
    assert await screen_of(chunks, text, dice) == whole
    assert "item 23" in whole or text != TEXT


async def test_the_gaps_between_blocks_are_one_line() -> None:
    screen = await screen_of(None, TEXT, random.Random(0))
    assert "\n\n\n" not in screen.strip()
    assert " 10. item 10\n 11. item 11" in screen
