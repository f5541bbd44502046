"""Base and adapted answers that stream side by side."""

from pathlib import Path

from tests.tui.stage import Stage, chat

COMPARE = "/compare How do I sort?"


def columns(stage: Stage) -> tuple[int, int, int, int]:
    """Where the two columns stand: x and y of the first, x and y of the second."""
    first, second = stage.answers[0].columns
    return first.region.x, first.region.y, second.region.x, second.region.y


async def test_both_columns_stream_at_once(tmp_path: Path) -> None:
    async with chat(tmp_path, ["np one two", "mx one two"], adapters=("mlx-docs",)) as stage:
        stage.engine.hold_after(2)
        await stage.send(COMPARE)
        await stage.sees("np one")
        await stage.sees("[mlx-docs] mx")
        assert not stage.answers[0].complete
        stage.engine.pause.clear()
        await stage.settle()


async def test_columns_stand_side_by_side_with_title_and_speed(tmp_path: Path) -> None:
    async with chat(tmp_path, ["a", "b"], adapters=("mlx-docs",)) as stage:
        await stage.ask(COMPARE)
        x1, y1, x2, y2 = columns(stage)
        assert y1 == y2
        assert x1 < x2
        await stage.sees("base 50 tok/s copy mlx-docs ×1 50 tok/s copy")
        await stage.sees("part at token 1")


async def test_columns_stand_below_each_other_on_a_narrow_screen(tmp_path: Path) -> None:
    async with chat(tmp_path, ["a", "b"], size=(60, 24), adapters=("mlx-docs",)) as stage:
        await stage.ask(COMPARE)
        await stage.until(lambda: columns(stage)[0] == columns(stage)[2])
        assert columns(stage)[1] < columns(stage)[3]


async def test_columns_find_room_when_the_screen_changes_in_the_middle(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two", "three four"], adapters=("mlx-docs",)) as stage:
        stage.engine.hold_after(1)
        await stage.send(COMPARE)
        await stage.until(lambda: stage.answers)
        await stage.pilot.resize_terminal(60, 24)
        await stage.until(lambda: columns(stage)[1] < columns(stage)[3])
        await stage.pilot.resize_terminal(100, 24)
        await stage.until(lambda: columns(stage)[1] == columns(stage)[3])
        stage.engine.pause.clear()
        await stage.settle()
        await stage.sees("three four")


async def test_esc_stops_all_columns(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three", "x y z"], adapters=("mlx-docs",)) as stage:
        stage.engine.hold_after(2)
        await stage.send(COMPARE)
        await stage.until(lambda: stage.engine.pause.is_set() and stage.answers)
        await stage.press("escape")
        stage.engine.pause.clear()
        await stage.settle()
        await stage.sees("stopped stopped")
        finishes = [column.finish for column in stage.answers[0].columns]
        assert [f.reason if f else None for f in finishes] == ["cancelled", "cancelled"]


async def test_a_comparison_without_an_adapter_is_a_problem(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask(COMPARE)
        await stage.sees("There is no adapter to compare with")
        await stage.sees("/adapter load mlx-docs")
