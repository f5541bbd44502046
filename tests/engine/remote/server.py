"""A small real HTTP server that speaks the chat API with scripted answers, for the remote engine.

It runs in threads of the test's process, on a port of its own, and remembers what it was asked.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

MODELS = [{"id": "tiny", "object": "model", "owned_by": "somebody"}]


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Reply:
    """What to answer; `pieces` are written one by one, with `pause_s` between them."""

    pieces: Iterable[bytes] = (b"",)
    status: int = 200
    content_type: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    pause_s: float = 0.0
    dies: bool = False
    """The connection is cut in the middle of the chunked body."""
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when the other side hung up while the answer was being written."""


Script: TypeAlias = "Reply | Callable[[Asked], Reply]"


def chunk(content: str | None = None, *, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk of a stream in the API's form; `more` goes into its choice."""
    delta = {} if content is None else {"content": content}
    delta.update(more.pop("delta", {}))
    choice = {"index": 0, "delta": delta, "finish_reason": finish, **more}
    return {"object": "chat.completion.chunk", "choices": [choice]}


def sse(*chunks: Any, done: bool = True) -> bytes:
    lines = [f"data: {c if isinstance(c, str) else json.dumps(c)}\n\n" for c in chunks]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


def said(*words: str, finish: str = "stop") -> Reply:
    """An ordinary answer."""
    chunks = [chunk(word) for word in words]
    return Reply([sse(*chunks, chunk(finish=finish))])


def as_json(value: Any, status: int = 200, **headers: str) -> Reply:
    body = json.dumps(value).encode()
    return Reply([body], status, "application/json", headers)


class ScriptedServer:
    """`chats` are answered in turn, then each question is echoed; `others` by their path."""

    def __init__(self) -> None:
        self.chats: deque[Script] = deque()
        self.others: dict[str, Script] = {"/v1/models": as_json({"data": MODELS})}
        self.asked: list[Asked] = []
        self.open = 0
        self.most_open = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.handle(self, None)

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                outer.handle(self, json.loads(self.rfile.read(length) or b"null"))

            def log_message(self, *args: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *args: Any) -> None:
                return  # whoever was answered has hung up

        self._http = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What the chats were asked with."""
        return [asked.body for asked in self.asked if asked.path == "/v1/chat/completions"]

    def list_models(self, *entries: dict[str, Any]) -> None:
        self.others["/v1/models"] = as_json({"object": "list", "data": list(entries)})

    def handle(self, request: BaseHTTPRequestHandler, body: Any) -> None:
        asked = Asked(request.command, request.path, dict(request.headers), body)
        with self._lock:
            self.asked.append(asked)
            self.open += 1
            self.most_open = max(self.most_open, self.open)
            script = self._script(asked)
        try:
            self._write(request, script(asked) if callable(script) else script)
        finally:
            with self._lock:
                self.open -= 1

    def _script(self, asked: Asked) -> Script:
        if asked.path == "/v1/chat/completions":
            return self.chats.popleft() if self.chats else echo
        return self.others.get(asked.path, as_json({"detail": "Not Found"}, 404))

    def _write(self, request: BaseHTTPRequestHandler, reply: Reply) -> None:
        request.send_response(reply.status)
        request.send_header("Content-Type", reply.content_type)
        request.send_header("Transfer-Encoding", "chunked")
        for name, value in reply.headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        try:
            for piece in reply.pieces:
                if piece:
                    request.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                    request.wfile.flush()
                time.sleep(reply.pause_s)
        except OSError:
            reply.gone.set()
            request.close_connection = True
            return
        if reply.dies:
            request.close_connection = True
        else:
            request.wfile.write(b"0\r\n\r\n")

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def echo(asked: Asked) -> Reply:
    name = "" if asked.body["model"] == "tiny" else f"[{asked.body['model']}] "
    words = f"{name}You said: {asked.body['messages'][-1]['content']}".split(" ")
    return said(words[0], *(f" {word}" for word in words[1:]))
