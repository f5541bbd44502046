"""Columns scroll together, or each by itself; which model speaks is seen wherever one reads."""

from __future__ import annotations

from pathlib import Path

from textual import events

from tests.tui.stage import Stage, chat

# Code, so that a column is one widget and not a hundred.
LONG = [
    "Code:\n\n```\n" + "\n".join(f"{who} {n}" for n in range(50)) + "\n```"
    for who in ("base", "other")
]
WIDE = (100, 24)


async def compared(stage: Stage, line: str = "/compare How?") -> None:
    await stage.ask(line)
    await stage.press("f2")
    await stage.until(lambda: stage.app.focused is stage.answers[-1])


def offsets(stage: Stage) -> list[int]:
    return [round(column.body.scroll_y) for column in stage.answers[-1].columns]


async def test_the_names_stay_in_the_first_line_while_the_columns_scroll_together(
    tmp_path: Path,
) -> None:
    async with chat(tmp_path, LONG, size=WIDE, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        first, second = stage.answers[-1].columns
        await stage.press("home")
        await stage.until(lambda: first.region.y > 0)
        await stage.until(lambda: "base" not in stage.screen.splitlines()[0])
        await stage.press("pagedown")
        await stage.until(lambda: "mlx-docs ×1" in stage.screen.splitlines()[0])
        line = stage.screen.splitlines()[0]
        assert line.index("base") == first.region.x + 2
        assert line.index("mlx-docs") == second.region.x + 2
        assert offsets(stage) == [0, 0]


async def test_f_lets_keys_and_the_wheel_scroll_one_column_with_all_heads_in_sight(
    tmp_path: Path,
) -> None:
    async with chat(tmp_path, LONG, size=WIDE, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("f")
        await stage.sees("f all together")
        await stage.press("right", "pagedown", "down")
        await stage.until(lambda: offsets(stage)[1] > 5)
        assert offsets(stage)[0] == 0
        await stage.sees("base 50 tok/s copy mlx-docs ×1 50 tok/s copy")
        first = stage.answers[-1].columns[0]
        await stage.pilot._post_mouse_events([events.MouseScrollDown], first.body, button=0)
        await stage.until(lambda: offsets(stage)[0] > 0)
        await stage.press("f")
        await stage.until(lambda: first.region.height > 30)


async def test_on_a_narrow_screen_each_column_gets_its_share_of_the_height(tmp_path: Path) -> None:
    async with chat(tmp_path, LONG, size=(60, 24), adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("f")
        await stage.until(lambda: all(c.region.height < 12 for c in stage.answers[-1].columns))
        await stage.sees("base 50 tok/s")
        await stage.sees("mlx-docs ×1 50 tok/s")


async def test_below_each_other_the_name_of_the_column_that_is_read_stays(tmp_path: Path) -> None:
    async with chat(tmp_path, LONG, size=(60, 24), adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("home", *["pagedown"] * 4)
        await stage.until(lambda: "mlx-docs ×1" in stage.screen.splitlines()[0])
        assert "base" not in stage.screen.splitlines()[0]


async def test_five_columns_keep_their_labels(tmp_path: Path) -> None:
    async with chat(tmp_path, LONG * 3, size=(190, 30), adapters=("mlx-docs",)) as stage:
        await compared(
            stage, "/compare -a mlx-docs=0.5 -a mlx-docs=1 -a mlx-docs=1.5 -a mlx-docs=2 Q"
        )
        await stage.press("home", "pagedown")
        names = ("base", "mlx-docs ×0.5", "mlx-docs ×1 ", "mlx-docs ×1.5", "mlx-docs ×2")
        await stage.until(lambda: all(name in stage.screen.splitlines()[0] for name in names))


async def test_whoever_goes_to_the_keys_goes_on_reading_where_they_are(tmp_path: Path) -> None:
    async with chat(tmp_path, LONG, size=WIDE, adapters=("mlx-docs",)) as stage:
        await stage.ask("/compare How?")
        view = stage.app.transcript
        view.scroll_to(y=20, animate=False)
        await stage.pilot.pause()
        await stage.press("f2", "right")
        await stage.pilot.pause()
        assert stage.app.focused is stage.answers[-1]
        assert view.scroll_y == 20
        line = stage.app.heads.lines(WIDE[0])[0]
        chosen = [span for span in line.spans if "underline" in str(span.style)]
        assert [line.plain[span.start : span.end] for span in chosen] == [" mlx-docs ×1 "]
        await stage.press("escape")
        await stage.pilot.click(offset=(10, 9))
        await stage.pilot.pause()
        assert stage.app.focused is stage.answers[-1]
        assert view.scroll_y == 20


async def test_out_of_sight_of_the_columns_their_keys_come_into_sight(tmp_path: Path) -> None:
    async with chat(tmp_path, [*LONG, LONG[0]], size=WIDE, adapters=("mlx-docs",)) as stage:
        await stage.ask("/compare How?")
        await stage.ask("and then?")
        assert "w widen" not in stage.screen
        await stage.press("f2")
        await stage.sees("w widen")
