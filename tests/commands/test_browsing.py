"""Choosing among kept chats by a few letters, and the tree of a conversation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.chat import ChatInfo, Found
from assistant.commands import submit
from assistant.commands.blocks import Answers, Asked, Pick, Preformatted
from assistant.commands.branches import places_of
from assistant.commands.branching import rename_chat
from assistant.commands.browsing import fits, hits
from assistant.commands.tree import as_text, rows
from assistant.paths import Places
from tests.chat.keeping import talk
from tests.commands.saying import open_session, problem, say


def chats(*titles: str) -> list[ChatInfo]:
    return [ChatInfo(title, title, 0, 0, questions=3) for title in titles]


def test_a_title_fits_by_its_words_and_by_letters_in_their_order() -> None:
    found = fits("sort", "How to sort")
    assert found is not None
    assert found[1] == (7, 8, 9, 10)
    assert fits("srtarr", "sort an array") is not None
    assert fits("sort pear", "sort an apple") is None
    assert fits("st", "sort") is None, "two letters are too few to guess"


def test_the_best_title_is_first_then_what_was_said() -> None:
    listed = chats("resort hotels", "sort an array", "s o r t", "pears")
    found = [Found(ChatInfo("pears", "pears", 0, 0), 7, "how to\nsort pears")]
    assert [h.chat.title for h in hits("sort", listed, found)] == [
        "sort an array",
        "resort hotels",
        "s o r t",
        "pears",
    ]
    last = hits("sort", listed, found)[-1]
    assert (last.message, last.snippet, last.chat.questions) == (7, "how to sort pears", 3)


def test_without_words_all_chats_are_there_in_their_order() -> None:
    assert [h.chat.title for h in hits(" ", chats("b", "a"), [])] == ["b", "a"]


@given(st.text(max_size=10), st.text(max_size=30))
def test_marked_characters_are_those_of_the_title(words: str, title: str) -> None:
    found = fits(words, title)
    if found is not None:
        assert all(0 <= at < len(title) for at in found[1])


def test_open_without_words_lets_one_pick_a_chat(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "hello there")
    (pick,) = say(session, "/open")
    assert isinstance(pick, Pick)
    assert pick.what == "chats"


def test_a_chat_is_renamed_under_the_person_who_is_in_it(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "hello there")
    rename_chat(session, session.conversation.id, "Mine")
    say(session, "and more")
    assert session.chats.recent()[0].title == "Mine"
    assert session.conversation.title == "Mine"


def test_a_place_in_a_chat_is_opened_by_its_id_and_message(places: Places) -> None:
    session, _ = open_session(places, ["first", "second"])
    say(session, "question", "/retry")
    first = session.conversation.siblings(session.conversation.path[-1].id)[0]
    id = session.conversation.id
    say(session, "/new", f"/open {id}@{first.id}")
    assert session.conversation.path[-1].text == "first"


def test_the_tree_has_every_message_and_the_branch_one_is_on(places: Places) -> None:
    session, _ = open_session(places, ["one", "two", "more", "three"])
    say(session, "ask", "/retry", "and", "/edit 1 other")
    tree = as_text(rows(session.conversation))
    assert tree.splitlines() == [
        "1 ○ ├ you: ask",
        "2 ○ │ ├ base: one",
        "3 ○ │ base: two",
        "4 ○ │ you: and",
        "5 ○ │ base: more",
        "6 ● you: other",
        "7 ● base: three",
    ]
    (pick,) = say(session, "/branch tree")
    assert isinstance(pick, Pick)
    drawn = pick.blocks[0]
    assert isinstance(drawn, Preformatted)
    assert drawn.cuts
    assert (drawn.heard or "").splitlines() == [
        "1, on another branch, you: ask",
        "2, on another branch, base: one",
        "3, on another branch, after 1, base: two",
        "4, on another branch, you: and",
        "5, on another branch, base: more",
        "6, at the beginning, you: other",
        "7, base: three",
    ]
    say(session, "/branch at 2")
    assert [e.text for e in session.conversation.path] == ["ask", "one"]
    assert len(session.conversation.entries) == 7, "nothing was overwritten"


def test_a_message_of_another_chat_is_not_gone_to(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "ask")
    assert "no message" in problem(say(session, "/branch at 99")).message


def test_a_tree_of_thousands_of_messages_is_made() -> None:
    many = rows(talk(*(str(n) for n in range(5000))))
    assert len(many) == 5000
    assert {row.lines for row in many} == {""}


def test_an_earlier_question_is_retried_and_what_followed_is_kept(places: Places) -> None:
    session, _ = open_session(places, ["a1", "a2", "again"])
    say(session, "q1", "q2")
    blocks = say(session, "/retry 1")
    assert [e.text for e in session.conversation.path] == ["q1", "again"]
    assert [b.text for b in blocks if isinstance(b, Asked)] == ["q1"]
    assert {e.text for e in session.conversation.entries} == {"q1", "a1", "q2", "a2", "again"}
    assert "number 9" in problem(say(session, "/retry 9")).message


def test_a_place_says_which_of_how_many_it_is(places: Places) -> None:
    session, _ = open_session(places, ["one", "two"])
    say(session, "ask", "/retry")
    question, answer = session.conversation.path
    where = places_of(session.conversation, [question.id, answer.id, 5])
    assert set(where) == {question.id, answer.id}
    assert where[answer.id].what == "answer 2 of 2"
    assert where[question.id].question == where[answer.id].question == 1
    assert where[answer.id].beside(1) == where[answer.id].beside(-1) != answer.id


def test_answers_say_which_messages_they_are(places: Places) -> None:
    session, _ = open_session(places)
    answers = next(block for block in submit(session, "ask") if isinstance(block, Answers))
    list(answers.generation)
    assert answers.messages == tuple(entry.id for entry in session.conversation.path)
