"""`ask -c`, `chats` and `export`: kept chats from the command line."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.chat import Store
from assistant.cli.program import run
from assistant.paths import find_places
from tests.chat.keeping import info_of, keep, talk
from tests.cli.conftest import Call
from tests.fakes import FakeEngine


def said(engine: FakeEngine) -> list[str]:
    return [message["content"] for message in engine.requests[-1].messages]


def test_ask_goes_on_with_the_last_chat(call: Call, engines: list[FakeEngine]) -> None:
    call("ask", "first")
    call("ask", "other")
    call("ask", "-c", "and then?")
    assert said(engines[2]) == ["other", "You said: other", "and then?"]
    call("ask", "--chat", "first", "more")
    assert said(engines[3]) == ["first", "You said: first", "more"]
    listed = call("chats", "list", "--json").json["chats"]
    assert [(chat["title"], chat["questions"]) for chat in listed] == [("first", 2), ("other", 2)]


def test_going_on_takes_the_adapters_and_the_prompts_of_the_chat(
    call: Call, engines: list[FakeEngine]
) -> None:
    call("ask", "hello", "-a", "mlx-docs=0.5", "-s", "Be brief.")
    answer = call("ask", "-c", "again", "--json").json
    assert answer["adapters"] == [{"name": "mlx-docs", "scale": 0.5}]
    assert said(engines[1])[0] == "Be brief."
    call("ask", "-c", "again", "-s", "Be long.", "-a", "pirate")
    assert said(engines[2])[0] == "Be long."
    assert engines[2].requests[0].adapters == {"pirate": 1.0}


def answered_by(call: Call, *words: str) -> list[str]:
    return [adapter["name"] for adapter in call(*words, "--json").json["adapters"]]


def test_the_settings_adapters_do_not_take_the_place_of_the_chat_s(
    call: Call, engines: list[FakeEngine]
) -> None:
    call("ask", "adapted", "-a", "pirate=0.5")
    call("ask", "bare")
    file = find_places().settings_file
    file.write_text('adapters = ["mlx-docs"]\n')
    assert answered_by(call, "ask", "--chat", "adapted", "q") == ["pirate"]
    assert engines[-1].requests[-1].adapters == {"pirate": 0.5}
    assert answered_by(call, "ask", "--chat", "bare", "q") == []
    # What the command line says goes before, wherever it stands; the settings are for what is new.
    assert answered_by(call, "ask", "--chat", "adapted", "-a", "mlx-docs", "q") == ["mlx-docs"]
    assert answered_by(call, "-a", "mlx-docs", "ask", "--chat", "bare", "q") == ["mlx-docs"]
    assert answered_by(call, "ask", "new") == ["mlx-docs"]
    file.write_text('adapters = ["no-such"]\n')
    assert answered_by(call, "ask", "-c", "q") == ["mlx-docs"]


def test_another_model_goes_on_with_the_settings_adapters(
    call: Call, engines: list[FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    call("ask", "hello", "-a", "pirate")
    find_places().settings_file.write_text('adapters = ["mlx-docs=2"]\n')
    other = replace(FakeEngine().info, model="other")
    monkeypatch.setattr(FakeEngine, "info", other)
    done = call("ask", "-c", "q")
    assert engines[-1].requests[-1].adapters == {"mlx-docs": 2.0}
    assert done.err == "This chat was with fake; other goes on with it.\n"


def test_json_says_which_chat_it_was(call: Call, engines: list[FakeEngine]) -> None:
    id = call("ask", "hello", "--json").json["chat"]
    call("ask", "--chat", id, "again")
    assert call("chats", "list", "--json").json["chats"][0]["id"] == id


def test_no_save_keeps_nothing(call: Call, engines: list[FakeEngine]) -> None:
    assert call("ask", "secret", "--no-save", "--json").json["chat"] is None
    assert not find_places().conversations_file.exists()


def test_there_is_nothing_to_go_on_with(call: Call, engines: list[FakeEngine]) -> None:
    done = call("ask", "-c", "hello")
    assert (done.code, done.out) == (1, "")
    assert "no chats yet" in done.err
    assert engines == [], "said before a model is opened"
    assert call("ask", "-c", "--chat", "1", "hello").code == 2


def test_a_chat_is_shown_exported_and_deleted(
    call: Call, engines: list[FakeEngine], tmp_path: Path
) -> None:
    call("ask", "How do I sort?")
    assert call("chats", "show").out == "you:\nHow do I sort?\nbase:\nYou said: How do I sort?\n"
    assert call("export").out.startswith("# How do I sort?\n")
    assert json.loads(call("export", "sort", "-f", "json").out)["format"] == "assistant-chat"
    page = tmp_path / "page.html"
    done = call("export", "1", "-o", str(page))
    assert (done.code, done.out) == (0, "")
    assert f"The chat is in {page}." in " ".join(done.err.split())
    assert page.read_text().startswith("<!doctype html>")
    assert call("export", "-o", str(page)).code == 1, "never over a file"
    assert call("chats", "delete", "1").code == 2, "not without a yes"
    assert "Deleted" in call("chats", "delete", "1", "--yes").err
    assert call("chats", "list").err == "There are no chats yet.\n"


class Typed(io.StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "code", "left"), [("y\n", 0, 0), ("n\n", 1, 1), ("\n", 1, 1), ("", 130, 1)]
)
def test_a_no_is_no_interruption(
    call: Call,
    engines: list[FakeEngine],
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
    left: int,
) -> None:
    call("ask", "hello")
    monkeypatch.setattr(sys, "stdin", Typed(typed))
    assert run(["chats", "delete", "1"]) == code
    assert len(call("chats", "list", "--json").lines[-1]["chats"]) == left


@pytest.mark.parametrize("words", [["chats", "list"], ["export"], ["ask", "-c", "and then?"]])
def test_whoever_looks_at_a_damaged_file_hears_where_it_is_now(
    call: Call, engines: list[FakeEngine], words: list[str]
) -> None:
    find_places().conversations_file.write_text("no database " * 50)
    said = call(*words).err
    (aside,) = find_places().data.glob("*.damaged-*.db")
    assert str(aside) in " ".join(said.split())


def test_lists_can_be_searched(call: Call, engines: list[FakeEngine]) -> None:
    call("ask", "sorting arrays")
    call("ask", "cooking rice")
    assert "cooking" not in call("chats", "list", "-q", "sort").out
    assert "No chat has" in call("chats", "list", "-q", "unheard").err


@pytest.mark.parametrize("count", [1, 1100])
def test_a_chat_is_named_by_its_id_and_its_title_however_many_came_after_it(
    call: Call, count: int
) -> None:
    store = Store(find_places().conversations_file)
    oldest = talk("question", "answer")
    store.put(replace(info_of(oldest), title="named by hand"), oldest.entries)
    for number in range(count):
        keep(store, talk(f"later {number}"))
    store.close()
    for ref in (oldest.id, "BY HAND"):
        assert call("export", ref).out.startswith("# named by hand\n")


@pytest.mark.parametrize(
    "words",
    [
        ["chats", "delete", "", "-y"],
        ["export", " "],
        ["chats", "show", ""],
        ["ask", "--chat", "", "q"],
    ],
)
def test_an_empty_name_names_no_chat(
    call: Call, engines: list[FakeEngine], words: list[str]
) -> None:
    call("ask", "hello")
    done = call(*words)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: No chat is named.")
    assert len(call("chats", "list", "--json").json["chats"]) == 1


@pytest.mark.parametrize("words", [["chats", "show"], ["export"], ["chats", "delete", "x", "-y"]])
def test_what_is_not_there_is_said(call: Call, words: list[str]) -> None:
    done = call(*words)
    assert (done.code, done.out) == (1, "")
    assert not find_places().conversations_file.exists()
