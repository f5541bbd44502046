"""However a text is cut, and whatever the terminal's size does meanwhile, the screen at the end is
that of the text drawn at once: characters and styles."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from assistant.tui.widgets import prose as prose_module
from assistant.tui.widgets.prose import Prose
from tests.tui.test_prose import Page

SIZE = (46, 110)
WIDTHS = (30, 46, 80)
BLOCKS = [
    "A paragraph with `code`, **bold _both_** and a [link](http://a.b/c).\nIt goes on.\n\n",
    "See [docs] and <http://x.y>.\n\n[docs]: http://a.b\n\n",
    "# Title `x`\n",
    "Setext\n======\n",
    "- one\n- two\n  - nested **bold**\n    1. deep\n- three\n\n",
    "".join(f"{n}. item {n}\n" for n in range(1, 24)),
    "- loose\n\n- items\n\n  with two paragraphs\n\n",
    "- with code\n\n  ```python\n  x = 1\n  ```\n- after\n\n",
    "* [ ] task\n* [x] done\n",
    "```python\ndef f(x):\n\n    return x\n```\n",
    "~~~\n```\nnot the end\n~~~\n",
    "```\nnever closed\n\n| a |\n",
    "    indented\n\n    code\n\n",
    "> quoted\n> > twice\n> - list\n\n",
    "| a | a longer head |\n|---|--:|\n| 1 | [/x] |\n| 日本語 | **b** 🙂 |\n\n",
    "|just|one|\n|-|-|\n",
    "日本語の文章がとても長くて、行を折り返す必要があります。ほんとうに。\n\n",
    "👩‍👩‍👧‍👦 family, 🇨🇭 flag, é and e\u0301 🙂🙂\n\n",
    "שלום עולם و مرحبا بالعالم 123\n\n",
    "<div>List<int></div> [red]no markup[/x] \\*no\\*\n\n",
    "one\r\n\r\ntwo\r\n",
    "\x1b[31mred\x1b[0m \u202eturned\n",
    "\ttab\there\n",
    "* * *\n",
    "\n\n",
    "half a **bold and `code",
]

texts = st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=6).map("".join)


@st.composite
def streams(draw: st.DrawFn) -> list[tuple[str, bool, int | None]]:
    """Chunks, each with whether a frame is drawn after it, and a width the terminal gets."""
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(1, len(text)), max_size=20)))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    widths = st.one_of(st.none(), st.none(), st.none(), st.sampled_from(WIDTHS))
    return [(chunk, draw(st.booleans()), draw(widths)) for chunk in chunks]


SETTLING_S = 2
"""A screen that has just been resized is laid out again in a frame of its own."""


class Stand:
    """One app in a thread of its own, for many examples."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._end = asyncio.Event()
        self._pilot: Pilot[None]
        begun = threading.Event()
        self._running = asyncio.run_coroutine_threadsafe(self._run(begun), self._loop)
        assert begun.wait(60)

    async def _run(self, begun: threading.Event) -> None:
        async with Page(Prose("")).run_test(size=SIZE) as self._pilot:
            begun.set()
            await self._end.wait()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        async def inside() -> Any:
            with self._pilot.app._context():
                return await work

        return asyncio.run_coroutine_threadsafe(inside(), self._loop).result(90)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._running.result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def whole(self, text: str) -> list[Any]:
        return await self._picture(Prose(text))

    async def streamed(
        self, chunks: list[tuple[str, bool, int | None]], expected: list[Any]
    ) -> list[Any]:
        """The screen once it is as expected, or as it still is after a while."""
        prose = Prose()
        await self._put(prose)
        for chunk, frame, width in chunks:
            prose.write(chunk)
            if width is not None:
                await self._pilot.resize_terminal(width, SIZE[1])
            if frame:
                await self._pilot.pause(0.004)
        await self._pilot.resize_terminal(*SIZE)
        prose.end()
        for _ in range(SETTLING_S * 20):
            if (seen := await self._picture(prose)) == expected:
                break
            await self._pilot.pause(0.05)
        return seen

    async def _put(self, prose: Prose) -> None:
        scroll = self._pilot.app.screen.children[0]
        await scroll.remove_children()
        await scroll.mount(prose)

    async def _picture(self, prose: Prose) -> list[Any]:
        if not prose.is_attached:
            await self._put(prose)
        while not prose.complete:
            await self._pilot.pause(0.002)
        await self._pilot.pause()
        strips = self._pilot.app.screen._compositor.render_strips()
        return [
            [
                (s.text, s.style.color, s.style.bgcolor, s.style.bold, s.style.italic, s.style.link)
                for s in strip.simplify()
                if s.style is not None
            ]
            for strip in strips
        ]


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    before, prose_module.FRAMES_PER_SECOND = prose_module.FRAMES_PER_SECOND, 500
    made = Stand()
    yield made
    made.close()
    prose_module.FRAMES_PER_SECOND = before


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(chunks=streams())
def test_the_screen_at_the_end_does_not_depend_on_how_the_text_came(
    stand: Stand, chunks: list[tuple[str, bool, int | None]]
) -> None:
    whole = stand.do(stand.whole("".join(chunk for chunk, _, _ in chunks)))
    assert stand.do(stand.streamed(chunks, whole)) == whole


@pytest.mark.parametrize("block", BLOCKS)
def test_each_kind_of_block_arrives_letter_by_letter(stand: Stand, block: str) -> None:
    text = f"before\n\n{block}\n\nafter"
    letters = [(letter, number % 5 == 0, None) for number, letter in enumerate(text)]
    whole = stand.do(stand.whole(text))
    assert stand.do(stand.streamed(letters, whole)) == whole
