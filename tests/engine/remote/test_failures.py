"""Whatever a server does wrong becomes one sentence and a way on."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable

import httpx2
import pytest

from assistant.engine import Engine, open_engine
from assistant.engine.remote.failures import unreachable
from assistant.errors import (
    AssistantError,
    EngineClosed,
    ModelNotFound,
    PromptTooLong,
    ServerDenied,
    ServerError,
    ServerUnreachable,
    SettingsError,
)
from tests.engine.remote.conftest import VLLM, Ask, request
from tests.engine.remote.server import Reply, ScriptedServer, as_json, chunk, said, sse

FORBIDDEN = {
    "type": "extra_forbidden",
    "loc": ["body", "top_k"],
    "msg": "Extra inputs are not permitted",
    "input": 3,
}


def failure(call: Callable[[], object]) -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        call()
    error = caught.value
    assert error.message.endswith(".")
    assert "\n" not in error.message
    assert error.hint
    return error


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_nothing_listens_there() -> None:
    port = free_port()
    error = failure(lambda: open_engine("", engine_url=f"http://127.0.0.1:{port}"))
    assert isinstance(error, ServerUnreachable)
    assert error.message == f"Nothing answers at 127.0.0.1:{port}: connection refused."


def test_something_else_than_http_listens_there() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        for _ in range(2):  # the second is the one repetition
            other, _address = listener.accept()
            other.recv(65536)
            other.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
            other.close()

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    error = failure(lambda: open_engine("", engine_url=url))
    thread.join(5)
    listener.close()
    assert "broke off the connection" in error.message
    assert "speak no HTTP" in error.hint


def test_a_plain_server_at_an_encrypted_address(server: ScriptedServer) -> None:
    url = server.url.replace("http:", "https:")
    error = failure(lambda: open_engine("", engine_url=url))
    assert isinstance(error, ServerUnreachable)
    assert error.message == f"{server.host} answers, but not encrypted as https asks."
    assert "http://" in error.hint


def test_a_certificate_that_cannot_be_trusted_is_named() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")
    broken = httpx2.ConnectError(str(cause))
    broken.__cause__ = cause
    assert unreachable("x", broken).message == "The certificate of x cannot be trusted."


@pytest.mark.parametrize(
    "url",
    [
        "tiny",
        "localhost:8000",
        "ftp://x",
        "http://",
        "http://a b",
        "http://x:port",
        "http://[::1",
        "http://x/?key=secret",
        "http://me:secret@x",
        "http://secret@x",
        "http://x#secret",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    error = failure(lambda: open_engine("", engine_url=url))
    assert isinstance(error, SettingsError)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"error": {"message": "no key"}}, ServerDenied, "wants a key (401): no key."),
        (403, {"error": "forbidden"}, ServerDenied, "wants a key (403): forbidden."),
        (404, {"error": {"message": "no such model"}}, ModelNotFound, "has no 'tiny'"),
        (404, {"detail": "Not Found"}, ServerError, "has no chat API at this address (404)."),
        (404, "<html>", ServerError, "has no chat API at this address (404)."),
        (400, {"detail": "bad temperature"}, ServerError, "refuses the request (400): bad temp"),
        (400, {"message": "maximum context length is 8"}, PromptTooLong, "is too long for"),
        (413, "", PromptTooLong, "is too long for"),
        (307, "", ServerError, "sends on to http://elsewhere/ (307)."),
        (429, {"error": {"message": "slow down"}}, ServerError, "too many requests"),
        (
            422,
            {"detail": [FORBIDDEN]},
            ServerError,
            "(422): top_k: Extra inputs are not permitted.",
        ),
        (422, {"message": {"detail": [{"msg": "no"}, 7]}}, ServerError, "request (422): no."),
        (500, {"error": {"message": "a\nb\x1b[31m"}}, ServerError, "failed (500): a b [31m."),
        (500, "<html><body>oops", ServerError, "failed (500)."),
        (503, {"error": {"message": "Loading model"}}, ServerError, "is not ready (503)"),
    ],
)
def test_a_status_that_is_no_success(
    server: ScriptedServer, ask: Ask, status: int, body: object, kind: type, words: str
) -> None:
    where = {"location": "http://elsewhere/"}
    reply = as_json(body, status, **where)
    if isinstance(body, str):
        reply = Reply([body.encode()], status, "text/html", where)
    server.chats.extend([reply] * 4)
    error = failure(ask)
    assert type(error) is kind
    assert words in error.message


def test_a_busy_server_is_asked_again_before_anything_streamed(
    server: ScriptedServer, ask: Ask
) -> None:
    server.chats.extend([as_json({}, 429, retry_after="0"), as_json({}, 503), said("Now.")])
    assert ask().text == "Now."
    assert len(server.bodies) == 3


def test_a_server_that_failed_is_not_asked_again(server: ScriptedServer, ask: Ask) -> None:
    server.chats.append(as_json({}, 500))
    failure(ask)
    assert len(server.bodies) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply([sse(chunk("a"), "{oops", done=False)]), "in another form"),
        (Reply([sse(chunk("a"), "[1]")]), "in another form"),
        (Reply([sse({"choices": 3})]), "in another form"),
        (Reply([sse({"choices": [7]})]), "in another form"),
        (Reply([sse(chunk(delta={"content": 5}))]), "in another form"),
        (Reply([sse("[" * 100_000)]), "in another form"),
        (Reply([b"<html>hello"], content_type="text/html"), "in another form"),
        (Reply([b""], content_type="application/json"), "in another form"),
        (Reply([sse(chunk("a"), {"error": {"message": "out of memory"}})]), ": out of memory."),
        (Reply([sse(chunk("a"), chunk("bcd"), done=False)[:-9]]), "ended in the middle"),
        (Reply([sse(chunk("a"), done=False)]), "ended in the middle of the answer"),
        (Reply([sse(chunk("a"), done=False)], dies=True), "ended in the middle of the answer"),
        (Reply([sse(chunk("a"), chunk(finish="content_filter"))]), "held the answer back"),
    ],
)
def test_an_answer_that_goes_wrong(
    server: ScriptedServer, ask: Ask, reply: Reply, words: str
) -> None:
    server.chats.append(reply)
    error = failure(ask)
    assert isinstance(error, ServerError)
    assert words in error.message
    assert len(server.bodies) == 1
    assert ask("again").text == "You said: again"


def test_a_line_that_never_ends(
    server: ScriptedServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.engine.remote.sse.MOST_BYTES", 1000)
    server.chats.append(Reply([b"data: " + b"x" * 500] * 4))
    assert "does not end" in failure(ask).message


def test_a_server_that_says_nothing_is_given_up(
    server: ScriptedServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.engine.remote.listing.QUIET_S", 0.2)
    server.chats.append(Reply([sse(chunk("a"), done=False), b""], pause_s=1.0))
    assert "has said nothing for too long" in failure(ask).message


@pytest.mark.parametrize(
    "body", [[], {}, {"data": 3}, {"object": "list", "data": "x"}, "text"], ids=repr
)
def test_a_list_of_models_that_is_none(
    server: ScriptedServer, open_on: Callable[..., Engine], body: object
) -> None:
    server.others["/v1/models"] = as_json(body)
    assert "does not say which models" in failure(open_on).message
    assert open_on("its-model").info.model == "its-model"


def test_which_model_is_meant(server: ScriptedServer, open_on: Callable[..., Engine]) -> None:
    server.list_models({"id": "a"}, {"id": "b"}, {"id": 7}, {"id": "evil\x1b[2J"}, {})
    assert failure(open_on).hint == "Name one with -m: a, b."
    assert failure(lambda: open_on("c")).hint == "It has: a, b."
    assert open_on("b").info.served == ("a", "b")
    server.list_models({"id": "other/cached"}, {"id": "/models/tiny"})
    assert open_on().info.model == "tiny"
    server.list_models(*VLLM)
    assert "is an adapter" in failure(lambda: open_on("mlx-docs")).message
    server.list_models()
    assert "no model loaded" in failure(open_on).message


# The key


def test_the_key_is_sent_and_never_told(
    server: ScriptedServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_API_KEY", " sk-very-secret\n")
    server.chats.append(as_json({"error": {"message": "Wrong key: sk-very-secret"}}, 401))
    error = failure(ask)
    assert "does not accept the key" in error.message
    assert "sk-very-secret" not in str(error)
    assert {a.headers["Authorization"] for a in server.asked} == {"Bearer sk-very-secret"}


def test_no_key_no_header(server: ScriptedServer, ask: Ask) -> None:
    ask()
    assert not any("Authorization" in asked.headers for asked in server.asked)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "sch\u00f6n"])
def test_a_key_that_is_none_is_not_repeated(
    server: ScriptedServer,
    open_on: Callable[..., Engine],
    monkeypatch: pytest.MonkeyPatch,
    key: str,
) -> None:
    monkeypatch.setenv("ASSISTANT_API_KEY", key)
    error = failure(open_on)
    assert key not in str(error)
    assert server.asked == []


# Stopping


def test_a_row_that_is_cancelled_ends_at_once_with_what_was_said(
    server: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    endless = Reply((sse(chunk("a"), done=False) for _ in range(10_000)), pause_s=0.01)
    server.chats.append(endless)
    generation = open_on().generate([request("x"), request("y")])
    events = [next(generation)]
    while events[-1].text != "a":
        events.append(next(generation))
    generation.cancel(0 if events[-1].row == 0 else 1)
    events += list(generation)
    ends = {event.finish.reason: event.finish.text for event in events if event.finish}
    assert set(ends) == {"cancelled", "stop"}
    assert set(ends["cancelled"]) == {"a"}
    # The server notices, so that it can stop as well.
    assert endless.gone.wait(5)


def test_a_row_that_is_cancelled_before_it_began_ends_too(
    server: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    server.chats.extend([Reply([b""] * 100, pause_s=0.1)] * 20)
    generation = open_on().generate([request("x")] * 20)
    generation.cancel()
    reasons = [event.finish.reason for event in generation if event.finish]
    assert reasons == ["cancelled"] * 20


def test_closing_the_engine_ends_its_answers(
    server: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    server.chats.append(Reply([sse(chunk("a"), done=False)] * 1000, pause_s=0.01))
    engine = open_on()
    generation = engine.generate([request("x")])
    next(generation)
    engine.close()
    engine.close()
    assert [e.finish.reason for e in generation if e.finish] == ["cancelled"]
    with pytest.raises(EngineClosed):
        engine.generate([request("x")])


def test_engines_leave_no_thread_behind(
    server: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    engine = open_on()
    engine.close()
    assert not [t for t in threading.enumerate() if t.name == f"server {server.host}"]
