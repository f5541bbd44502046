"""--engine URL on the command line: the same commands, answered by a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.paths import find_places
from tests.cli.conftest import Call
from tests.engine.remote.conftest import VLLM
from tests.engine.remote.server import Reply, ScriptedServer, as_json, chunk, said, sse


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.delenv("ASSISTANT_API_KEY", raising=False)
    running = ScriptedServer()
    running.list_models(*VLLM)
    yield running
    running.close()


def test_ask_before_and_behind_the_commands_name(call: Call, server: ScriptedServer) -> None:
    for words in (["--engine", server.url, "ask", "hi"], ["ask", "hi", "--engine", server.url]):
        done = call(*words)
        assert (done.code, done.out, done.err) == (0, "[base] You said: hi\n", "")


def test_ask_json_has_the_keys_of_the_contract(call: Call, server: ScriptedServer) -> None:
    answer = call("ask", "hi", "-a", "mlx-docs", "--engine", server.url, "--json").json
    assert answer["model"] == "base"
    assert answer["adapters"] == [{"name": "mlx-docs", "scale": 1.0}]
    assert answer["text"] == "[mlx-docs] You said: hi"
    assert set(answer["usage"]) == {"prompt_tokens", "cached_tokens", "completion_tokens"}


def test_compare_says_where_the_texts_part_and_what_is_left_out(
    call: Call, server: ScriptedServer
) -> None:
    server.chats.extend([said("Use np.sort."), said("Use np.sort.")])
    done = call("compare", "hi", "-a", "mlx-docs", "--evidence", "--engine", server.url)
    assert done.code == 0
    assert "base and mlx-docs ×1 say the same, word for word." in done.out
    assert "cannot read a given answer again" in done.out
    assert "bare model:" not in done.out
    seeds = {body.get("seed") for body in server.bodies}
    assert len(seeds) == 1


def test_compare_json_does_not_make_up_what_a_server_does_not_tell(
    call: Call, server: ScriptedServer
) -> None:
    words = ["compare", "hi", "-a", "mlx-docs", "--evidence", "--engine", server.url, "--json"]
    row = call(*words).json
    assert [answer["name"] for answer in row["answers"]] == ["base", "mlx-docs"]
    assert row["agreement"] == {"first_difference": None, "same": False}
    assert "cannot read a given answer again" in row["evidence_left_out"]
    assert "base_proof" not in row
    assert "evidence" not in row["answers"][1]


def test_compare_with_numbered_tokens_says_which_token(call: Call, server: ScriptedServer) -> None:
    for last in (8, 9):
        chunks = [chunk("a", token_ids=[7]), chunk(str(last), token_ids=[last])]
        server.chats.append(lambda asked, c=chunks: Reply([sse(*c, chunk(finish="stop"))]))
    row = call("compare", "hi", "-a", "mlx-docs", "--engine", server.url, "--json").json
    assert row["agreement"] == {"first_difference": 1, "same": False}


def test_two_adapters_keep_their_results_apart(
    call: Call, server: ScriptedServer, tmp_path: Path
) -> None:
    """A server tells no content of an adapter: the name stands for it."""
    server.list_models(*VLLM, {"id": "other", "parent": "base"})
    questions = tmp_path / "questions.txt"
    questions.write_text("hi\n")
    words = ["compare", "--prompts", str(questions), "--out", "run.jsonl", "--engine", server.url]
    assert call(*words, "-a", "mlx-docs").code == 0
    done = call(*words, "-a", "other")
    assert done.code == 1
    assert "another run" in done.err


def test_an_adapter_goes_by_the_name_that_the_server_has_for_it(
    call: Call, server: ScriptedServer
) -> None:
    server.list_models(*VLLM, {"id": "rank=big", "parent": "base"})
    for words in (["ask", "hi", "-a", "rank=big"], ["-a", "rank=big", "ask", "hi"]):
        done = call("--engine", server.url, *words)
        assert (done.code, done.out) == (0, "[rank=big] You said: hi\n")
    done = call("ask", "hi", "-a", "rank=small", "--engine", server.url)
    assert done.code == 2
    assert "The scale of 'rank' cannot be 'small'." in done.err


@pytest.mark.parametrize("scale", ["0.5", "2"])
def test_a_strength_is_refused_in_one_sentence(
    call: Call, server: ScriptedServer, scale: str
) -> None:
    done = call("ask", "hi", "-a", f"mlx-docs={scale}", "--engine", server.url)
    assert done.code == 1
    assert "runs an adapter as it was trained" in done.err
    assert done.out == ""


def test_an_address_with_a_password_is_wrong_usage_and_not_shown(call: Call) -> None:
    done = call("ask", "hi", "--engine", "http://me:secret@host:8000/?k=secret")
    assert done.code == 2
    assert "secret" not in done.err + done.out
    assert "ASSISTANT_API_KEY" in done.err


def test_the_setting_names_a_server_and_the_option_takes_it_back(
    call: Call, server: ScriptedServer, engines: list[object]
) -> None:
    file = find_places().settings_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'engine = "{server.url}"\nadapters = ["mlx-docs"]\n')
    engines.clear()
    done = call("ask", "hi", "--engine", "none", "--json")
    assert (done.code, len(engines)) == (0, 1)
    assert done.json["adapters"] == []


def test_the_setting_alone_is_enough(call: Call, server: ScriptedServer) -> None:
    file = find_places().settings_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'engine = "{server.url}/v1/"\nadapters = ["mlx-docs"]\n')
    assert call("ask", "hi").out == "[mlx-docs] You said: hi\n"
    file.write_text('engine = "http://me:secret@host"\n')
    done = call("doctor", "--json")
    assert "secret" not in done.out
    assert "engine cannot be 'host'" in done.out


def test_doctor_says_what_a_server_has_and_never_the_key(
    call: Call, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_API_KEY", "sk-very-secret")
    found = call("doctor", "--engine", server.url, "--json")
    assert "sk-very-secret" not in found.out
    about = found.json["server"]
    assert (about["host"], about["key"], about["model"]) == (server.host, True, "base")
    assert (about["adapters"], about["loads_adapters"]) == (["mlx-docs"], False)
    server.others["/v1/models"] = as_json({}, 401)
    assert [p["kind"] for p in call("doctor", "--engine", server.url, "--json").json["problems"]][
        -1
    ] == "server_denied"


def test_the_plain_chat_shows_the_host(call: Call, server: ScriptedServer) -> None:
    lines = "hi\n/adapter list\n/adapter use mlx-docs\nhi\n/model\n/compare hi\n"
    done = call("--plain", "--engine", server.url, stdin=lines)
    assert done.code == 0
    assert "[base] You said: hi" in done.out
    assert "[mlx-docs] You said: hi" in done.out
    assert f"On {server.host}" in done.out
    assert f"{server.host} cannot read a given answer again" in done.out
    assert "Traceback" not in done.out + done.err


def test_nothing_of_the_key_is_kept(
    call: Call, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_API_KEY", "sk-very-secret")
    call("ask", "hi", "--engine", server.url)
    call("export", "1", "chat.json")
    call("--plain", "--engine", server.url, stdin="hi\n/export chat.md\n/set\n")
    home = find_places().data
    written = [path for path in (*home.rglob("*"), *Path.cwd().rglob("*")) if path.is_file()]
    assert written
    assert not [path for path in written if b"sk-very-secret" in path.read_bytes()]
