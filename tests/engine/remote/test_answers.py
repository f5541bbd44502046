"""Answers from a server: what is sent, what comes back, however the network cuts it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from assistant.engine import Engine, Usage
from tests.engine.remote.conftest import VLLM, Ask, request
from tests.engine.remote.server import Reply, ScriptedServer, as_json, chunk, said, sse

NASTY = "日本 🏳️‍🌈 \x1b[31m</think> data: [DONE]\r\n\n \u2028{} é"


def test_the_only_model_of_the_server_answers(server: ScriptedServer, ask: Ask) -> None:
    finish = ask("hello")
    assert (finish.text, finish.reason) == ("You said: hello", "stop")
    (body,) = server.bodies
    assert body["model"] == "tiny"
    assert body["messages"] == [{"role": "user", "content": "hello"}]


def test_sampling_is_passed_on(server: ScriptedServer, ask: Ask) -> None:
    finish = ask(
        max_tokens=7, temperature=0.5, top_p=0.9, seed=3, stop=("END",), repetition_penalty=1.2
    )
    body = server.bodies[0]
    expected = {
        "max_tokens": 7,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 3,
        "stop": ["END"],
        "repetition_penalty": 1.2,
    }
    assert {name: body[name] for name in expected} == expected
    assert finish.seed == 3


def test_a_fresh_seed_is_sent_and_told(server: ScriptedServer, ask: Ask) -> None:
    finish = ask(temperature=1.0)
    assert finish.seed == server.bodies[0]["seed"]


def test_usage_and_the_end_of_a_cut_answer(server: ScriptedServer, ask: Ask) -> None:
    usage = {
        "prompt_tokens": 11,
        "completion_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    chunks = (chunk("a"), chunk("b", finish="length"), {"choices": [], "usage": usage})
    server.chats.append(Reply([sse(*chunks)], pause_s=0.01))
    finish = ask()
    assert (finish.text, finish.reason, finish.usage) == ("ab", "length", Usage(11, 4, 2))
    assert 0 < finish.timing.first_token_s <= finish.timing.total_s


def test_the_stream_may_be_cut_at_every_byte(server: ScriptedServer, ask: Ask) -> None:
    stream = sse(chunk("a日"), chunk(NASTY), chunk(" end"), chunk(finish="stop"))
    stream = b": a comment\r\n\r\nevent: message\r\n" + stream.replace(b"\n", b"\r\n")
    server.chats.append(Reply([bytes([byte]) for byte in stream]))
    assert ask().text == f"a日{NASTY} end"


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_the_stream_may_be_cut_in_two_anywhere(server: ScriptedServer, ask: Ask, cut: int) -> None:
    stream = sse(chunk(NASTY), chunk(finish="stop"))
    place = len(stream) * cut // 60
    server.chats.append(Reply([stream[:place], stream[place:]], pause_s=0.005))
    assert ask().text == NASTY


def test_a_last_event_without_its_empty_line_counts(server: ScriptedServer, ask: Ask) -> None:
    server.chats.append(Reply([sse(chunk("all"), chunk(finish="stop"), done=False).rstrip()]))
    assert ask().text == "all"


def test_an_answer_that_does_not_stream_is_taken_whole(server: ScriptedServer, ask: Ask) -> None:
    choice = {"message": {"content": "at once"}, "finish_reason": "stop"}
    server.chats.append(as_json({"choices": [choice]}))
    assert ask().text == "at once"


def test_half_a_character_waits_for_its_other_half(server: ScriptedServer, ask: Ask) -> None:
    server.chats.append(said("\ud83d", "\ude00", " and \ud83d alone \ude00"))
    text = ask().text
    assert text == "😀 and \ufffd alone \ufffd"
    text.encode()


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_a_thought(server: ScriptedServer, ask: Ask, name: str) -> None:
    chunks = [chunk(delta={name: "so "}), chunk(delta={name: "then"}), chunk("\n\nYes"), chunk(".")]
    server.chats.append(Reply([sse(*chunks, chunk(finish="stop"))]))
    finish = ask()
    assert (finish.thought, finish.text) == ("so then", "Yes.")


def test_thinking_tags_in_the_text_are_a_thought_too(server: ScriptedServer, ask: Ask) -> None:
    server.chats.append(said("<thi", "nk>so</", "think>\n\nYes"))
    finish = ask()
    assert (finish.thought, finish.text) == ("so", "Yes")


def test_tokens_and_log_probabilities_where_the_server_gives_them(
    server: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    server.list_models(*VLLM)
    both = [{"token": "He", "logprob": -0.5}, {"token": "y", "logprob": -0.25}]
    chunks = [
        chunk("Hey", token_ids=[7, 8], logprobs={"content": both}),
        chunk("", finish="stop", token_ids=[4], logprobs={"content": [{"token": "<e>"}]}),
    ]
    server.chats.append(Reply([sse(*chunks)]))
    events = list(open_on().generate([request("hi")]))
    assert [(e.text, e.token, e.logprob) for e in events[:-1]] == [("He", 7, -0.5), ("y", 8, -0.25)]
    assert events[-1].finish is not None
    # The end of the turn is no token of the answer.
    assert events[-1].finish.tokens == (7, 8)
    assert server.bodies[0]["return_token_ids"] is True


def test_what_a_server_does_not_know_is_left_out_and_not_asked_again(
    server: ScriptedServer, ask: Ask
) -> None:
    for name in ("logprobs", "stream_options"):
        server.chats.append(as_json({"error": {"message": f"Unknown parameter: {name}"}}, 400))
    assert ask().text == "You said: hello"
    assert ask().text == "You said: hello"
    assert "logprobs" not in server.bodies[-1]
    assert "stream_options" not in server.bodies[-1]
    assert len(server.bodies) == 4


def test_what_a_strict_server_lists_as_not_permitted_is_left_out_too(
    server: ScriptedServer, ask: Ask
) -> None:
    for name in ("stream_options", "logprobs"):
        wrong = {"loc": ["body", name], "msg": "Extra inputs are not permitted", "input": {}}
        server.chats.append(as_json({"object": "error", "message": {"detail": [wrong]}}, 422))
    assert ask().text == "You said: hello"
    assert not {"logprobs", "stream_options"} & server.bodies[-1].keys()


@pytest.mark.parametrize("name", ["Text/Event-Stream", "text/plain", "application/json", ""])
def test_a_stream_is_one_whatever_its_type_is_called(
    server: ScriptedServer, ask: Ask, name: str
) -> None:
    stream = b": ready\n\n" + sse(chunk("a"), chunk("b"), chunk(finish="stop"))
    pieces = [stream[place : place + 1] for place in range(len(stream))]
    server.chats.append(Reply(pieces, content_type=name))
    assert ask().text == "ab"


def test_an_event_without_data_is_none(server: ScriptedServer, ask: Ask) -> None:
    empty = b"data:\n\ndata: \n\nevent: ping\ndata\n\n"
    server.chats.append(
        Reply([empty + sse(chunk("a"), done=False) + empty + sse(chunk(finish="stop"))])
    )
    assert ask().text == "a"


def test_a_log_probability_that_is_no_number_is_left_out(server: ScriptedServer, ask: Ask) -> None:
    said = {"content": [{"token": "a", "logprob": -(10**400)}]}
    server.chats.append(Reply([sse(chunk("a", logprobs=said), chunk(finish="stop"))]))
    assert ask().text == "a"


def test_a_model_that_wants_the_newer_name_of_a_limit_gets_it(
    server: ScriptedServer, ask: Ask
) -> None:
    message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    server.chats.append(as_json({"error": {"message": message}}, 400))
    ask(max_tokens=9)
    assert server.bodies[1]["max_completion_tokens"] == 9
    assert "max_tokens" not in server.bodies[1]


def test_rows_are_asked_at_the_same_time_and_their_events_merged(
    server: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    both = Reply([sse(chunk(word), done=False) for word in "abc"], pause_s=0.05)
    server.chats.extend([both, both])
    both.pieces = [*both.pieces, sse(chunk(finish="stop"))]
    events = list(open_on().generate([request("x"), request("y")]))
    assert server.most_open == 2
    for row in (0, 1):
        assert "".join(e.text for e in events if e.row == row) == "abc"
    assert [e.row for e in events[:6]] != [0, 0, 0, 1, 1, 1]


def test_a_hundred_rows_are_all_answered(
    server: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    events = list(open_on().generate([request(str(n)) for n in range(100)]))
    ends = {e.row: e.finish.text for e in events if e.finish}
    assert ends == {n: f"You said: {n}" for n in range(100)}
    assert server.most_open <= 20


def test_no_part_of_mlx_is_imported_for_a_chat_on_a_server(server: ScriptedServer) -> None:
    code = (
        "import sys\n"
        "from assistant.cli.program import run\n"
        f"code = run(['ask', 'hello', '--engine', {server.url!r}])\n"
        "heavy = {'mlx', 'mlx_lm', 'transformers', 'numpy', 'torch'} & set(sys.modules)\n"
        "print(code, sorted(heavy))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines() == ["You said: hello", "0 []"], done.stderr
