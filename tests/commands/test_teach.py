"""/teach keeps right answers, /train makes an adapter of them while the chat goes on."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.commands import Session
from assistant.commands.blocks import Draft
from assistant.engine.types import AdapterInfo, EngineInfo
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import notices, open_session, problem, say, table
from tests.fakes import FakeEngine
from tests.small_models import make_model

PATIENCE_S = 300.0


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "home", tmp_path / "home")


def test_a_typed_answer_is_kept_to_the_last_question(places: Places) -> None:
    session, _ = open_session(places, ["wrong"])
    assert problem(say(session, "/teach right")).message.startswith("There is no question")
    said = notices(say(session, "What deploys?", "/teach  `make ship` deploys. "))
    assert "Kept: “What deploys?” → “`make ship` deploys.”" in said
    (lesson,) = session.taught.all()
    assert lesson.messages[-2] == {"role": "user", "content": "What deploys?"}
    assert table(say(session, "/teach list"))["1"][2] == "`make ship` deploys."
    assert "Taken back" in notices(say(session, "/teach undo"))
    assert "Nothing is taught" in notices(say(session, "/teach list"))


def test_a_bare_teach_puts_the_last_answer_where_it_can_be_corrected(places: Places) -> None:
    session, _ = open_session(places, ["it is make shop"])
    assert say(session, "What deploys?", "/teach") == [Draft("/teach it is make shop")]


def test_the_answer_that_won_a_vote_is_taught(places: Places) -> None:
    session, _ = open_session(places, ["np", "mx"])
    assert "No vote" in problem(say(session, "/teach vote")).message
    say(session, "/adapter load mlx-docs", "/compare How?", "/vote right", "/teach vote")
    (lesson,) = session.taught.all()
    assert (lesson.question, lesson.answer) == ("How?", "[mlx-docs] mx")


def test_what_cannot_be_trained_is_said(places: Places, tmp_path: Path) -> None:
    session, _ = open_session(places)
    assert "on this computer" in problem(say(session, "/train")).message
    session = trainable(places, tmp_path)
    assert "nothing to train on" in problem(say(session, "/train")).message
    assert "does not take --fast" in problem(say(session, "/train --fast")).message
    assert "no name" in problem(say(session, "/train ../up")).message
    assert "Nothing is being trained" in notices(say(session, "/train stop"))
    assert "no adapter 'taught' yet" in problem(say(session, "/train load")).message
    (places.data / "adapters" / "mine").mkdir(parents=True)
    assert "There is an adapter 'mine' already" in problem(say(session, "/train mine")).message


def trainable(places: Places, tmp_path: Path) -> Session:
    """A session whose engine says that its model lies in a folder, where one does."""
    folder = make_model(tmp_path / "model", seed=2)

    class Here(FakeEngine):
        @property
        def info(self) -> EngineInfo:
            return replace(super().info, path=folder)

        def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
            assert (Path(ref) / "adapters.safetensors").exists()
            return super().load_adapter("mlx-docs", name=name)

    engine = Here(["wrong", "hello"])
    session = Session(Settings(), places, open_engine=lambda model, places: engine)
    session.start()
    return session


@pytest.mark.timeout(600)
def test_what_is_taught_is_trained_while_the_chat_goes_on(places: Places, tmp_path: Path) -> None:
    session = trainable(places, tmp_path)
    say(session, "the word?", "/teach base")
    assert "is being trained on 1 answer," in notices(say(session, "/train"))
    assert "taught is being trained" in notices(say(session, "/train"))
    assert session.status.training.startswith("taught ")
    say(session, "Hello")
    apprentice = session.apprentice
    assert apprentice is not None
    waited = time.monotonic()
    while apprentice.running and time.monotonic() - waited < PATIENCE_S:
        time.sleep(0.05)
    assert "taught is trained" in notices(say(session, "/help"))
    assert "taught is trained" not in notices(say(session, "/help"))
    assert (places.data / "adapters" / "taught" / "adapters.safetensors").exists()
    assert session.status.training == "taught trained"
    assert "taught is loaded" in notices(say(session, "/train load"))
    assert session.status.training == ""
    session.close()


@pytest.mark.timeout(600)
def test_a_training_can_be_stopped(places: Places, tmp_path: Path) -> None:
    session = trainable(places, tmp_path)
    say(session, "the word?", "/teach base", "/train")
    assert session.apprentice is not None
    assert "was stopped" in notices(say(session, "/train stop"))
    assert not session.apprentice.running
    assert session.status.training == "taught stopped"
    assert not (places.data / "adapters").exists()
    session.close()
