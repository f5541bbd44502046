"""Walking from message to message, acting on one, and walking the branches."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from assistant.tui.screens.branches import BranchesScreen
from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.speech import Versions
from assistant.tui.widgets.texts import Question
from tests.tui.stage import Stage, chat
from tests.tui.test_kept_chats import long_chat


def focused_text(stage: Stage) -> str:
    spoken = stage.app.transcript.spoken
    return spoken.text if isinstance(spoken, Question) else type(spoken).__name__


async def test_keys_walk_the_messages_and_say_what_can_be_done(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one", "two"]) as stage:
        await stage.ask("first")
        await stage.ask("second")
        await stage.press("alt+up")
        assert isinstance(stage.app.transcript.spoken, AnswerColumns)
        await stage.sees("question 2 · e edit · r retry · f fork")
        await stage.press("up")
        assert focused_text(stage) == "second"
        await stage.press("up", "up", "up")
        assert focused_text(stage) == "first"
        await stage.sees("question 1 ·")
        await stage.press("escape")
        assert stage.app.focused is stage.composer
        await stage.until(lambda: not stage.app.walk.bar.display)


async def test_walking_below_the_last_message_leads_to_the_composer(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("first")
        await stage.press("alt+up", "down")
        await stage.until(lambda: stage.app.focused is stage.composer)


async def test_a_question_is_edited_from_its_place(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("first")
        await stage.ask("second")
        await stage.press("alt+up", "up", "up", "up", "e")
        await stage.until(lambda: stage.composer.text == "/edit 1 first")
        assert stage.app.focused is stage.composer


async def test_retry_and_versions_by_keys(tmp_path: Path) -> None:
    async with chat(tmp_path, ["answer A", "answer B"]) as stage:
        await stage.ask("question")
        await stage.press("alt+up", "r")
        await stage.sees("answer B")
        await stage.settle()
        await stage.sees("◂ answer 2 of 2 ▸")
        await stage.press("alt+up", "left")
        await stage.until(lambda: "answer B" not in stage.screen)
        await stage.sees("◂ answer 1 of 2 ▸")
        assert stage.session.conversation.path[-1].text == "answer A"
        assert len(stage.session.conversation.entries) == 3, "nothing was overwritten"


async def test_an_earlier_answer_is_retried_and_what_followed_comes_back(tmp_path: Path) -> None:
    async with chat(tmp_path, ["a1", "a2", "again"], size=(80, 40)) as stage:
        await stage.ask("q1")
        await stage.ask("q2")
        await stage.press("alt+up", "up", "up", "r")
        await stage.sees("again")
        await stage.settle()
        assert "q2" not in stage.screen
        await stage.press("alt+up", "left")
        await stage.sees("q2")


async def test_fork_goes_on_after_an_earlier_answer(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("q1")
        await stage.ask("q2")
        await stage.press("alt+up", "up", "up", "f")
        await stage.sees("You go on after question 1")
        assert len(stage.session.conversation.path) == 2


async def test_versions_are_walked_by_mouse_and_letters_still_type(tmp_path: Path) -> None:
    async with chat(tmp_path, ["answer A", "answer B"]) as stage:
        await stage.ask("question")
        await stage.ask("/retry")
        line = stage.app.query(Versions).last()
        await stage.pilot.click(line, offset=(2, 0))
        await stage.until(lambda: "answer B" not in stage.screen)
        await stage.settle()
        await stage.pilot.click(stage.app.query(Question).first())
        await stage.sees("question 1 · e edit")
        await stage.type("ray")
        assert stage.composer.text == "ray"


async def click_word(stage: Stage, word: str) -> None:
    """Click a word, on whatever line of the screen it stands."""
    await stage.sees(word)
    lines = stage.screen.splitlines()
    y = max(number for number, line in enumerate(lines) if word in line)
    await stage.pilot.click(offset=(lines[y].index(word), y))


@pytest.mark.parametrize("width", [80, 40])
async def test_what_the_bar_says_can_be_clicked(tmp_path: Path, width: int) -> None:
    async with chat(tmp_path, ["one", "two"], size=(width, 24)) as stage:
        await stage.ask("question")
        await stage.press("alt+up")
        await click_word(stage, "e edit")
        await stage.until(lambda: stage.composer.text == "/edit 1 question")
        await stage.press("ctrl+c", "alt+up")
        await click_word(stage, "r retry")
        await stage.settle()
        await stage.sees("two")
        await stage.press("alt+up")
        await click_word(stage, "←")
        await stage.sees("one")
        await stage.settle()
        await stage.press("alt+up")
        await click_word(stage, "t tree")
        await stage.until(lambda: isinstance(stage.app.screen, BranchesScreen))
        await stage.press("escape", "alt+up")
        await click_word(stage, "Esc back")
        await stage.until(lambda: stage.composer.has_focus)


@pytest.mark.parametrize("width", [40, 60, 70, 80, 90])
async def test_no_key_of_the_bar_is_parted_from_its_words(tmp_path: Path, width: int) -> None:
    async with chat(tmp_path, ["one", "two"], size=(width, 24)) as stage:
        await stage.ask("question")
        await stage.ask("/retry")
        await stage.press("alt+up")
        await stage.sees("Esc back")
        bar = stage.app.walk.bar.region
        lines = stage.screen.splitlines()[bar.y : bar.bottom]
        parts = [part.strip() for line in lines for part in line.split("·")]
        assert {"r retry", "c compare", "answer 2 of 2", "Esc back"} <= set(parts)


async def test_the_tree_shows_all_branches_and_goes_to_one(tmp_path: Path) -> None:
    async with chat(tmp_path, ["pears", "plums"], size=(90, 40)) as stage:
        await stage.ask("question")
        await stage.ask("/retry")
        await stage.press("alt+up", "t")
        await stage.until(lambda: isinstance(stage.app.screen, BranchesScreen))
        await stage.sees("├ base pears")
        await stage.type("pears")
        await stage.until(lambda: len(cast(BranchesScreen, stage.app.screen).rows) == 1)
        await stage.press("enter")
        await stage.until(lambda: not isinstance(stage.app.screen, BranchesScreen))
        await stage.settle()
        await stage.sees("pears")
        assert stage.session.conversation.path[-1].text == "pears"


async def test_markup_in_messages_is_text_in_the_tree(tmp_path: Path) -> None:
    async with chat(tmp_path, ["[/x] [red]no\x1b[31m"], size=(90, 40)) as stage:
        await stage.ask("[b]q")
        await stage.ask("/branch tree")
        await stage.sees("[b]q")
        await stage.sees("[/x] [red]no")
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, BranchesScreen))
        assert stage.app.focused is stage.composer


async def test_a_message_of_long_ago_is_drawn_when_one_goes_to_it(tmp_path: Path) -> None:
    long_chat(tmp_path, 300)
    async with chat(tmp_path, size=(90, 40)) as stage:
        await stage.ask("/open 1")
        await stage.ask("/branch tree")
        await stage.until(lambda: isinstance(stage.app.screen, BranchesScreen))
        cast(BranchesScreen, stage.app.screen).field.value = "question 55"
        await stage.until(lambda: len(cast(BranchesScreen, stage.app.screen).rows) == 3)
        await stage.press("enter")
        await stage.until(lambda: focused_text(stage) == "question 55")
        await stage.sees("question 56 · e edit")
        await stage.sees("question 55")


async def test_c_compares_answers_to_an_earlier_question(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(100, 40), adapters=("mlx-docs",)) as stage:
        await stage.ask("first")
        await stage.ask("second")
        await stage.press("alt+up", "up", "up", "up", "c")
        await stage.until(lambda: len(stage.answers) == 3)
        await stage.settle()
        assert [c.title for c in stage.answers[-1].columns] == ["base", "mlx-docs ×1"]
        assert stage.answers[-1].answers.question == "first"


async def test_each_message_of_the_tree_is_one_line_however_long(tmp_path: Path) -> None:
    async with chat(tmp_path, ["a long answer " * 30, "another " * 40]) as stage:
        await stage.ask("question " * 30)
        await stage.ask("/retry")
        await stage.ask("/branch tree")
        await stage.until(lambda: isinstance(stage.app.screen, BranchesScreen))
        await stage.sees("you question question")
        picker = cast(BranchesScreen, stage.app.screen)
        await stage.until(lambda: picker.list.virtual_size.height == len(picker.rows) == 3)
        assert stage.screen.count("…") == 3


async def test_a_chat_that_was_found_opens_at_what_was_found(tmp_path: Path) -> None:
    long_chat(tmp_path, 300)
    async with chat(tmp_path, size=(90, 40)) as stage:
        await stage.ask('/search "question 55"')
        await stage.ask("/open 1")
        await stage.sees("question 55")
        await stage.sees("more below · Ctrl+End")
        # Who types on asks something, and acts on no message.
        await stage.type("e")
        assert stage.app.focused is stage.composer
        assert stage.composer.text == "e"


async def test_a_focus_that_moves_while_the_program_ends_finds_no_message(tmp_path: Path) -> None:
    async with chat(tmp_path, ["hello"]) as stage:
        await stage.ask("hi")
        transcript = stage.app.transcript
        await transcript.remove()
        assert transcript.spoken is None


async def test_a_click_in_the_middle_of_a_long_answer_moves_nothing(tmp_path: Path) -> None:
    long = "\n\n".join(f"paragraph {number}" for number in range(40))
    async with chat(tmp_path, [long]) as stage:
        await stage.ask("q")
        view = stage.app.transcript
        view.scroll_to(y=30, animate=False)
        await stage.pilot.pause()
        await stage.pilot.click(offset=(10, 10))
        await stage.sees("question 1")
        assert stage.app.focused is stage.answers[0]
        assert view.scroll_y == 30
