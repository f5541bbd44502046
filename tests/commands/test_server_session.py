"""A chat with a model on a server: what it has is shown, and what was said before is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.commands import Session, submit
from assistant.commands.blocks import Answers, Notice, Problem, Table
from assistant.commands.carrying import carry
from assistant.engine.types import AdapterInfo, EngineInfo
from assistant.errors import ModelNotFound
from assistant.paths import Places
from assistant.settings import Settings
from tests.engine.remote.conftest import VLLM
from tests.engine.remote.server import Reply, ScriptedServer, chunk, sse
from tests.fakes import FakeEngine


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.delenv("ASSISTANT_API_KEY", raising=False)
    running = ScriptedServer()
    running.list_models(*VLLM, {"id": "owner/other", "max_model_len": 1024})
    yield running
    running.close()


@pytest.fixture
def session(server: ScriptedServer, places: Places) -> Iterator[Session]:
    settings = replace(Settings(), model="base", engine=server.url)
    session = Session(settings, places)
    session.start()
    yield session
    session.close()


def test_the_list_is_the_servers(session: Session, server: ScriptedServer) -> None:
    (table,) = [b for b in submit(session, "/model list") if isinstance(b, Table)]
    assert table.title == f"On {server.host}"
    assert table.rows == (("base", "in use"), ("owner/other", ""))


def test_of_several_models_none_of_which_was_named_one_can_be_chosen(
    server: ScriptedServer, places: Places
) -> None:
    session = Session(replace(Settings(), model="", engine=server.url), places)
    with pytest.raises(ModelNotFound, match="none was named"):
        session.start()
    (table,) = [b for b in submit(session, "/model list") if isinstance(b, Table)]
    assert table.rows == (("base", ""), ("owner/other", ""))
    notices = [b.text for b in submit(session, "/model base") if isinstance(b, Notice)]
    assert notices == [f"base answers from now on: on {server.host}."]
    session.close()


def test_a_list_of_models_that_a_server_does_not_give_is_a_sentence(places: Places) -> None:
    session = Session(replace(Settings(), model="", engine="http://127.0.0.1:9"), places)
    (problem,) = [b for b in submit(session, "/model list") if isinstance(b, Problem)]
    assert "Nothing answers at 127.0.0.1:9" in problem.message
    session.close()


def test_a_name_like_a_repositorys_is_asked_of_the_server_and_not_fetched(
    session: Session, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.engine.fetching.is_fetched", lambda repository: 1 / 0)
    session.load_adapter("mlx-docs")
    notices = [b.text for b in submit(session, "/model owner/other") if isinstance(b, Notice)]
    assert notices[0] == f"owner/other answers from now on: on {server.host}."
    assert notices[-1] == (
        f"mlx-docs is taken off. {server.host} does not have it for owner/other."
    )
    assert session.in_use == {}
    assert session.status.model == f"owner/other on {server.host}"


def test_an_answer_without_numbered_tokens_is_kept_whole_when_it_is_stopped(
    session: Session, server: ScriptedServer
) -> None:
    server.chats.append(lambda asked: Reply([sse(chunk("one "), chunk("two "), chunk("three"))]))
    (answers,) = [b for b in submit(session, "hi") if isinstance(b, Answers)]
    said = [next(answers.generation).text for _ in range(3)]
    answers.generation.close()
    assert said == ["one ", "two ", "three"]
    assert session.conversation.exchanges[-1].answer == "one two three"


def test_an_answer_that_was_cut_cannot_go_on_and_stays(
    session: Session, server: ScriptedServer
) -> None:
    cut = sse(chunk("one "), chunk("two"), chunk(finish="length"))
    server.chats.append(lambda asked: Reply([cut]))
    for block in submit(session, "hi"):
        if isinstance(block, Answers):
            list(block.generation)
    (problem,) = [b for b in submit(session, "/continue") if isinstance(b, Problem)]
    assert "begins every answer anew" in problem.message
    assert session.conversation.exchanges[-1].answer == "one two"


def test_nothing_is_loaded_on_a_server_on_the_way_to_another_model() -> None:
    class Elsewhere(FakeEngine):
        @property
        def info(self) -> EngineInfo:
            return replace(super().info, model="big", server="host:1")

        def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
            raise AssertionError(f"{ref} is loaded")

    old = FakeEngine()
    old.load_adapter("mlx-docs")
    carried = carry(old, Elsewhere())
    assert carried.kept == ()
    assert carried.left == (("mlx-docs", "host:1 does not have it for big."),)
