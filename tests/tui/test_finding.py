"""Looking for words in the transcript: Ctrl+F."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tui import finder
from assistant.tui.finding import count_of, pattern_of, spans
from assistant.tui.widgets.past import Gap
from tests.tui.stage import Stage, chat
from tests.tui.test_kept_chats import long_chat

_BAR = " ▁▂▃▄▅▆▇█"
"""What a scrollbar is drawn with, reversed in places."""


def styled(stage: Stage, style: str) -> list[str]:
    """The stretches of the screen that have a text style, whatever their colour."""
    strips = stage.app.screen._compositor.render_strips()
    return [
        segment.text
        for strip in strips[: stage.app.transcript.region.bottom]
        for segment in strip
        if segment.style is not None and getattr(segment.style, style) and segment.text.strip(_BAR)
    ]


def in_view(stage: Stage) -> str:
    """What of the transcript is on the screen."""
    return "\n".join(stage.screen.splitlines()[: stage.app.transcript.region.bottom])


async def find(stage: Stage, words: str) -> None:
    await stage.press("ctrl+f")
    await stage.type(words)
    await stage.until(lambda: stage.app.find_bar.words == words)
    await stage.pilot.pause()


@given(st.text(max_size=8), st.text(max_size=20))
def test_what_is_looked_for_is_never_a_pattern_to_the_program(words: str, around: str) -> None:
    text = f"{around} {words} {around}"
    found = spans(pattern_of(words), text)
    assert bool(found) == bool(words.split())
    assert all(text[a:b].casefold().split() for a, b in found)


def test_words_are_found_in_any_case_and_across_a_line_break() -> None:
    assert spans(pattern_of("Sort  AN array"), "sort an\n   array") == [(0, 16)]


@pytest.mark.parametrize(("at", "many", "text"), [(2, 12, "3 of 12"), (None, 0, "not found")])
def test_the_count_is_told(at: int | None, many: int, text: str) -> None:
    assert count_of(at, many) == text


async def test_matches_are_counted_marked_and_walked(tmp_path: Path) -> None:
    answers = ["- apple *one*\n- pear", "| fruit |\n|---|\n| apple two |\n", "```\napple = 3\n```"]
    async with chat(tmp_path, answers, size=(100, 40)) as stage:
        for number in range(3):
            await stage.ask(f"Apple {number}")
        await find(stage, "apple")
        await stage.sees("1 of 6")
        assert [text.casefold() for text in styled(stage, "underline")] == ["apple"] * 6
        assert styled(stage, "reverse")[:1] == ["Apple"]
        await stage.press("enter")
        await stage.sees("2 of 6")
        await stage.press("up", "up")
        await stage.sees("6 of 6")
        await stage.type(" = 3")
        await stage.sees("1 of 1")


async def test_marks_in_code_outlive_another_theme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing marks them a second time.
    monkeypatch.setattr(finder, "LOOKS_PER_SECOND", 1e-9)
    async with chat(tmp_path, ["```python\nx = sort(y)\n```"]) as stage:
        await stage.ask("q")
        await find(stage, "sort")
        await stage.sees("1 of 1")
        assert styled(stage, "reverse") == ["sort"]
        stage.app.theme = "light" if stage.app.theme == "dark" else "dark"
        await stage.pilot.pause()
        assert styled(stage, "reverse") == ["sort"]


async def test_the_keys_of_a_search_have_room_at_eighty_columns(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("words")
        await stage.press("ctrl+f")
        await stage.sees("Enter next · Esc back")
        await stage.pilot.resize_terminal(120, 30)
        await stage.sees("↑ previous · Esc back · Ctrl+F stay here")


async def test_esc_goes_back_to_where_one_was_and_takes_the_marks_away(tmp_path: Path) -> None:
    text = "needle\n\n" + "\n\n".join("abcdefghijklmnopqrstuvwxyz")
    async with chat(tmp_path, [text]) as stage:
        await stage.ask("q")
        await stage.press("pageup")
        await stage.pilot.pause()
        before = stage.app.transcript.scroll_offset.y
        await find(stage, "needle")
        await stage.sees("1 of 1")
        await stage.until(lambda: stage.app.transcript.scroll_offset.y < before)
        await stage.press("escape")
        await stage.until(lambda: stage.app.transcript.scroll_offset.y == before)
        assert stage.app.focused is stage.composer
        assert styled(stage, "underline") == []


async def test_ctrl_f_again_stays_at_what_was_found(tmp_path: Path) -> None:
    text = "needle\n\n" + "\n\n".join("abcdefghijklmnopqrstuvwxyz")
    async with chat(tmp_path, [text]) as stage:
        await stage.ask("q")
        await find(stage, "needle")
        await stage.until(lambda: "needle" in in_view(stage))
        await stage.press("ctrl+f")
        await stage.pilot.pause()
        assert "needle" in in_view(stage)
        assert not stage.app.find_bar.display
        assert not stage.app.transcript.at_end


async def test_what_was_said_long_ago_is_found_and_drawn(tmp_path: Path) -> None:
    long_chat(tmp_path, 1000)
    async with chat(tmp_path, size=(80, 40)) as stage:
        await stage.ask("/open 1")
        await find(stage, "question 500")
        await stage.sees("1 of 1")
        await stage.until(lambda: styled(stage, "reverse") == ["question 500"])
        left = sum(gap.end - gap.first for gap in stage.app.query(Gap))
        assert 1900 < left < 1992, "only what is around it was drawn"


async def test_a_frozen_answer_is_found(tmp_path: Path) -> None:
    async with chat(tmp_path, ["a **needle** here"]) as stage:
        await stage.ask("q")
        await stage.answers[0].freeze()
        await find(stage, "needle")
        await stage.sees("1 of 1")
        assert styled(stage, "reverse") == ["needle"]


async def test_an_answer_that_streams_is_looked_through_as_it_grows(tmp_path: Path) -> None:
    async with chat(tmp_path, ["needle one two needle three"]) as stage:
        stage.engine.hold_after(3)
        await stage.send("q")
        await stage.until(stage.engine.pause.is_set)
        await find(stage, "needle")
        await stage.sees("1 of 1")
        stage.engine.pause.clear()
        await stage.sees("1 of 2")
        assert styled(stage, "underline") == ["needle", "needle"]


@pytest.mark.parametrize("words", ["[/x]", "[red]", "a.*b", "日本語", "🙂", "(", "שלום"])
async def test_any_text_can_be_looked_for(tmp_path: Path, words: str) -> None:
    async with chat(tmp_path, [f"here: {words} it is"]) as stage:
        await stage.ask("q")
        await stage.press("ctrl+f")
        stage.app.find_bar.field.value = words
        await stage.sees("1 of 1")
        assert styled(stage, "reverse") == [words]
