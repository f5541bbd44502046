"""Keys in the line editor, through prompt_toolkit's own pipe."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from assistant.chat import Store
from assistant.commands import Session
from assistant.paths import Places
from assistant.repl.line_editor import CommandCompleter, LineEditor
from assistant.settings import Settings
from tests.commands.saying import open_session, say
from tests.fakes import FakeEngine

ENTER, ALT_ENTER, CTRL_J, CTRL_C, CTRL_D, UP = "\r", "\x1b\r", "\n", "\x03", "\x04", "\x1b[A"


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe:
        yield pipe


def editor(places: Places, keys: PipeInput) -> LineEditor:
    session = Session(Settings(), places, open_engine=lambda model, places: FakeEngine())
    session.start()
    return LineEditor(session, input=keys, output=DummyOutput())


def test_enter_sends_the_line(places: Places, keys: PipeInput) -> None:
    keys.send_text(f"hello [/x] 世界 🎉{ENTER}")
    assert editor(places, keys).read() == "hello [/x] 世界 🎉"


@pytest.mark.parametrize("new_line", [ALT_ENTER, CTRL_J])
def test_alt_enter_and_ctrl_j_begin_a_new_line(
    places: Places, keys: PipeInput, new_line: str
) -> None:
    keys.send_text(f"/rank 1 2{new_line}3 4{ENTER}")
    assert editor(places, keys).read() == "/rank 1 2\n3 4"


def test_a_paste_of_several_lines_is_one_message(places: Places, keys: PipeInput) -> None:
    keys.send_text(f"\x1b[200~one\ntwo\nthree\x1b[201~{ENTER}")
    assert editor(places, keys).read() == "one\ntwo\nthree"


def test_ctrl_c_clears_the_line(places: Places, keys: PipeInput) -> None:
    keys.send_text(f"half a question{CTRL_C}hello{ENTER}")
    assert editor(places, keys).read() == "hello"


def test_ctrl_c_on_an_empty_line_is_told_to_the_chat(places: Places, keys: PipeInput) -> None:
    keys.send_text(CTRL_C)
    with pytest.raises(KeyboardInterrupt):
        editor(places, keys).read()


def test_ctrl_d_leaves_only_an_empty_line(places: Places, keys: PipeInput) -> None:
    keys.send_text(f"ab{CTRL_D}c{ENTER}{CTRL_D}")
    line_editor = editor(places, keys)
    assert line_editor.read() == "abc"
    with pytest.raises(EOFError):
        line_editor.read()


def test_tab_completes_from_the_registry(places: Places, keys: PipeInput) -> None:
    keys.send_text(f"/ret\t{ENTER}")
    assert editor(places, keys).read() == "/retry"
    keys.send_text(f"/set temp\t 0.5{ENTER}")
    assert editor(places, keys).read() == "/set temperature 0.5"


def test_the_last_question_is_there_in_the_next_chat(places: Places, keys: PipeInput) -> None:
    keys.send_text(f"remember 世界{ENTER}")
    editor(places, keys).read()
    keys.send_text(f"{UP}{ENTER}")
    assert editor(places, keys).read() == "remember 世界"


def test_only_its_owner_may_read_the_history(places: Places, keys: PipeInput) -> None:
    keys.send_text(f"a secret{ENTER}")
    editor(places, keys).read()
    assert stat.S_IMODE(places.history_file.stat().st_mode) == 0o600
    places.history_file.chmod(0o644)  # as it was made by an earlier version
    keys.send_text(f"another{ENTER}")
    editor(places, keys).read()
    assert stat.S_IMODE(places.history_file.stat().st_mode) == 0o600


def test_a_history_that_cannot_be_kept_stops_nobody(tmp_path: Path, keys: PipeInput) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    places = Places(config=tmp_path, data=blocked / "data")
    keys.send_text(f"one{ENTER}two{ENTER}")
    line_editor = editor(places, keys)
    assert [line_editor.read(), line_editor.read()] == ["one", "two"]


def test_a_history_of_strange_bytes_stops_nobody(places: Places, keys: PipeInput) -> None:
    places.data.mkdir(parents=True)
    places.history_file.write_bytes(b"\xff\xfe\x00\n+bro\xffken\n")
    keys.send_text(f"{UP}{ENTER}")
    assert "bro" in editor(places, keys).read()


def test_what_was_being_typed_is_kept_and_what_was_sent_is_not(
    places: Places, keys: PipeInput
) -> None:
    keys.send_text(f"sent{ENTER}half a thou")
    session = Session(Settings(), places)
    line_editor = LineEditor(session, input=keys, output=DummyOutput())
    line_editor.read()
    keys.close()
    with pytest.raises(EOFError):
        line_editor.read()
    session.close()
    store = Store(places.conversations_file)
    assert store.abandoned_draft() == "half a thou"


def test_a_draft_that_ctrl_c_cleared_does_not_come_back_at_the_next_start(
    places: Places, keys: PipeInput
) -> None:
    keys.send_text(f"half a thou{CTRL_C}{CTRL_D}")
    session = Session(Settings(), places)
    with pytest.raises(EOFError):
        LineEditor(session, input=keys, output=DummyOutput()).read()
    session.close()
    assert Store(places.conversations_file).abandoned_draft() == ""


def test_a_draft_that_came_back_is_kept_though_nothing_is_typed_to_it(
    places: Places, keys: PipeInput
) -> None:
    session = Session(Settings(), places)
    line_editor = LineEditor(session, input=keys, output=DummyOutput())
    line_editor.give("half a thou")
    keys.close()
    with pytest.raises(EOFError):
        line_editor.read()
    session.close()
    assert Store(places.conversations_file).abandoned_draft() == "half a thou"


def test_a_text_to_go_on_with_stands_on_the_next_line(places: Places, keys: PipeInput) -> None:
    line_editor = editor(places, keys)
    line_editor.give("/edit 1 hello")
    keys.send_text(f" there{ENTER}")
    assert line_editor.read() == "/edit 1 hello there"


def test_nothing_of_what_is_typed_is_written_with_save_off(places: Places, keys: PipeInput) -> None:
    session = Session(Settings(save=False), places)
    keys.send_text(f"secret{ENTER}")
    LineEditor(session, input=keys, output=DummyOutput()).read()
    session.close()
    assert not places.data.exists()


def test_what_a_file_says_of_itself_stays_on_one_line(places: Places) -> None:
    folder = places.data / "prompts"
    folder.mkdir(parents=True)
    (folder / "two.toml").write_text('summary = "a\\u202e\\nb"\nsystem = "x"\n')
    completer = CommandCompleter(Session(Settings(), places))
    (found,) = completer.get_completions(Document("/prompt two"), CompleteEvent())
    assert found.display_meta_text == "a b"


def test_a_number_is_offered_with_what_it_stands_for(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "about mice", "/new")
    (found,) = CommandCompleter(session).get_completions(Document("/open "), CompleteEvent())
    assert (found.text, found.display_text) == ("1", "1 about mice")
    session.close()
