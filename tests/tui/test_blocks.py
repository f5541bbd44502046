"""What commands say, on the screen."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.commands.blocks import (
    Bar,
    Block,
    Chart,
    Effect,
    Fold,
    Markdown,
    Matrix,
    Notice,
    Preformatted,
    Problem,
    Table,
)
from assistant.tui import runner
from tests.tui.stage import Stage, chat


def commands_say(monkeypatch: pytest.MonkeyPatch, blocks: Sequence[Block]) -> None:
    """Let every line come to these blocks."""
    monkeypatch.setattr(runner, "submit", lambda session, line: iter(blocks))


async def test_rank_is_answered_in_plain_words_with_the_rest_folded(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(80, 40)) as stage:
        await stage.ask("/rank [[1,2],[3,6]]")
        await stage.sees("✓ Rank 1 of at most 2")
        await stage.sees("Row 2 = 3 × row 1")
        await stage.sees("▸ Row reduction")


async def test_a_fold_opens_and_closes_by_mouse_and_by_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands_say(monkeypatch, [Fold("[more]", (Notice("inside"),))])
    async with chat(tmp_path) as stage:
        await stage.ask("x")
        await stage.sees("▸ [more]")
        await stage.pilot.click("FoldTitle")
        await stage.sees("▾ [more] · inside")
        await stage.press("enter")
        await stage.sees("▸ [more]")
        assert "inside" not in stage.screen


async def test_a_fold_can_be_open_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands_say(monkeypatch, [Fold("title", (Markdown("**inside**"),), open=True)])
    async with chat(tmp_path) as stage:
        await stage.ask("x")
        await stage.sees("▾ title inside")


async def test_a_matrix_stands_in_brackets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (("1", "-2/3"), ("10", "0"))
    commands_say(monkeypatch, [Matrix(rows, "after step 1", frozenset({(0, 0)}))])
    async with chat(tmp_path) as stage:
        await stage.ask("x")
        await stage.sees("⎡ 1 -2/3 ⎤ ⎣ 10 0 ⎦ after step 1")


async def test_a_chart_draws_longer_bars_for_larger_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands_say(monkeypatch, [Chart((Bar("σ1", 7.0), Bar("σ2", 1e-9)), "values", 1e-6)])
    async with chat(tmp_path) as stage:
        await stage.ask("x")
        lines = stage.screen.splitlines()
        first, second = (next(ln for ln in lines if label in ln) for label in ("σ1", "σ2"))
        assert first.count("█") > 20 > second.count("█")
        await stage.sees("values")


async def test_a_table_keeps_its_columns_on_a_narrow_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(("name", "says"), (("mlx-docs", "a long text that wraps " * 4),), "Adapters", 0)
    commands_say(monkeypatch, [table])
    async with chat(tmp_path, size=(40, 30)) as stage:
        await stage.ask("x")
        await stage.sees("Adapters")
        lines = [line for line in stage.screen.splitlines() if "text that" in line]
        assert len(lines) > 1
        assert all(len(line) <= 40 for line in stage.screen.splitlines())


async def test_preformatted_lines_do_not_wrap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands_say(monkeypatch, [Preformatted("a" * 100 + "\nshort", "python")])
    async with chat(tmp_path, size=(40, 20)) as stage:
        await stage.ask("x")
        assert sum("aaaa" in line for line in stage.screen.splitlines()) == 1
        await stage.sees("short")


async def test_a_problem_shows_its_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands_say(monkeypatch, [Problem("Wrong [/x].", "Do [this].")])
    async with chat(tmp_path) as stage:
        await stage.ask("x")
        await stage.sees("✗ Wrong [/x]. Do [this].")


async def test_clear_empties_the_transcript_before_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands_say(monkeypatch, [Notice("gone"), Effect("clear"), Notice("stays")])
    async with chat(tmp_path) as stage:
        await stage.ask("x")
        await stage.sees("stays")
        assert "gone" not in stage.screen


async def test_new_brings_the_welcome_back(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.sees("the mathematics of adapters")
        await stage.ask("question")
        assert "the mathematics of adapters" not in stage.screen
        await stage.ask("/new")
        assert "question" not in stage.screen
        await stage.sees("the mathematics of adapters")
        await stage.sees("A new conversation.")
        await stage.ask("another")
        assert "the mathematics of adapters" not in stage.screen


async def test_a_theme_effect_wears_the_theme_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path) as stage:
        stage.session.set("theme", "textual-light")
        commands_say(monkeypatch, [Effect("theme")])
        await stage.ask("x")
        assert stage.app.theme == "textual-light"


async def test_an_unknown_theme_is_said_and_not_worn(tmp_path: Path) -> None:
    async with chat(tmp_path, theme="no-such") as stage:
        await stage.sees("There is no theme 'no-such'")
        assert stage.app.theme == "dark"


async def test_a_command_that_breaks_leaves_the_chat_usable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: object, line: str) -> Iterator[Block]:
        yield Notice("began")
        raise RuntimeError("oh [/no]")

    async with chat(tmp_path, ["fine"]) as stage:
        with monkeypatch.context() as patch:
            patch.setattr(runner, "submit", broken)
            await stage.ask("x")
        await stage.sees("RuntimeError: oh [/no]")
        await stage.ask("q")
        await stage.sees("fine")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 15)])
async def test_the_screen_is_sane_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with chat(tmp_path, ["Use `mx.sort`."], size=size) as stage:
        await stage.sees("Try")
        assert_sane(stage, size)
        await stage.ask("How do I sort?")
        await stage.sees("Use mx.sort.")
        assert_sane(stage, size)


def assert_sane(stage: Stage, size: tuple[int, int]) -> None:
    lines = stage.screen.splitlines()
    assert len(lines) == size[1]
    assert all(len(line) <= size[0] for line in lines)
    assert "fake" in lines[-1]
    assert any("Ask anything" in line for line in lines)
