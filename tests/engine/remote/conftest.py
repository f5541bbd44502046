"""A scripted server and engines on it, closed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assistant.engine import Engine, Finish, Request, Sampling, open_engine
from assistant.engine.remote import client
from tests.engine.remote.server import ScriptedServer

Ask = Callable[..., Finish]
VLLM = (
    {"id": "base", "owned_by": "vllm", "root": "/m/tiny", "parent": None, "max_model_len": 1024},
    {"id": "mlx-docs", "owned_by": "vllm", "root": "/a/mlx-docs", "parent": "base"},
)


@pytest.fixture(autouse=True)
def _no_key_and_no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSISTANT_API_KEY", raising=False)
    monkeypatch.setattr(client, "_PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    running = ScriptedServer()
    yield running
    running.close()


@pytest.fixture
def open_on(server: ScriptedServer) -> Iterator[Callable[..., Engine]]:
    """Opens an engine on the scripted server."""
    opened: list[Engine] = []

    def open_on(model: str = "") -> Engine:
        opened.append(open_engine(model, engine_url=server.url))
        return opened[-1]

    yield open_on
    for engine in opened:
        engine.close()


@pytest.fixture
def ask(open_on: Callable[..., Engine]) -> Ask:
    """The end of one answer, from an engine that is opened for the first question."""
    engines: list[Engine] = []

    def ask(text: str = "hello", **sampling: Any) -> Finish:
        engines.append(engines[0] if engines else open_on())
        events = list(engines[0].generate([request(text, **sampling)]))
        assert events[-1].finish is not None
        assert "".join(event.text for event in events) == events[-1].finish.text
        return events[-1].finish

    return ask


def request(text: str, *adapters: str, **sampling: Any) -> Request:
    messages: Any = [{"role": "user", "content": text}]
    return Request(messages, dict.fromkeys(adapters, 1.0), Sampling(**sampling))
