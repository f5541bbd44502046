"""A long chat opens without being read through, and nothing of it is missing for that."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.chat import Conversation, Entry, Made, Store
from assistant.chat.store import rows
from assistant.commands.blocks import Answered, Asked, Earlier
from assistant.engine.types import Finish, Timing, Usage
from assistant.paths import Places
from tests.chat.keeping import keep
from tests.commands.saying import notices, open_session, say

EXCHANGES = 300
SHOWN = 4


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the messages that were made of their rows, in order."""
    ids: list[int] = []
    make = rows.entry_of

    def watched(row: sqlite3.Row) -> Entry:
        ids.append(row["id"])
        return make(row)

    monkeypatch.setattr(rows, "entry_of", watched)
    return ids


@pytest.fixture
def long_chat(places: Places) -> str:
    store = Store(places.conversations_file)
    chat = Conversation()
    for n in range(EXCHANGES):
        chat.ask(f"question {n}")
        finish = Finish("stop", f"answer {n}", (1, 2), Usage(9, 0, 2), Timing(0.1, 1.0, 2.0), 1)
        chat.put(replace(chat.answer(made=Made("tiny")), text=finish.text, finish=finish))
    keep(store, chat)
    store.close()
    return chat.id


def test_only_what_is_shown_is_made(places: Places, long_chat: str, made: list[int]) -> None:
    session, _ = open_session(places)
    blocks = say(session, f"/open {long_chat}")
    assert [b.text for b in blocks if isinstance(b, Asked)] == [
        f"question {n}" for n in range(EXCHANGES - SHOWN, EXCHANGES)
    ]
    (earlier,) = (b for b in blocks if isinstance(b, Earlier))
    assert len(earlier.blocks) == 2 * (EXCHANGES - SHOWN)
    assert len(made) == 2 * SHOWN
    seen = earlier.blocks[200]
    assert isinstance(seen, Asked)
    assert seen.text == "question 100"
    assert len(made) == 2 * SHOWN + 2
    say(session, "/branch previous")
    assert len(set(made)) == len(made), "none is made twice"


def test_the_model_reads_all_of_it(places: Places, long_chat: str) -> None:
    session, _ = open_session(places)
    say(session, f"/open {long_chat}")
    messages = session.conversation.messages(question="and then?")
    expected = [f"{kind} {n}" for n in range(EXCHANGES) for kind in ("question", "answer")]
    assert [message["content"] for message in messages] == [*expected, "and then?"]


def test_it_is_exported_whole(places: Places, long_chat: str, tmp_path: Path) -> None:
    session, _ = open_session(places)
    file = tmp_path / "all.json"
    say(session, f"/open {long_chat}", f"/export {file}")
    texts = [message["text"] for message in json.loads(file.read_text())["messages"]]
    assert len(texts) == 2 * EXCHANGES
    assert texts[:2] == ["question 0", "answer 0"]


def test_a_question_far_up_can_be_asked_again(places: Places, long_chat: str) -> None:
    session, engine = open_session(places, ["another"])
    say(session, f"/open {long_chat}", "/retry 7")
    assert engine.requests[-1].messages[-1]["content"] == "question 6"
    assert len(session.conversation.questions) == 7
    assert "version 1 of 2" in notices(say(session, "/branch previous"))
    assert len(session.conversation.questions) == EXCHANGES, "what followed is still there"


def test_going_on_writes_the_new_messages_only(
    places: Places, long_chat: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = open_session(places, ["gladly"])
    say(session, f"/open {long_chat}")
    session.conversation.messages()
    written: list[str] = []
    put = session.chats.store.put

    def watched(chat: object, entries: object, beside: object) -> None:
        many = tuple(entries)  # type: ignore[call-overload]
        written.extend(entry.text for entry in many)
        put(chat, many, beside)  # type: ignore[arg-type]

    monkeypatch.setattr(session.chats.store, "put", watched)
    say(session, "one more")
    assert set(written) == {"one more", "", "gladly"}


def test_a_chat_that_was_deleted_meanwhile_is_written_again_whole(
    places: Places, long_chat: str
) -> None:
    session, _ = open_session(places, ["gladly"])
    say(session, f"/open {long_chat}")
    other = Store(places.conversations_file)
    other.delete(long_chat)
    say(session, "one more")
    kept = [message.entry.text for message in other.load(long_chat)[1]]
    assert len(kept) == 2 * EXCHANGES + 2
    assert kept[0] == "question 0"
    assert kept[-1] == "gladly"
    other.close()


def test_a_row_that_somebody_spoiled_still_says_what_was_said(places: Places) -> None:
    first, _ = open_session(places, ["Use mx.sort."])
    say(first, "How do I sort?")
    first.close()
    with closing(sqlite3.connect(places.conversations_file)) as connection, connection:
        connection.execute("UPDATE message SET usage = '{', sampling = '[1]'")
    session, _ = open_session(places)
    blocks = say(session, "/open 1")
    assert [b.text for b in blocks if isinstance(b, Answered)] == ["Use mx.sort."]
