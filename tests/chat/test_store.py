"""What is written comes back as it was; words are found; several processes share the file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.chat import Conversation, Made, Store, UsedAdapter
from assistant.chat.store import schema
from assistant.engine.types import Finish, Sampling, Timing, Usage
from assistant.errors import ChatNotFound, StoreError
from tests.chat.keeping import info_of, keep, rows, talk

ANY_TEXT = st.text(st.characters(codec=None)) | st.sampled_from(
    ["\ud800", "a\0b", "\x1b]52;c;AAAA\x07", "\x1b[2J", "[/red]", "'; DROP TABLE chat; --", "‮abc"]
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data" / "conversations.db")
    yield store
    store.close()


def test_looking_creates_nothing(store: Store) -> None:
    assert store.recent() == []
    assert store.search("anything") == []
    assert store.abandoned_draft() == ""
    with pytest.raises(ChatNotFound):
        store.load("nowhere")
    assert not store.file.parent.exists()


@given(question=ANY_TEXT, sent=ANY_TEXT, answer=ANY_TEXT, system=ANY_TEXT, title=ANY_TEXT)
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    question: str,
    sent: str,
    answer: str,
    system: str,
    title: str,
) -> None:
    store = Store(tmp_path_factory.mktemp("texts") / "c.db")
    conversation = Conversation()
    conversation.ask(question, sent=sent)
    conversation.answer(answer, made=Made(system=system))
    info = replace(info_of(conversation), title=title, system=system, prompt={"template": sent})
    store.put(info, conversation.entries)
    found, entries = store.load(conversation.id)
    store.search(question)
    store.search(answer)
    store.close()
    assert tuple(kept.entry for kept in entries) == conversation.entries
    assert (found.title, found.system, found.prompt) == (title, system, {"template": sent})


def test_an_answer_comes_back_with_everything_it_was_made_with(store: Store) -> None:
    conversation = talk("How do I sort?")
    made = Made(
        model="tiny",
        adapters=(UsedAdapter("mlx-docs", 0.7, "ab" * 32), UsedAdapter("pirate", -1.0, "")),
        sampling=Sampling(99, 0.7, 0.9, 3, ("\n", "stop")),
        system="Be brief.",
        prompt="concise",
    )
    finish = Finish("length", "mx.sort", (5, 6, 7), Usage(20, 12, 3), Timing(0.1, 0.4, 9.5), 2**62)
    answer = conversation.answer(made=made)
    conversation.put(replace(answer, text="mx.sort", finish=finish))
    keep(store, conversation)
    assert store.load(conversation.id)[1][-1].entry == conversation.entries[-1]
    ((model, adapters, seed, prompt, reason),) = rows(
        store.file,
        "SELECT model, adapters, seed, prompt, finish_reason FROM message WHERE role = 'assistant'",
    )
    assert (model, seed, prompt, reason) == ("tiny", 2**62, "concise", "length")
    assert '"fingerprint": "abab' in adapters, "any program can read what made an answer"


def test_lists_show_the_newest_first(store: Store) -> None:
    chats = [keep(store, talk(f"question {n}", "answer")) for n in range(4)]
    listed = store.recent(3)
    assert [chat.title for chat in listed] == ["question 3", "question 2", "question 1"]
    assert listed[0].questions == 1
    store.delete(chats[3].id)
    assert store.recent(1)[0].id == chats[2].id
    assert rows(store.file, "SELECT count(*) FROM message") == [(6,)]


@pytest.mark.parametrize("has_index", [True, False])
def test_words_are_found_wherever_they_were_said(
    store: Store, has_index: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_index:
        monkeypatch.setattr("assistant.chat.store.database.make_index", lambda connection: False)
    first = keep(store, talk("How do I sort an array?", "Use `mx.sort(a, axis=-1)`."))
    second = keep(store, talk("Sorting hats", "They sort pupils. Sort, sort, sort!"))
    keep(store, talk("Something else", "entirely"))
    assert {hit.chat.id for hit in store.search("sort")} == {first.id, second.id}
    assert [hit.chat.id for hit in store.search("SORT arr")] == [first.id]
    assert "mx.sort" in store.search("mx.sort axis")[0].snippet
    assert store.search("unheard") == []
    assert store.search("   ") == []


def test_the_most_fitting_comes_first_and_a_deleted_chat_is_not_found(store: Store) -> None:
    keep(store, talk("a long talk of many things " * 20 + "rank", "yes"))
    close = keep(store, talk("rank", "rank rank"))
    assert store.search("rank")[0].chat.id == close.id
    store.delete(close.id)
    assert close.id not in {hit.chat.id for hit in store.search("rank")}


@pytest.mark.parametrize(
    "words", ['"', "a AND", "NEAR(", "text:sort", "*", "-x", "()", "\0", "\ud800", "^", "世界"]
)
def test_words_are_never_a_query_language(store: Store, words: str) -> None:
    keep(store, talk("sort 世界地図", "x"))
    assert isinstance(store.search(words), list)


def test_words_of_a_language_without_spaces_are_found(store: Store) -> None:
    keep(store, talk("これは世界地図です", "はい"))
    assert len(store.search("世界")) == 1


@pytest.mark.parametrize(
    ("words", "has", "lacks"),
    [
        ("sort arr", "arrays are sorted", "sort them"),
        ("C++", "is C++ hard?", "is C hard?"),
        ("party 🎉", "a party 🎉 tonight", "a party tonight"),
        ("数组", "如何对数组排序", "如何排序"),
        ("อาเรย์", "เรียงลำดับอาเรย์", "เรียงลำดับ"),
    ],
)
def test_a_chat_is_found_beside_others_by_all_of_the_words_and_by_no_less(
    store: Store, words: str, has: str, lacks: str
) -> None:
    inside = keep(store, talk(has, "yes"))
    begins = keep(store, talk(f"{words} first", "yes"))
    keep(store, talk(lacks, "yes"))
    assert {hit.chat.id for hit in store.search(words)} == {inside.id, begins.id}


def test_a_chat_that_has_the_words_a_thousand_times_hides_no_other(store: Store) -> None:
    keep(store, talk(*("array array" for _ in range(1200))))
    other = keep(store, talk("at the end of many words an array " + "more " * 300, "yes"))
    assert other.id in {hit.chat.id for hit in store.search("array")}


def test_what_was_written_without_an_index_is_found_with_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr("assistant.chat.store.database.make_index", lambda connection: False)
        keep(store, talk("rank of a matrix", "two"))
        store.close()
    again = Store(store.file)
    assert again.search("matri")[0].snippet == "rank of a matrix"
    assert rows(store.file, "SELECT count(*) FROM words") == [(2,)]
    again.close()


def test_two_stores_on_one_file_see_each_other_and_lose_nothing(store: Store) -> None:
    conversation = keep(store, talk("one", "two"))
    other = Store(store.file)
    info, entries = other.load(conversation.id)
    theirs = Conversation(entries, info.tip, id=info.id)
    theirs.ask("from the other")
    conversation.ask("from here")
    keep(other, theirs)
    keep(store, conversation)
    texts = {kept.entry.text for kept in store.load(conversation.id)[1]}
    assert texts == {"one", "two", "from the other", "from here"}
    other.close()


_WRITER = """
import sys
from pathlib import Path
from assistant.chat import Store
from tests.chat.keeping import keep, talk
store = Store(Path(sys.argv[1]))
for number in range(25):
    keep(store, talk(f"{sys.argv[2]} {number}", "answer"))
store.close()
"""


def test_processes_that_start_and_write_at_once_all_get_through(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(file), str(n)]) for n in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert rows(file, "SELECT count(*) FROM chat") == [(75,)]
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]


def test_the_index_is_opened_while_another_program_changes_the_tables(store: Store) -> None:
    keep(store, talk("hello"))
    stop = threading.Event()

    def change() -> None:
        with closing(sqlite3.connect(store.file, isolation_level=None)) as connection:
            while not stop.is_set():
                connection.execute("CREATE TABLE other (a)")
                connection.execute("DROP TABLE other")

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for _ in range(500):
            with closing(sqlite3.connect(store.file, isolation_level=None)) as connection:
                assert schema.make_index(connection)
    finally:
        stop.set()
        changing.join()


def test_a_file_of_a_newer_version_is_left_alone(store: Store) -> None:
    store.file.parent.mkdir()
    connection = sqlite3.connect(store.file)
    connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    connection.close()
    before = store.file.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        keep(store, talk("hello"))
    assert store.file.read_bytes() == before


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = keep(store, talk("hello"))
    store.close()
    broken = (*schema.MIGRATIONS, ("CREATE TABLE half (a)", "CREATE TABEL half (a)"))
    with monkeypatch.context() as with_broken:
        with_broken.setattr(schema, "MIGRATIONS", broken)
        with pytest.raises(StoreError):
            Store(store.file).load(conversation.id)
    assert rows(store.file, "PRAGMA user_version") == [(1,)]
    assert rows(store.file, "SELECT name FROM sqlite_master WHERE name = 'half'") == []


def test_only_the_owner_may_read_the_file(store: Store) -> None:
    keep(store, talk("secret"))
    modes = {path.name: path.stat().st_mode & 0o077 for path in store.file.parent.iterdir()}
    assert set(modes.values()) == {0}, modes
