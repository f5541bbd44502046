"""One of the answers that stand side by side: chosen, stopped while the others go on, copied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.tui.bindings import keys_here
from tests.tui.stage import Stage, chat

COMPARE = "/compare How do I sort?"
CODE = "Use this:\n\n```python\nnp.sort(a)\n```\n"


@asynccontextmanager
async def streaming(home: Path, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Stage]:
    """Two columns in the middle of their answers."""
    answers = ["one two three four", "five six seven eight"]
    async with chat(home, answers, size=size, adapters=("mlx-docs",)) as stage:
        stage.engine.hold_after(2)
        await stage.send(COMPARE)
        await stage.until(lambda: stage.engine.pause.is_set() and stage.answers)
        await stage.sees("[mlx-docs] five")
        yield stage
        stage.engine.pause.clear()


async def click(stage: Stage, word: str, nth: int = 0) -> None:
    """Click a word of the screen; of several the one counted from 0, by lines."""
    await stage.sees(word)
    await stage.pilot.pause()
    places = [
        (at, y)
        for y, line in enumerate(stage.screen.splitlines())
        for at in range(len(line))
        if line.startswith(word, at)
    ]
    await stage.pilot.click(offset=places[nth])
    await stage.pilot.pause()


def reasons(stage: Stage) -> list[str | None]:
    finishes = [column.finish for column in stage.answers[0].columns]
    return [finish.reason if finish else None for finish in finishes]


def hint(stage: Stage) -> str:
    return str(stage.answers[-1].hint.render())


async def test_s_stops_the_chosen_column_and_the_other_goes_on(tmp_path: Path) -> None:
    async with streaming(tmp_path) as stage:
        await stage.press("f2", "right")
        assert "s stop mlx-docs ×1" in hint(stage)
        await stage.press("s")
        stage.engine.pause.clear()
        await stage.settle()
        assert reasons(stage) == ["stop", "cancelled"]
        base, adapted = stage.answers[0].columns
        assert base.text == "one two three four"
        assert adapted.text == "[mlx-docs] five"
        await stage.sees("[mlx-docs] five stopped")
        assert "s stop" not in hint(stage)


async def test_a_click_on_the_head_of_a_column_stops_it(tmp_path: Path) -> None:
    async with streaming(tmp_path) as stage:
        await click(stage, "stop", 1)
        stage.engine.pause.clear()
        await stage.settle()
        assert reasons(stage) == ["stop", "cancelled"]


async def test_a_click_on_what_the_key_does_stops_it_too(tmp_path: Path) -> None:
    async with streaming(tmp_path) as stage:
        await click(stage, "mlx-docs ×1", 1)
        await click(stage, "stop mlx-docs ×1")
        stage.engine.pause.clear()
        await stage.settle()
        assert reasons(stage) == ["stop", "cancelled"]


async def test_of_answers_without_names_the_one_that_was_chosen_is_stopped(tmp_path: Path) -> None:
    """However they were shuffled."""
    async with chat(tmp_path, size=(100, 30), adapters=("mlx-docs",)) as stage:
        stage.engine.hold_after(2)
        await stage.send("/compare --blind one two three")
        await stage.until(lambda: stage.engine.pause.is_set() and stage.answers)
        await stage.press("f2", "right", "s")
        stage.engine.pause.clear()
        await stage.settle()
        assert reasons(stage) == ["stop", "cancelled"]


async def test_s_once_more_is_no_letter_while_the_other_goes_on(tmp_path: Path) -> None:
    async with streaming(tmp_path) as stage:
        await stage.press("f2", "s")
        stage.engine.hold_after(1)
        stage.engine.pause.clear()
        await stage.until(lambda: stage.answers[0].columns[0].ended)
        await stage.press("s")
        assert stage.composer.text == ""
        assert stage.app.focused is stage.answers[0]


async def test_when_both_were_stopped_one_after_the_other_the_line_is_done(tmp_path: Path) -> None:
    async with streaming(tmp_path) as stage:
        await stage.press("f2", "s", "right", "s")
        stage.engine.pause.clear()
        await stage.settle()
        assert reasons(stage) == ["cancelled", "cancelled"]


async def test_while_they_stream_help_says_what_esc_does_there(tmp_path: Path) -> None:
    async with streaming(tmp_path) as stage:

        def esc() -> str:
            return next(d.what for d in keys_here(stage.app.screen) if "escape" in d.keys)

        assert esc() == "stop the answer; what was said stays"
        await stage.press("f2")
        assert esc() == "back to where one types"
        await stage.press("escape")
        assert stage.app.focused is stage.composer
        assert reasons(stage) == [None, None]


async def test_a_letter_that_stops_nothing_is_typed(tmp_path: Path) -> None:
    async with chat(tmp_path, adapters=("mlx-docs",)) as stage:
        await stage.ask(COMPARE)
        await stage.press("f2", "s")
        assert stage.composer.text == "s"


async def test_what_the_keys_do_can_be_clicked(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(110, 40), adapters=("mlx-docs",)) as stage:
        await stage.ask(COMPARE)
        assert "F2, then" in hint(stage)
        columns = stage.answers[0]
        await click(stage, "difference")
        assert stage.app.focused is columns
        assert not columns.columns[0].prose.display
        assert "F2, then" not in hint(stage)
        await click(stage, "shading")
        await stage.sees("underlined: likelier with the adapter")
        await click(stage, "free scrolling")
        await click(stage, "all together")
        await click(stage, "Esc back")
        assert stage.app.focused is stage.composer
        await click(stage, "vote")
        await stage.sees("Which is best?")
        await click(stage, "Esc none")
        assert stage.app.focused is columns
        await click(stage, "v vote")
        await click(stage, "→ mlx-docs ×1")
        await stage.settle()
        await stage.sees("Your vote is kept")


async def test_a_click_on_a_name_or_in_a_column_chooses_it(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(110, 40), adapters=("mlx-docs",)) as stage:
        await stage.ask(COMPARE)
        columns = stage.answers[0]
        first, second = columns.columns
        await click(stage, "mlx-docs ×1", 1)
        await stage.until(lambda: columns.chosen is second)
        await stage.pilot.click(first.prose)
        await stage.until(lambda: columns.chosen is first)


async def test_keys_copy_the_chosen_column_and_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path, ["of the chat", CODE, "no code"], adapters=("mlx-docs",)) as stage:
        copied: list[tuple[str, str]] = []
        monkeypatch.setattr(
            stage.app.copier,
            "copy",
            lambda clip, aloud=False: copied.append((clip.text, clip.what)),
        )
        await stage.ask("q")
        await stage.ask(COMPARE)
        await stage.press("f2", "f8", "f7", "right", "f8", "f7")
        assert copied == [
            (CODE, "what base says"),
            ("np.sort(a)", "the code"),
            ("[mlx-docs] no code", "what mlx-docs ×1 says"),
        ]
        await stage.sees("What mlx-docs ×1 says has no code block.")


async def test_f8_below_a_comparison_asks_which_of_its_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path, ["of the chat", "a", "b"], adapters=("mlx-docs",)) as stage:
        copied: list[str] = []
        monkeypatch.setattr(
            stage.app.copier, "copy", lambda clip, aloud=False: copied.append(clip.text)
        )
        await stage.ask("q")
        await stage.ask(COMPARE)
        await stage.press("f8")
        await stage.sees("which of them? ←→ chooses, F8 copies it")
        assert copied == []
        await stage.press("right", "f8")
        assert copied == ["[mlx-docs] b"]
        await stage.press("escape")
        await stage.ask("another")
        await stage.press("f8")
        assert copied[1:] == ["[mlx-docs] You said: another"]


async def test_a_click_on_the_head_of_a_column_copies_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path, ["a", "b"], adapters=("mlx-docs",)) as stage:
        copied: list[str] = []
        monkeypatch.setattr(
            stage.app.copier, "copy", lambda clip, aloud=False: copied.append(clip.text)
        )
        await stage.ask(COMPARE)
        await click(stage, "copy", 1)
        assert copied == ["[mlx-docs] b"]


async def test_with_the_keys_on_a_message_f8_copies_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path, ["first answer", "second answer"]) as stage:
        copied: list[str] = []
        monkeypatch.setattr(
            stage.app.copier, "copy", lambda clip, aloud=False: copied.append(clip.text)
        )
        await stage.ask("one")
        await stage.ask("two")
        await stage.press("alt+up", "up", "up")
        told = {does.names: does.what for does in keys_here(stage.app.screen)}
        assert told["F8"] == "copy what this says"
        await stage.press("f8", "up", "f8")
        assert copied == ["first answer", "one"]


async def test_who_selects_copies_or_stops_by_mouse_types_on(tmp_path: Path) -> None:
    async with chat(tmp_path, [CODE, CODE], size=(100, 30), adapters=("mlx-docs",)) as stage:
        stage.engine.hold_after(2)
        await stage.send(COMPARE)
        await stage.until(lambda: stage.engine.pause.is_set() and stage.answers)
        await click(stage, "stop")
        assert stage.app.focused is stage.composer
        stage.engine.pause.clear()
        await stage.settle()
        await click(stage, "copy")
        prose = stage.answers[0].columns[1].prose
        await stage.pilot.mouse_down(prose, offset=(0, 0))
        await stage.pilot.hover(prose, offset=(6, 0))
        await stage.pilot.mouse_up(prose, offset=(6, 0))
        await stage.pilot.pause()
        assert stage.app.screen.get_selected_text()
        await stage.type("what")
        assert stage.composer.text == "what"
