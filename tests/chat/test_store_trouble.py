"""A full disk, a folder nobody may write, a damaged file: one sentence, and the chat goes on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.chat import Conversation, Keeper, Setup, Store, reopen
from assistant.chat.store.database import Database
from assistant.errors import StoreError, StoreReplaced
from tests.chat.keeping import keep, rows, talk


def keeper_of(file: Path, wanted: bool = True) -> tuple[Keeper, Store]:
    store = Store(file)
    return Keeper(store, lambda: wanted), store


def test_a_damaged_file_is_set_aside_and_the_chat_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    file.write_bytes(b"this is no database, " * 500)
    keeper, store = keeper_of(file)
    keeper.write(talk("hello", "there"), Setup())
    (sentence,) = keeper.news()
    assert "damaged" in sentence
    assert keeper.news() == []
    (aside,) = tmp_path.glob("*.damaged-*.db")
    assert str(aside) in sentence
    assert aside.read_bytes() == b"this is no database, " * 500
    assert rows(file, "SELECT text FROM message ORDER BY id") == [("hello",), ("there",)]
    store.close()


def test_a_file_that_is_damaged_while_it_is_used_costs_nothing_of_this_chat(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    keeper, store = keeper_of(file)
    conversation = talk("hello " * 5000, "there " * 5000)
    keeper.write(conversation, Setup())
    store.close()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    keeper, store = keeper_of(file)
    keeper.opened(conversation)
    conversation.ask("and now?")
    keeper.write(conversation, Setup())
    assert any("damaged" in said for said in keeper.news())
    assert rows(file, "SELECT count(*) FROM message") == [(3,)]
    store.close()


@pytest.mark.parametrize("kind", ["loop", "below a file"])
def test_conversations_that_cannot_be_reached_are_not_none(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "data" / "conversations.db"
    if kind == "loop":
        file.parent.mkdir()
        file.symlink_to(file)
    else:
        file.parent.touch()
    store = Store(file)
    with pytest.raises(StoreError, match="cannot be used"):
        store.recent()
    store.close()


def test_two_programs_that_find_the_damage_set_it_aside_once(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    file.write_bytes(b"x" * 5000)
    stores = [Store(file), Store(file)]
    for store in stores:
        try:
            keep(store, talk("hello"))
        except StoreReplaced:
            keep(store, talk("hello"))
    assert rows(file, "SELECT count(*) FROM chat") == [(2,)]
    assert len(list(tmp_path.glob("*.damaged-*.db"))) == 1
    for store in stores:
        store.close()


_FULL = """
import resource, sys
from pathlib import Path
from assistant.chat import Keeper, Setup, Store
from tests.chat.keeping import talk
store = Store(Path(sys.argv[1]))
keeper = Keeper(store, lambda: True)
conversation = talk("hello")
keeper.write(conversation, Setup())
assert keeper.news() == []
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
for number in range(3):
    conversation.answer("word " * 100_000)
    keeper.write(conversation, Setup())
    print(keeper.news())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
conversation.ask("room again")
keeper.write(conversation, Setup())
print(keeper.news())
store.close()
"""


def test_a_full_disk_is_said_once_and_made_up_for_when_there_is_room(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(file)], capture_output=True, text=True, check=True
    )
    first, second, third, last = done.stdout.splitlines()
    assert "full" in first
    assert "goes on" in first
    assert (second, third) == ("[]", "[]")
    assert last == "['This chat is saved again, all of it.']"
    assert rows(file, "SELECT count(*) FROM message") == [(5,)]
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]


def test_a_place_that_cannot_be_written_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    keeper, store = keeper_of(tmp_path / "data" / "conversations.db")
    conversation = Conversation()
    for _ in range(2):
        conversation.ask("hello")
        keeper.write(conversation, Setup())
        keeper.draft("half a thought")
    (sentence,) = keeper.news()
    assert "not saved" in sentence
    store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that even root cannot write")
def test_a_program_that_keeps_the_file_locked_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.chat.store.database.PATIENCE_S", 0.5)
    database = Database(tmp_path / "conversations.db")

    def waits() -> int:
        query = "PRAGMA busy_timeout"
        return database.read(lambda c: int(c.execute(query).fetchone()[0]), 0)

    database.write(lambda c: None)
    assert waits() == 500
    other = sqlite3.connect(database.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="Another program keeps the conversations locked"):
        database.write(lambda c: None)
    assert waits() == 100
    other.execute("ROLLBACK")
    database.write(lambda c: None)
    assert waits() == 500
    other.close()
    database.close()


def test_a_folder_of_the_system_that_nobody_writes_is_no_fault(tmp_path: Path) -> None:
    keeper, store = keeper_of(Path("/proc/self/conversations.db"))
    keeper.write(talk("hello"), Setup())
    assert len(keeper.news()) == 1
    store.close()


def test_a_chat_that_another_program_deleted_is_written_again(tmp_path: Path) -> None:
    keeper, store = keeper_of(tmp_path / "c.db")
    conversation = talk("hello", "there")
    keeper.write(conversation, Setup())
    store.delete(conversation.id)
    conversation.ask("still here")
    keeper.write(conversation, Setup())
    assert keeper.news() == []
    assert len(store.load(conversation.id)[1]) == 3
    store.close()


def test_a_chat_that_another_program_deleted_is_written_again_from_its_first_question(
    tmp_path: Path,
) -> None:
    keeper, store = keeper_of(tmp_path / "c.db")
    conversation = talk("one", "1", "two", "2")
    keeper.write(conversation, Setup())
    other = Store(tmp_path / "c.db")
    other.delete(conversation.id)
    conversation.go_to(None)
    conversation.ask("another one")
    keeper.write(conversation, Setup())
    conversation.answer("so")
    keeper.write(conversation, Setup())
    assert keeper.news() == []
    assert [kept.entry.text for kept in other.load(conversation.id)[1]] == [
        *("one", "1", "two", "2"),
        *("another one", "so"),
    ]
    other.close()
    store.close()


def test_messages_are_missed_where_somebody_else_has_written_the_chat_again(tmp_path: Path) -> None:
    keeper, store = keeper_of(tmp_path / "c.db")
    conversation = talk("one", "1")
    keeper.write(conversation, Setup())
    elsewhere, _ = reopen(store, conversation.id)
    conversation.ask("two")
    keeper.write(conversation, Setup())
    store.delete(conversation.id)
    other = Keeper(store, lambda: True)
    other.write(elsewhere, Setup())
    conversation.go_to(None)
    conversation.ask("another one")
    keeper.write(conversation, Setup())
    assert len(store.load(conversation.id)[1]) == 4
    store.close()


def test_nothing_is_written_when_nothing_is_wanted(tmp_path: Path) -> None:
    keeper, store = keeper_of(tmp_path / "data" / "c.db", wanted=False)
    keeper.write(talk("secret"), Setup())
    keeper.draft("secret")
    store.close()
    assert not (tmp_path / "data").exists()


def test_a_draft_comes_back_once(tmp_path: Path) -> None:
    keeper, store = keeper_of(tmp_path / "c.db")
    keeper.draft("half a th")
    keeper.draft("half a thought")
    store.close()
    again = Store(tmp_path / "c.db")
    assert again.abandoned_draft() == "half a thought"
    assert again.abandoned_draft() == ""
    again.close()


def test_a_draft_that_was_sent_is_forgotten(tmp_path: Path) -> None:
    keeper, store = keeper_of(tmp_path / "c.db")
    keeper.draft("half")
    keeper.write(talk("x"), Setup())
    keeper.draft("")
    store.close()
    again = Store(tmp_path / "c.db")
    assert again.abandoned_draft() == ""
    again.close()
