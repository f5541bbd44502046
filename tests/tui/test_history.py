"""What was typed before, shared with the plain REPL."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.history import FileHistory

from assistant.tui.history import History, append_history, read_history


def test_the_plain_front_end_reads_what_was_written_here(tmp_path: Path) -> None:
    file = tmp_path / "data" / "history"
    assert append_history(file, "one")
    assert append_history(file, "two\nlines\n\n+and a plus")
    assert list(FileHistory(str(file)).load_history_strings()) == [
        "two\nlines\n\n+and a plus",
        "one",
    ]


def test_what_the_plain_front_end_wrote_is_read_here(tmp_path: Path) -> None:
    file = tmp_path / "history"
    FileHistory(str(file)).store_string("one\n# no comment")
    FileHistory(str(file)).store_string("two")
    assert read_history(file) == ["one\n# no comment", "two"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))))
def test_every_text_comes_back_as_it_was(entries: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history"
        for entry in entries:
            append_history(file, entry)
        assert read_history(file) == entries


def test_nothing_is_created_by_reading(tmp_path: Path) -> None:
    file = tmp_path / "data" / "history"
    assert History(file).entries == []
    assert not file.parent.exists()


def test_a_place_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    history = History(tmp_path / "data" / "history")
    history.add("one")
    assert history.older("") == "one"


def test_only_its_owner_may_read_what_was_typed(tmp_path: Path) -> None:
    file = tmp_path / "data" / "history"
    assert append_history(file, "a secret")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)  # as it was made by an earlier version
    assert append_history(file, "another")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_history(file) == ["a secret", "another"]


def test_a_history_that_leads_to_no_file_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "history").symlink_to("/dev/null")
    changed: list[object] = []
    monkeypatch.setattr("os.chmod", lambda *given: changed.append(given))
    assert append_history(tmp_path / "history", "nothing of this is kept")
    assert changed == []


def test_what_is_kept_to_come_first_comes_whatever_is_typed(tmp_path: Path) -> None:
    history = History(tmp_path / "history")
    history.add("hello")
    history.keep("draft", first=True)
    assert history.older("h") == "draft"
    assert history.older("draft") == "hello"
    history.add("hi")
    assert history.older("h") == "hi"
    assert history.older("hi") == "hello"


def test_walking_back_and_forth_keeps_the_draft(tmp_path: Path) -> None:
    history = History(tmp_path / "history")
    for entry in ("one", "two"):
        history.add(entry)
    assert history.older("draft") == "two"
    assert history.older("two") == "one"
    assert history.older("one") is None
    assert history.newer() == "two"
    assert history.newer() == "draft"
    assert history.newer() is None


def test_the_same_line_twice_is_one_entry(tmp_path: Path) -> None:
    history = History(tmp_path / "history")
    for _ in range(2):
        history.add("same")
    assert read_history(tmp_path / "history") == ["same"]


def test_a_cleared_draft_is_remembered_for_this_chat_only(tmp_path: Path) -> None:
    history = History(tmp_path / "history")
    history.keep("draft")
    assert history.older("") == "draft"
    assert read_history(tmp_path / "history") == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"no plus\n", b"+\n", b"+a\n+b"])
def test_a_strange_file_is_read_as_far_as_it_goes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "history").write_bytes(content)
    assert isinstance(read_history(tmp_path / "history"), list)
