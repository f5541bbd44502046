"""What a model thinks aloud: a faint line that opens, and no part of the next question."""

from __future__ import annotations

from pathlib import Path

from assistant.tui.widgets.fold import FoldTitle
from assistant.tui.widgets.thought import ThoughtView
from tests.thinking import ThinkingEngine
from tests.tui.stage import Stage, chat

ANSWER = "<think>\nthe person [b]wants[/b] mx.sort </think>\n\nUse mx.sort."


def thinking(*answers: str) -> ThinkingEngine:
    return ThinkingEngine(answers)


async def open_thought(stage: Stage) -> None:
    stage.app.query_one(ThoughtView).query_one(FoldTitle).focus()
    await stage.press("enter")


async def test_it_is_folded_away_and_opens_with_enter(tmp_path: Path) -> None:
    engine = thinking(ANSWER)
    async with chat(tmp_path, open_engine=lambda m, p: engine) as stage:
        await stage.ask("how?")
        await stage.sees("▸ thought for a moment Use mx.sort.")
        assert "wants" not in stage.screen
        await open_thought(stage)
        await stage.sees("▾ thought for a moment the person [b]wants[/b] mx.sort Use mx.sort.")
        await stage.press("enter")
        await stage.until(lambda: "wants" not in stage.screen)


async def test_while_it_thinks_it_says_so_and_can_be_watched(tmp_path: Path) -> None:
    engine = thinking(ANSWER)
    async with chat(tmp_path, open_engine=lambda m, p: engine) as stage:
        engine.hold_after(3)
        await stage.send("how?")
        await stage.sees("▸ thinking…")
        await open_thought(stage)
        await stage.sees("the person [b]wants[/b]")
        engine.pause.clear()
        await stage.settle()
        await stage.sees("Use mx.sort.")


async def test_the_next_question_is_asked_without_it(tmp_path: Path) -> None:
    engine = thinking(ANSWER, "Again.")
    async with chat(tmp_path, open_engine=lambda m, p: engine) as stage:
        await stage.ask("how?")
        await stage.ask("and then?")
        said = engine.requests[-1].messages[1]
        assert said == {"role": "assistant", "content": "Use mx.sort."}
        await stage.sees("Again.")
        shown = [view for view in stage.app.query(ThoughtView) if view.display]
        assert len(shown) == 1


async def test_an_opened_chat_has_it_still(tmp_path: Path) -> None:
    engine = thinking(ANSWER)
    async with chat(tmp_path, open_engine=lambda m, p: engine) as stage:
        await stage.ask("how?")
    async with chat(tmp_path) as stage:
        await stage.ask("/open 1")
        await stage.sees("▸ thought, 4 words Use mx.sort.")
        await open_thought(stage)
        await stage.sees("the person [b]wants[/b] mx.sort")


async def test_a_thought_that_was_stopped_says_that_no_answer_came(tmp_path: Path) -> None:
    engine = thinking("<think>over and over")
    async with chat(tmp_path, open_engine=lambda m, p: engine) as stage:
        await stage.ask("how?")
        await stage.sees("(a thought, and no answer)")
