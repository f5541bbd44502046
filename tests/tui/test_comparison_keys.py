"""What the keys do with answers that stand side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.content import Content

from assistant.commands.blocks import Shade
from assistant.compare.votes import Votes
from assistant.tui.widgets.marking import shade_style, shades_content, words_content
from tests.tui.stage import Stage, chat

ANSWERS = ["use np.sort now", "use mx.sort now"]
TALL = (100, 48)


def shown(stage: Stage) -> list[bool]:
    """For each column whether it shows marks instead of its prose."""
    return [not column.prose.display for column in stage.answers[-1].columns]


async def compared(stage: Stage, line: str = "/compare How?") -> None:
    await stage.ask(line)
    await stage.press("f2")
    await stage.until(lambda: stage.app.focused is stage.answers[-1])


async def test_d_marks_the_words_that_differ_and_d_again_takes_the_marks_away(
    tmp_path: Path,
) -> None:
    async with chat(tmp_path, ANSWERS, size=TALL, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("d")
        assert shown(stage) == [True, True]
        await stage.sees("[mlx-docs] use mx.sort now")
        await stage.press("d")
        assert shown(stage) == [False, False]


async def test_p_shades_the_tokens_and_says_what_the_shades_mean(tmp_path: Path) -> None:
    async with chat(tmp_path, ANSWERS, size=TALL, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("p")
        await stage.sees("underlined: likelier with the adapter")
        await stage.sees("mean 0.25")
        await stage.press("d")
        await stage.sees("d difference")


async def test_how_to_vote_is_in_sight_below_answers_longer_than_the_screen(
    tmp_path: Path,
) -> None:
    long = "\n\n".join(f"paragraph {number}" for number in range(40))
    async with chat(tmp_path, [long, long], size=(80, 24), adapters=("mlx-docs",)) as stage:
        await compared(stage)
        stage.app.transcript.scroll_home(animate=False)
        await stage.until(lambda: "w widen" not in stage.screen)
        await stage.press("v")
        await stage.sees("Which is best?")


async def test_v_and_an_arrow_vote(tmp_path: Path) -> None:
    async with chat(tmp_path, ANSWERS, size=TALL, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("v")
        await stage.sees("Which is best?")
        await stage.press("right")
        await stage.settle()
        await stage.sees("Your vote is kept")
        (ballot,) = Votes(tmp_path / "votes.db").all()
        assert ballot.winner == 1
        assert stage.app.focused is stage.composer


async def test_esc_leaves_the_vote_first_and_the_columns_next(tmp_path: Path) -> None:
    async with chat(tmp_path, ANSWERS, size=TALL, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("v", "escape")
        await stage.sees("d difference")
        assert stage.app.focused is stage.answers[-1]
        await stage.press("escape")
        assert stage.app.focused is stage.composer
        assert not (tmp_path / "votes.db").exists()


async def test_b_asks_again_without_names_and_the_vote_tells_them(tmp_path: Path) -> None:
    async with chat(tmp_path, ANSWERS, size=TALL, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("b")
        await stage.until(lambda: len(stage.answers) == 2)
        await stage.settle()
        columns = stage.answers[-1].columns
        assert [column.title for column in columns] == ["answer 1", "answer 2"]
        assert not any(column.has_class("-adapted") for column in columns)
        await stage.ask("/vote tie")
        await stage.until(lambda: {c.title for c in columns} == {"base", "mlx-docs ×1"})
        assert [c.has_class("-adapted") for c in columns] == [c.title != "base" for c in columns]


async def test_b_keeps_the_columns_that_were_named(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(140, 48), adapters=("mlx-docs",)) as stage:
        await compared(stage, "/compare -a pirate=0.5 How?")
        await stage.press("b")
        await stage.until(lambda: len(stage.answers) == 2)
        await stage.settle()
        await stage.ask("/vote tie")
        columns = stage.answers[-1].columns
        await stage.until(lambda: {c.title for c in columns} == {"base", "pirate ×0.5"})


async def test_a_vote_never_goes_to_another_comparison_than_the_one_with_the_keys(
    tmp_path: Path,
) -> None:
    async with chat(tmp_path, ANSWERS, size=TALL, adapters=("mlx-docs",)) as stage:
        await compared(stage, "/compare first")
        await stage.press("escape")
        await stage.ask("/compare second")
        stage.answers[0].focus()
        await stage.until(lambda: stage.app.focused is stage.answers[0])
        await stage.press("d")
        assert [not column.prose.display for column in stage.answers[0].columns] == [True, True]
        await stage.press("v", "left", "enter")
        await stage.settle()
        assert not (tmp_path / "votes.db").exists(), "a vote would go to the second"
        assert "v vote" in str(stage.answers[1].hint.render())
        assert "v vote" not in str(stage.answers[0].hint.render())


async def test_w_gives_one_column_more_room_in_turn(tmp_path: Path) -> None:
    async with chat(tmp_path, ANSWERS, size=TALL, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        first, second = stage.answers[-1].columns

        async def wider(left: bool, right: bool) -> None:
            await stage.until(
                lambda: (
                    (first.region.width > second.region.width + 9) == left
                    and (second.region.width > first.region.width + 9) == right
                )
            )

        await stage.press("w")
        await wider(True, False)
        await stage.press("w")
        await wider(False, True)
        await stage.press("w")
        await wider(False, False)


async def test_letters_that_mean_nothing_there_go_to_the_composer(tmp_path: Path) -> None:
    async with chat(tmp_path, ANSWERS, size=TALL, adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.press("h", "i")
        assert stage.composer.text == "hi"


async def test_labels_with_their_strengths_stand_above_and_below(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(140, 48), adapters=("mlx-docs",)) as stage:
        await stage.ask("/compare --sweep How?")
        await stage.sees("base │ mlx-docs ×0.5 │ mlx-docs ×1 │ mlx-docs ×1.5")
        await stage.sees("base ≡ bare model")


def accents(line: Content) -> list[str]:
    """The parts of a line that have the colour of adapters."""
    spans = [span for span in line.spans if "$text-accent" in str(span.style)]
    return [line.plain[span.start : span.end] for span in spans]


async def test_an_adapters_name_has_its_colour_below_and_above_as_well(tmp_path: Path) -> None:
    tall = "\n\n".join(["a line"] * 60)
    async with chat(tmp_path, [tall] * 4, size=(140, 30), adapters=("mlx-docs",)) as stage:
        await compared(stage)
        await stage.until(lambda: stage.app.heads.display)
        assert accents(stage.answers[-1].hint.lines(100)[0]) == ["mlx-docs ×1"]
        assert accents(stage.app.heads.lines(140)[0]) == ["mlx-docs ×1"]
        await stage.press("b")
        await stage.until(lambda: len(stage.answers) == 2)
        assert accents(stage.answers[-1].hint.lines(100)[0]) == []


@pytest.mark.parametrize(
    ("shift", "marks"),
    [(0.0, ()), (1.0, ("underline",)), (3.0, ("bold", "underline")), (-3.0, ("bold", "italic"))],
)
def test_shades_can_be_told_without_colour(shift: float, marks: tuple[str, ...]) -> None:
    words = shade_style(shift).split(" on ")[0].split()
    assert tuple(words) == marks


def test_marks_change_no_text_and_read_no_markup() -> None:
    text = "[bold]x[/] \x1b[31mred"
    assert words_content([(text, False)], adapted=True).plain == "[bold]x[/] [31mred"
    shaded = shades_content([Shade(text, 9.0, 0.1), Shade("", 0.0, 40.0)]).plain
    assert shaded.startswith("[bold]x[/] [31mred\n\nKL ▁█ mean 20")


async def test_below_each_other_no_column_gets_wider_than_the_screen(tmp_path: Path) -> None:
    async with chat(tmp_path, ANSWERS, size=(60, 40), adapters=("mlx-docs",)) as stage:
        await compared(stage)
        widths = [column.region.width for column in stage.answers[-1].columns]
        await stage.press("w")
        await stage.pilot.pause()
        assert [column.region.width for column in stage.answers[-1].columns] == widths
