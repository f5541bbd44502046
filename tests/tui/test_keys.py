"""What the keys do, from the composer outwards."""

from pathlib import Path

import pytest

from assistant.tui import ladder
from assistant.tui.history import read_history
from assistant.tui.keys import tell_alt_enter_apart
from tests.tui.stage import Stage, chat


async def begin_an_answer(stage: Stage) -> None:
    stage.engine.hold_after(2)
    await stage.send("question")
    await stage.until(lambda: stage.engine.pause.is_set() and stage.answers)


async def test_esc_stops_the_answer_and_keeps_what_was_said(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three four"]) as stage:
        await begin_an_answer(stage)
        await stage.press("escape")
        stage.engine.pause.clear()
        await stage.settle()
        await stage.sees("one two stopped · /continue goes on")
        assert stage.session.conversation.exchanges[0].answer == "one two"


async def test_ctrl_c_clears_the_draft_first_and_stops_the_answer_next(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three four"]) as stage:
        await begin_an_answer(stage)
        await stage.type("draft")
        await stage.press("ctrl+c")
        assert stage.composer.text == ""
        await stage.sees("cleared")
        assert stage.answers[0].columns[0].finish is None
        await stage.press("ctrl+c")
        stage.engine.pause.clear()
        await stage.settle()
        await stage.sees("stopped")
        assert stage.app.is_running


async def test_a_cleared_draft_comes_back_with_up(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("draft")
        await stage.press("ctrl+c", "up")
        assert stage.composer.text == "draft"


async def test_a_cleared_draft_comes_back_with_ctrl_z(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("draft")
        await stage.press("ctrl+c", "ctrl+z")
        assert stage.composer.text == "draft"


async def test_ctrl_c_twice_quits_and_says_so_first(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.press("ctrl+c")
        await stage.sees("Ctrl+C once more quits")
        assert stage.app.is_running
        await stage.press("ctrl+c")
        await stage.until(lambda: not stage.app.is_running)
        assert stage.app.return_code == 0


async def test_ctrl_d_quits_only_when_nothing_is_typed(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("ab")
        await stage.press("home", "ctrl+d")
        assert stage.composer.text == "b"
        await stage.press("ctrl+d", "ctrl+d")
        await stage.until(lambda: not stage.app.is_running)


@pytest.mark.parametrize("key", ["shift+enter", "ctrl+j", "alt+enter"])
async def test_a_line_break_sends_nothing(tmp_path: Path, key: str) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("one")
        await stage.press(key)
        await stage.type("two")
        assert stage.composer.text == "one\ntwo"
        assert stage.engine.requests == []
        await stage.press("enter")
        await stage.settle()
        assert stage.engine.requests[0].messages[-1]["content"] == "one\ntwo"


def test_alt_enter_on_a_plain_terminal_breaks_the_line() -> None:
    from textual import events
    from textual._xterm_parser import XTermParser

    tell_alt_enter_apart()
    keys = [e.key for e in XTermParser().feed("a\x1b\rb") if isinstance(e, events.Key)]
    assert keys == ["a", "ctrl+j", "b"]


async def test_enter_in_an_empty_composer_does_nothing(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("  ")
        await stage.press("enter")
        await stage.settle()
        assert stage.engine.requests == []


async def test_the_composer_grows_with_its_lines_but_not_over_the_screen(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        small = stage.composer.size.height
        stage.composer.put("1\n2\n3")
        await stage.pilot.pause()
        assert stage.composer.size.height == small + 2
        stage.composer.put("\n" * 50)
        await stage.pilot.pause()
        assert stage.composer.size.height == 8


async def test_a_paste_of_many_lines_stays_one_text(tmp_path: Path) -> None:
    from textual import events

    async with chat(tmp_path) as stage:
        stage.app.post_message(events.Paste("one\r\ntwo\x1b[31m\nthree"))
        await stage.until(lambda: stage.composer.text == "one\ntwo[31m\nthree")
        assert stage.engine.requests == []


async def test_up_and_down_walk_what_was_sent_and_keep_the_draft(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("first")
        await stage.ask("second")
        await stage.type("draft")
        await stage.press("up")
        assert stage.composer.text == "second"
        await stage.press("up")
        assert stage.composer.text == "first"
        await stage.press("down", "down")
        assert stage.composer.text == "draft"
        assert read_history(tmp_path / "history") == ["first", "second"]


async def test_up_inside_a_text_of_several_lines_moves_the_cursor(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("earlier")
        await stage.type("one\ntwo")
        await stage.press("up")
        assert stage.composer.text == "one\ntwo"
        await stage.press("up")
        assert stage.composer.text == "earlier"


async def test_what_was_typed_in_another_chat_is_there(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("from before")
    async with chat(tmp_path) as stage:
        await stage.press("up")
        assert stage.composer.text == "from before"


async def test_f1_lists_keys_and_commands_and_goes_away(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(100, 60)) as stage:
        await stage.press("f1")
        await stage.sees("Ctrl+C")
        await stage.sees("/adapter")
        await stage.press("f1")
        await stage.until(lambda: "Ctrl+C" not in stage.screen)


async def test_typing_goes_to_the_composer_wherever_the_focus_is(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("/rank [[1,2],[3,6]]")
        await stage.press("shift+tab")
        assert stage.app.focused is not stage.composer
        await stage.type("hi")
        assert stage.composer.text == "hi"


async def test_pages_scroll_from_the_composer(tmp_path: Path) -> None:
    async with chat(tmp_path, ["\n\n".join("abcdefghijklmnopqrstuvwxyz")]) as stage:
        await stage.ask("q")
        bottom = stage.app.transcript.scroll_offset.y
        await stage.press("pageup")
        assert stage.app.transcript.scroll_offset.y < bottom
        await stage.press("pagedown")
        await stage.until(lambda: stage.app.transcript.scroll_offset.y == bottom)


async def test_quit_is_a_command_too(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.send("/quit")
        await stage.until(lambda: not stage.app.is_running)


async def test_the_keys_of_the_chat_do_nothing_below_the_palette(tmp_path: Path) -> None:
    async with chat(tmp_path, ["Yes."]) as stage:
        await stage.ask("q")
        await stage.type("draft")
        await stage.press("ctrl+p")
        await stage.until(lambda: stage.app.screen.is_modal)
        await stage.press("ctrl+f", "f8", "alt+up")
        assert not stage.app.finder.open
        await stage.press("ctrl+c")
        await stage.until(lambda: not stage.app.screen.is_modal)
        assert stage.composer.text == "draft"
        await stage.press("ctrl+p")
        await stage.until(lambda: stage.app.screen.is_modal)
        await stage.type("find words")
        await stage.sees("find words in this chat")
        await stage.press("enter")
        await stage.until(lambda: stage.app.finder.open)


async def test_a_draft_makes_way_for_an_earlier_question_and_comes_back(tmp_path: Path) -> None:
    async with chat(tmp_path, ["Yes."] * 3) as stage:
        await stage.ask("first")
        await stage.type("half a thought")
        stage.app.run_line("/edit 1")
        await stage.until(lambda: stage.composer.text == "/edit 1 first")
        await stage.press("enter")
        await stage.settle()
        await stage.press("up", "up")
        assert stage.composer.text == "half a thought"


async def test_ctrl_c_in_another_field_closes_that_and_leaves_the_draft(tmp_path: Path) -> None:
    async with chat(tmp_path, ["Yes."], size=(100, 40)) as stage:
        await stage.ask("first")
        await stage.type("draft")
        await stage.press("ctrl+f", *"first", "ctrl+c")
        await stage.until(lambda: not stage.app.finder.open)
        await stage.press("f3")
        await stage.until(lambda: stage.app.panels.has_keys())
        await stage.press("a", *"folder", "ctrl+c")
        await stage.until(lambda: stage.app.field is None)
        assert stage.app.panels.has_keys()
        assert stage.composer.text == "draft"
        assert stage.app.is_running


async def test_ctrl_c_twice_at_once_closes_the_palette_and_leaves_the_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder, "QUICK_S", 60.0)
    async with chat(tmp_path) as stage:
        await stage.type("draft")
        await stage.press("ctrl+p")
        await stage.until(lambda: stage.app.screen.is_modal)
        await stage.press("ctrl+c", "ctrl+c")
        await stage.until(lambda: not stage.app.screen.is_modal)
        assert stage.composer.text == "draft"
        await stage.sees("Ctrl+C once more: clear what is typed")
        await stage.press("ctrl+c")
        assert stage.composer.text == ""


async def test_ctrl_c_leaves_a_question_of_a_picker_before_the_picker(tmp_path: Path) -> None:
    async with chat(tmp_path, ["Yes."] * 2) as stage:
        await stage.ask("first")
        await stage.send("/open")
        await stage.until(lambda: stage.app.screen.is_modal)
        await stage.press("ctrl+r")
        await stage.sees("The new name")
        await stage.press("ctrl+c")
        await stage.sees("Ctrl+R renames")
        assert stage.app.screen.is_modal
        await stage.press("ctrl+c")
        await stage.until(lambda: not stage.app.screen.is_modal)


async def test_ctrl_c_copies_what_is_selected_in_the_field_of_a_picker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path, ["Yes."]) as stage:
        await stage.ask("first")
        await stage.send("/open")
        await stage.until(lambda: stage.app.screen.is_modal)
        copied: list[str] = []
        monkeypatch.setattr(stage.app.copier, "copy_text", lambda text, what: copied.append(text))
        await stage.type("fir")
        await stage.press("shift+home", "ctrl+c")
        assert stage.app.screen.is_modal
        assert copied == ["fir"]
