"""What was last asked and answered is the conversation's that one is in."""

from __future__ import annotations

from assistant.commands import submit
from assistant.commands.blocks import Answers
from assistant.paths import Places
from tests.commands.saying import open_session, say


def test_a_new_conversation_has_no_last_question_and_no_last_answer(places: Places) -> None:
    session, _ = open_session(places, ["one"])
    say(session, "first")
    assert session.last_question == "first"
    assert session.last_finish is not None
    say(session, "/new")
    assert (session.last_question, session.last_finish) == ("", None)


def test_an_opened_chat_brings_its_last_question_and_answer(places: Places) -> None:
    session, _ = open_session(places, ["one", "two"])
    say(session, "first")
    finish = session.last_finish
    say(session, "/new", "second", "/open first")
    assert session.last_question == "first"
    assert session.last_finish is not None
    assert finish is not None
    assert session.last_finish.text == finish.text == "one"


def test_what_the_program_told_is_not_the_last_question(places: Places) -> None:
    session, _ = open_session(places, ["one"])
    say(session, "first", "/rank 1 2; 2 4")
    id = session.conversation.id
    say(session, "/new", f"/open {id}")
    assert session.last_question == "first"


def test_an_answer_nobody_listens_to_is_kept_as_it_is(places: Places) -> None:
    session, _ = open_session(places, ["one two three", "other"])
    (answers,) = submit(session, "first")
    assert isinstance(answers, Answers)
    next(answers.generation)
    assert session.answering
    say(session, "second")
    assert not session.answering
    assert [e.text for e in session.conversation.path][0::2] == ["first", "second"]
    assert session.conversation.path[1].text == "one"
