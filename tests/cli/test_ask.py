"""`assistant ask`: one question in, one answer out."""

from __future__ import annotations

import pytest

from assistant.engine.types import Request
from assistant.paths import find_places
from tests.cli.conftest import Call
from tests.fakes import FakeEngine


def test_the_answer_is_all_there_is_on_standard_output(
    call: Call, engines: list[FakeEngine]
) -> None:
    done = call("ask", "hello")
    assert (done.code, done.out, done.err) == (0, "You said: hello\n", "")
    assert engines[0].closed


def test_json_has_the_keys_of_the_contract(call: Call, engines: list[FakeEngine]) -> None:
    answer = call("ask", "hello", "-a", "mlx-docs=0.8", "-n", "5", "--seed", "7", "--json").json
    assert answer["model"] == "fake"
    assert answer["adapters"] == [{"name": "mlx-docs", "scale": 0.8}]
    assert answer["text"] == "[mlx-docs] You said: hello"
    assert answer["finish_reason"] == "stop"
    assert answer["seed"] == 7
    assert set(answer["usage"]) == {"prompt_tokens", "cached_tokens", "completion_tokens"}
    assert set(answer["timing"]) == {"first_token_s", "total_s", "tokens_per_s"}
    assert engines[0].requests[0].sampling.max_tokens == 5


def test_piped_text_goes_below_the_prompt(call: Call, engines: list[FakeEngine]) -> None:
    call("ask", "Explain:", stdin="x = 1\n")
    call("ask", stdin="only this")
    call("ask", "-", stdin="and this")
    said = [engine.requests[0].messages[-1]["content"] for engine in engines]
    assert said == ["Explain:\n\nx = 1", "only this", "and this"]


def test_code_that_is_piped_in_keeps_its_indentation(call: Call, engines: list[FakeEngine]) -> None:
    code = "    if x:\n        return 1"
    call("ask", "Explain:", stdin=f"\n  \r\n{code}\n\n")
    call("ask", stdin=f"{code}\n")
    call("ask", stdin="  only this \n")
    asked = [engine.requests[0].messages[-1]["content"] for engine in engines]
    assert asked == [f"Explain:\n\n{code}", code, "only this"]


@pytest.mark.parametrize("words", [["ask"], ["ask", ""], ["ask", "  "], ["ask", "-"]])
def test_nothing_to_ask_is_wrong_usage(
    call: Call, engines: list[FakeEngine], words: list[str]
) -> None:
    done = call(*words, stdin=" \n")
    assert done.code == 2
    assert done.err.startswith("Error: There is no prompt.\n")
    assert engines == []


def test_a_system_prompt_or_one_from_the_library(call: Call, engines: list[FakeEngine]) -> None:
    call("ask", "hello", "-s", "Be brief.")
    call("ask", "x = 1", "-p", "review")
    assert engines[0].requests[0].messages[0]["content"] == "Be brief."
    assert engines[1].requests[0].messages[1]["content"].startswith("Review this code:")
    done = call("ask", "hello", "-s", "a", "-p", "review")
    assert (done.code, done.out) == (2, "")
    assert call("ask", "hello", "-p", "reveiw", "--json").json["error"] == {
        "kind": "prompt_not_found",
        "message": "There is no prompt 'reveiw'.",
        "hint": "Did you mean review?",
    }


@pytest.mark.parametrize(
    "words",
    [
        ["-t", "2.5"],
        ["-t", "-1"],
        ["-t", "nan"],
        ["-t", "warm"],
        ["-n", "0"],
        ["-n", "1.5"],
        ["--seed", "-1"],
        ["-a", "mlx-docs=strong"],
        ["-a", "mlx-docs", "-a", "mlx-docs"],
        ["--no-such-flag"],
        ["two", "words"],
    ],
)
def test_wrong_usage_is_said_before_a_model_is_opened(
    call: Call, engines: list[FakeEngine], words: list[str]
) -> None:
    done = call("ask", "hello", *words, "--json")
    assert done.code == 2
    assert done.json["error"]["kind"] == "usage"
    assert done.json["error"]["hint"]
    plain = call("ask", "hello", *words)
    assert (plain.code, plain.out) == (2, "")
    assert plain.err.startswith("Error: ")
    assert len(plain.err.splitlines()) == 2
    assert engines == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["-a", "no-such"], "adapter_not_found"),
        (["-m", "nowhere"], "model_not_found"),
        (["-s", "word " * 2000], "prompt_too_long"),
    ],
)
def test_a_failure_exits_1_with_one_sentence_and_a_hint(
    call: Call, engines: list[FakeEngine], words: list[str], kind: str
) -> None:
    done = call("ask", "hello", *words, "--json")
    assert done.code == 1
    assert done.json["error"]["kind"] == kind
    plain = call("ask", "hello", *words)
    assert (plain.code, plain.out) == (1, "")
    assert len(plain.err.splitlines()) == 2
    assert all(engine.closed for engine in engines)


def test_a_text_that_is_too_long_is_read_once_and_names_no_slash_command(
    call: Call, engines: list[FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Request] = []
    count = FakeEngine.count_tokens
    monkeypatch.setattr(
        FakeEngine,
        "count_tokens",
        lambda self, request: counted.append(request) or count(self, request),
    )
    piped = "word " * 2000
    done = call("ask", "--json", stdin=piped)
    assert len(counted) == 2, "to make room, and by the engine itself"
    call("ask", "hello")
    for words, way in (
        (["ask"], "Ask with a shorter text."),
        (["compare", "-a", "mlx-docs"], "Ask with a shorter text."),
        (["ask", "-c"], "Ask with a shorter text, or without -c and --chat."),
    ):
        done = call(*words, "--json", stdin=piped)
        assert (done.code, done.json["error"]["kind"]) == (1, "prompt_too_long")
        assert done.json["error"]["hint"] == way


def test_an_answer_cut_at_its_longest_is_said_on_standard_error(
    call: Call, engines: list[FakeEngine]
) -> None:
    done = call("ask", "hello", "-n", "2")
    assert done.out == "You said:\n"
    assert "-n NUMBER allows more" in done.err


def test_settings_decide_what_is_not_given(call: Call, engines: list[FakeEngine]) -> None:
    file = find_places().settings_file
    file.write_text('adapters = ["mlx-docs=0.5"]\nmax_tokens = 3\nsystem = "Hm."\n')
    call("ask", "hello")
    call("ask", "hello", "-a", "pirate", "-n", "9", "-s", "")
    call("-m", "another", "ask", "hello")
    first, second, third = (engine.requests[0] for engine in engines)
    assert (first.adapters, first.sampling.max_tokens) == ({"mlx-docs": 0.5}, 3)
    assert first.messages[0]["content"] == "Hm."
    assert (second.adapters, second.sampling.max_tokens) == ({"pirate": 1.0}, 9)
    assert second.messages[0]["role"] == "user"
    assert third.adapters == {}, "adapters of the settings belong to the settings' model"


def test_broken_settings_warn_and_stop_nothing(call: Call, engines: list[FakeEngine]) -> None:
    find_places().settings_file.write_text("temperature = 99\nmodle = 'x'\n")
    done = call("ask", "hello")
    assert (done.code, done.out) == (0, "You said: hello\n")
    assert "temperature cannot be 99" in done.err
    assert "Did you mean model?" in done.err


def test_escapes_of_an_answer_do_not_reach_the_terminal(
    call: Call, engines: list[FakeEngine]
) -> None:
    nasty = "\x1b[31mred\x07 [/x] 世界 🎉"
    assert call("ask", nasty).out == "You said: [31mred [/x] 世界 🎉\n"
    assert call("ask", nasty, "--json").json["text"] == f"You said: {nasty}"


def test_words_in_bytes_of_another_locale_are_understood(
    call: Call, engines: list[FakeEngine]
) -> None:
    assert call("ask", "世界".encode().decode("ascii", "surrogateescape")).out == "You said: 世界\n"
    assert call("ask", "caf\udce9").out == "You said: caf\N{REPLACEMENT CHARACTER}\n"


def test_variables_of_a_prompt_are_said_or_asked_for(call: Call, engines: list[FakeEngine]) -> None:
    call("ask", "Good morning", "-p", "translate", "--var", "language=German")
    system, question = engines[0].requests[0].messages
    assert "into German" in system["content"]
    assert question["content"] == "Translate into German:\n\nGood morning"
    missing = call("ask", "Good morning", "-p", "translate")
    assert (missing.code, missing.out) == (2, "")
    assert "Into which language?" in missing.err
    assert "--var language=VALUE" in missing.err
    for words in (["-p", "translate", "--var", "german"], ["--var", "language=German"]):
        assert call("ask", "hello", *words).code == 2
    assert call("ask", "hello", "-p", "translate", "--var", "langage=x").code == 1
    assert len(engines) == 1


def test_events_are_a_json_object_on_a_line_each(call: Call, engines: list[FakeEngine]) -> None:
    start, *texts, end = call("ask", "hello\nthere", "--stream", "json", "-a", "mlx-docs=2").lines
    assert start == {
        "event": "start",
        "model": "fake",
        "adapters": [{"name": "mlx-docs", "scale": 2.0}],
    }
    assert {text["event"] for text in texts} == {"text"}
    assert "".join(text["text"] for text in texts) == end["text"]
    assert end["event"] == "end"
    assert {"finish_reason", "usage", "timing", "seed", "chat"} <= set(end)


def test_an_error_takes_the_place_of_the_end(call: Call, engines: list[FakeEngine]) -> None:
    for words in (["--stream", "json"], ["--stream=json"]):
        done = call("ask", "hello", "-a", "nothing", *words)
        assert (done.code, done.lines[-1]["error"]["kind"]) == (1, "adapter_not_found")
    assert call("ask", "hello", "--json", "--stream", "text").code == 2
