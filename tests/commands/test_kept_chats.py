"""/open and /search: what was said before is found, and gone on with as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.commands import complete
from assistant.commands.blocks import Answered, Asked, Pick, Spot, Table
from assistant.commands.chats import when
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import notices, open_session, problem, say, table


def test_a_chat_goes_on_in_another_session_as_it_was(places: Places) -> None:
    first, _ = open_session(places, ["Use mx.sort."])
    say(first, "/adapter load mlx-docs=0.5", "/prompt review", "How do I sort?")
    first.tell("What is the rank of [[1]]?", "1")
    first.close()

    second, engine = open_session(places)
    blocks = say(second, "/open 1")
    assert [b.text for b in blocks if isinstance(b, Asked)] == [
        "How do I sort?",
        "What is the rank of [[1]]?",
    ]
    answered = next(b for b in blocks if isinstance(b, Answered))
    assert answered.column.title == "mlx-docs ×0.5"
    assert "Its last answer was by fake · mlx-docs ×0.5; the next one is by fake · base" in notices(
        blocks
    )
    say(second, "y = 2")
    said = engine.requests[-1].messages
    assert [m["role"] for m in said] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert said[1]["content"].startswith("Review this code:")
    assert said[4]["content"] == "1"
    assert said[5]["content"].startswith("Review this code:"), "its prompt came with it"
    (adapter,) = second.conversation.exchanges[0].answered.made.adapters  # type: ignore[union-attr]
    assert (adapter.name, adapter.scale, adapter.fingerprint) == ("mlx-docs", 0.5, "0" * 64)


def test_a_prompt_that_is_gone_from_the_library_still_works_in_its_chat(places: Places) -> None:
    file = places.data / "prompts" / "pirate.toml"
    file.parent.mkdir(parents=True)
    file.write_text('system = "Arr."\ntemplate = "Say {text} at sea."')
    first, _ = open_session(places)
    say(first, "/prompt pirate", "hello")
    first.close()
    file.unlink()
    second, engine = open_session(places)
    say(second, "/open hello", "ahoy")
    assert engine.requests[-1].messages[0]["content"] == "Arr."
    assert engine.requests[-1].messages[-1]["content"] == "Say ahoy at sea."


def test_open_alone_lists_the_chats_with_who_answered(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "first question", "/new", "/adapter load mlx-docs", "second", "third")
    listed = table(say(session, "/open"))
    assert listed["here"][1] == "second"
    assert listed["here"][3:5] == ("2", "fake · mlx-docs ×1")
    assert listed["1"][4] == "fake · base"
    assert "today" in listed["1"][2]
    assert [choice.text for choice in complete(session, "/open ")] == ["1"]


def test_chats_are_opened_by_number_id_or_words(places: Places) -> None:
    session, _ = open_session(places, ["mx.sort it", "eight"])
    say(session, "How do I sort?", "/new", "What is rank?", "/new")
    (_, _, _, _, _, id) = table(say(session, "/open"))["2"]
    for ref in ("2", id, "do i SORT", "mx.sort"):
        say(session, "/new", f"/open {ref}")
        assert session.conversation.title == "How do I sort?", ref


def test_search_finds_a_message_on_a_branch_and_opens_it_there(places: Places) -> None:
    session, _ = open_session(places, ["use numpy", "use mlx", "fine"])
    say(session, "How do I sort?", "/retry", "thanks", "/new", "something else")
    found = table(say(session, "/search numpy"))
    assert found["1"][1] == "How do I sort?"
    assert found["1"][3] == "use numpy"
    complete(session, "/open ")
    (spot,) = (block for block in say(session, "/open 1") if isinstance(block, Spot))
    assert [e.answer for e in session.conversation.exchanges] == ["use numpy"]
    assert session.conversation.path[-1].id == spot.message


def test_what_was_found_above_the_last_exchanges_comes_with_its_text(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "a needle", *(f"straw {n}" for n in range(6)), "/search needle")
    (spot,) = (block for block in say(session, "/open 1") if isinstance(block, Spot))
    assert [block.text for block in spot.blocks if isinstance(block, Asked | Answered)] == [
        "a needle",
        "You said: a needle",
    ]


def test_what_is_not_found_is_said(places: Places) -> None:
    session, _ = open_session(places)
    assert "no chats yet" in notices(say(session, "/open"))
    assert problem(say(session, "/open 3")).kind == "chat_not_found"
    assert problem(say(session, "/open nowhere")).kind == "chat_not_found"
    assert "No chat has" in notices(say(session, "/search nothing"))
    assert problem(say(session, "/search")).kind == "usage"
    assert not places.data.exists(), "looking creates nothing"


def test_a_message_that_is_not_there_is_said(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "one", "/new", "two")
    (*_, id) = table(say(session, "/open"))["1"]
    said = problem(say(session, f"/open {id}@77"))
    assert said.kind == "chat_not_found"
    assert "has no message 77" in said.message
    assert session.conversation.title == "two", "one stays where one was"


def test_opening_keeps_the_chat_before(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "one", "/new", "two", "/open 1", "three")
    session.close()
    again, _ = open_session(places)
    assert {row[1]: row[3] for row in table(say(again, "/open")).values()} == {
        "one": "2",
        "two": "1",
    }


def test_number_1_is_the_latest_chat_beside_the_one_that_one_is_in(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "about mice", "/new", "about men")
    titles = [choice.summary for choice in complete(session, "/open ")]
    assert titles == ["about mice"]
    say(session, "/new", "about ants")
    titles = [choice.summary for choice in complete(session, "/open ")]
    assert titles == ["about men", "about mice"], "not those of the first Tab"
    for line, opened in (
        ("/open 1", "about men"),
        ("/open about", "about ants"),
        ("/open about", "about men"),
    ):
        say(session, line)
        assert session.conversation.title == opened
    listed = table(say(session, "/open"))
    assert {number: row[1] for number, row in listed.items()} == {
        "here": "about men",
        "1": "about ants",
        "2": "about mice",
    }
    say(session, "/open 2")
    assert session.conversation.title == "about mice"


def test_nothing_is_kept_with_save_off(places: Places) -> None:
    session, _ = open_session(places, settings=Settings(save=False))
    say(session, "secret", "/retry", "/edit other")
    session.close()
    assert not places.conversations_file.exists()


def test_save_can_be_switched_off_and_on_in_a_chat(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "/set save false", "secret", "/new", "/set save on", "public")
    assert [row[1] for row in table(say(session, "/open")).values()] == ["public"]


def test_a_folder_that_cannot_be_written_costs_one_sentence(places: Places) -> None:
    places.data.parent.mkdir(parents=True, exist_ok=True)
    places.data.write_text("a file where the folder should be")
    session, _ = open_session(places)
    assert "not saved" in notices(say(session, "hello"))
    assert notices(say(session, "and now?")) == ""
    assert len(session.conversation.exchanges) == 2


def test_a_question_that_was_refused_is_not_kept(places: Places) -> None:
    session, _ = open_session(places)
    assert problem(say(session, "word " * 2000)).kind == "prompt_too_long"
    assert "no chats yet" in notices(say(session, "/open"))


@pytest.mark.parametrize("name", ["chat.md", "chat.json", "chat.html"])
def test_export_writes_a_file_and_never_over_one(places: Places, tmp_path: Path, name: str) -> None:
    session, _ = open_session(places)
    say(session, "How do I <b>sort</b>?")
    assert name in notices(say(session, f"/export '{tmp_path / name}'"))
    written = (tmp_path / name).read_text()
    assert "sort" in written
    assert "is there already" in problem(say(session, f"/export {tmp_path / name}")).message
    assert (tmp_path / name).read_text() == written
    assert problem(say(session, "/export chat.pdf")).kind == "usage"


def test_times_are_as_people_say_them() -> None:
    from datetime import datetime

    now = datetime(2026, 3, 5, 12, 0).timestamp()
    day = 86400
    assert [when(now - back, now) for back in (60, day, 20 * day, 400 * day)] == [
        "today 11:59",
        "yesterday 12:00",
        "13 Feb",
        "2025-01-29",
    ]


def test_lists_are_tables_of_data(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "[red]\x1b[2J evil")
    (pick,) = say(session, "/open")
    assert isinstance(pick, Pick)
    found = pick.blocks[0]
    assert isinstance(found, Table)
    assert found.rows[0][1] == "[red]\x1b[2J evil", "kept as it was; front ends draw it plain"
