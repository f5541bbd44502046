"""Asking, and watching the answer come."""

import re
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.widgets.markdown import MarkdownFence

from assistant.commands.memory_use import process_memory
from assistant.engine.types import Request
from assistant.errors import AdapterNotFound, AssistantError, ModelNotFound
from assistant.paths import Places
from assistant.tui.widgets import transcript
from assistant.tui.widgets.markdown import MarkdownPiece
from tests.fakes import FakeEngine, FakeGeneration
from tests.tui.stage import chat


async def test_a_question_and_its_answer_stand_in_the_transcript(tmp_path: Path) -> None:
    async with chat(tmp_path, ["Use `mx.sort`."]) as stage:
        await stage.ask("How do I sort?")
        await stage.sees("How do I sort?")
        await stage.sees("base")
        await stage.sees("Use mx.sort.")


async def test_an_adapted_answer_is_labelled_with_the_adapter_and_its_strength(
    tmp_path: Path,
) -> None:
    async with chat(tmp_path, ["one", "two"], adapters=("mlx-docs=0.5",)) as stage:
        await stage.ask("q")
        await stage.sees("mlx-docs ×0.5")
        assert stage.answers[0].columns[0].has_class("-adapted")
        await stage.ask("/adapter use none")
        await stage.ask("q")
        assert stage.answers[1].columns[0].has_class("-base")


async def test_markdown_is_drawn_and_code_is_highlighted(tmp_path: Path) -> None:
    answer = "## Head\n\nText.\n\n```python\nimport mlx\n```\n"
    async with chat(tmp_path, [answer]) as stage:
        await stage.ask("q")
        assert stage.app.query_one("MarkdownH2")
        fence = stage.app.query_one(MarkdownFence)
        assert fence.code == "import mlx"
        assert len(fence._highlighted_code.spans) > 1


async def test_a_long_line_of_code_is_wrapped_and_not_cut(tmp_path: Path) -> None:
    async with chat(tmp_path, [f"```python\nx = '{'a' * 100}END'\n```"]) as stage:
        await stage.ask("q")
        await stage.sees("END")


async def test_the_answer_is_on_the_screen_while_it_comes(tmp_path: Path) -> None:
    async with chat(tmp_path, ["First paragraph.\n\nand the unfinished tail"]) as stage:
        stage.engine.hold_after(3)
        await stage.send("q")
        await stage.sees("First paragraph.")
        await stage.sees("and")
        assert not stage.answers[0].complete
        stage.engine.pause.clear()
        await stage.settle()
        await stage.sees("and the unfinished tail")


async def test_a_text_sent_while_an_answer_streams_waits_and_is_shown(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three", "second answer"]) as stage:
        stage.engine.hold_after(1)
        await stage.send("first")
        await stage.until(lambda: stage.answers)
        await stage.send("second question")
        await stage.sees("waits for the answer")
        await stage.sees("second question")
        assert len(stage.answers) == 1
        stage.engine.pause.clear()
        await stage.settle()
        await stage.sees("second answer")
        assert stage.app.entry.waiting.display is False


async def test_up_takes_a_waiting_text_back_into_the_composer(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three"]) as stage:
        stage.engine.hold_after(1)
        await stage.send("first")
        await stage.until(lambda: stage.answers)
        await stage.send("second question")
        await stage.press("up")
        assert stage.composer.text == "second question"
        assert stage.runner.waiting() == ()
        stage.engine.pause.clear()
        await stage.settle()
        assert len(stage.answers) == 1


async def test_an_answer_that_was_cut_off_says_so(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three four"], max_tokens=2) as stage:
        await stage.ask("q")
        await stage.sees("cut off after 2 tokens")


async def test_the_status_line_counts_while_and_after(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two"]) as stage:
        await stage.ask("q")
        await stage.sees("fake · base · 50 tok/s · first 0.05 s · ctx 0 % 3/1024 ·")
        # A process in which many tests ran holds more than a gigabyte.
        await stage.until(lambda: re.search(r"\d [MG]B\s+F1 help", stage.screen))
        assert stage.session.status.memory_bytes == pytest.approx(process_memory(), rel=0.5)


async def test_an_answer_that_was_stopped_before_its_first_word_has_no_speed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path) as stage:
        generate = stage.engine.generate

        def at_once(requests: Sequence[Request]) -> FakeGeneration:
            generation = generate(requests)
            generation.cancel()
            return generation

        monkeypatch.setattr(stage.engine, "generate", at_once)
        await stage.ask("q")
        await stage.sees("stopped")
        assert "tok/s" not in stage.screen


async def test_the_screen_is_painted_before_the_model_is_open(tmp_path: Path) -> None:
    gate = threading.Event()

    def slowly(model: str, places: Places) -> FakeEngine:
        gate.wait(20)
        return FakeEngine(["hello"])

    async with chat(tmp_path, open_engine=slowly, opened=False) as stage:
        await stage.sees("loading tiny…")
        await stage.send("typed early")
        await stage.sees("waits until the model is loaded")
        gate.set()
        await stage.settle()
        await stage.sees("hello")


async def test_what_needs_no_model_does_not_wait_for_it(tmp_path: Path) -> None:
    gate = threading.Event()

    def slowly(model: str, places: Places) -> FakeEngine:
        gate.wait(20)
        return FakeEngine(["hello"])

    async with chat(tmp_path, size=(100, 50), open_engine=slowly, opened=False) as stage:
        await stage.send("typed early")
        await stage.send("/set temperature 0.5")
        await stage.send("/rank [[1,2],[3,6]]")
        await stage.sees("Rank 1 of at most 2")
        assert stage.runner.waiting() == ("typed early", "/set temperature 0.5")
        gate.set()
        await stage.settle()
        await stage.sees("hello")
        # A setting that was typed after a question is none for that question.
        (question,) = [e for e in stage.session.conversation.entries if e.text == "hello"]
        assert question.made is not None
        assert question.made.sampling.temperature == 0.0
        assert stage.session.settings.temperature == 0.5


async def test_a_setting_with_nothing_before_it_does_not_wait(tmp_path: Path) -> None:
    gate = threading.Event()

    def slowly(model: str, places: Places) -> FakeEngine:
        gate.wait(20)
        return FakeEngine()

    async with chat(tmp_path, open_engine=slowly, opened=False) as stage:
        await stage.send("/set temperature 0.5")
        await stage.until(lambda: stage.session.settings.temperature == 0.5)
        gate.set()
        await stage.settle()


async def test_a_model_that_is_not_there_is_a_problem_and_the_chat_is_usable(
    tmp_path: Path,
) -> None:
    def missing(model: str, places: Places) -> FakeEngine:
        raise ModelNotFound("There is no model 'tiny'.", "assistant model list")

    async with chat(tmp_path, open_engine=missing) as stage:
        await stage.sees("There is no model 'tiny'.")
        await stage.sees("assistant model list")
        await stage.sees("no model (tiny)")
        await stage.ask("hello")
        await stage.sees("No model is loaded yet.")
        await stage.ask("/rank [[1,2],[3,6]]")
        await stage.sees("Rank 1 of at most 2")


async def test_an_adapter_that_is_not_there_leaves_the_model_usable(tmp_path: Path) -> None:
    async with chat(tmp_path, ["still here"], adapters=("nope",)) as stage:
        await stage.sees("There is no adapter 'nope'.")
        await stage.ask("q")
        await stage.sees("still here")


async def test_a_fault_in_the_engine_is_one_sentence(tmp_path: Path) -> None:
    def broken(model: str, places: Places) -> FakeEngine:
        raise RuntimeError("metal fell over\nat line 3")

    async with chat(tmp_path, open_engine=broken) as stage:
        await stage.sees("RuntimeError: metal fell over")
        assert "Traceback" not in stage.screen


async def test_what_is_wrong_with_the_settings_stands_at_the_top(tmp_path: Path) -> None:
    problem: AssistantError = AdapterNotFound("config.toml is odd.", "Mend line 3.")
    async with chat(tmp_path, problems=[problem]) as stage:
        await stage.sees("config.toml is odd.")
        await stage.sees("Mend line 3.")


async def test_scrolling_up_is_not_fought_while_an_answer_streams(tmp_path: Path) -> None:
    lines = "\n\n".join(f"paragraph {n}" for n in range(60))
    async with chat(tmp_path, [lines, lines]) as stage:
        await stage.ask("q")
        said = stage.app.transcript
        assert said.scroll_offset.y == said.max_scroll_y
        stage.engine.hold_after(40)
        await stage.send("q")
        await stage.until(lambda: len(stage.answers) == 2)
        await stage.press("pageup", "pageup")
        where = said.scroll_offset.y
        assert where < said.max_scroll_y
        stage.engine.pause.clear()
        await stage.settle()
        assert said.scroll_offset.y == where


async def test_the_transcript_follows_a_long_answer(tmp_path: Path) -> None:
    async with chat(tmp_path, ["\n\n".join(f"paragraph {n}" for n in range(60))]) as stage:
        await stage.ask("q")
        await stage.sees("paragraph 59")


async def test_only_the_newest_answers_of_a_long_chat_stay_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "MOST_LIVE", 2)
    async with chat(tmp_path, ["old **one**", "b", "c"]) as stage:
        for question in ("1", "2", "3"):
            await stage.ask(question)
        assert len(stage.app.query(MarkdownPiece)) == 2
        assert not stage.answers[0].query(MarkdownPiece)
        await stage.sees("old **one**")


async def test_leaving_while_an_answer_streams_ends_the_thread(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three"]) as stage:
        stage.engine.hold_after(1)
        await stage.send("q")
        await stage.until(lambda: stage.answers)
        await stage.press("ctrl+q")
        runner, engine = stage.runner, stage.engine
    assert engine.closed
    assert not runner.running
