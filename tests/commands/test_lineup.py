"""Who answers, while threads load, weigh and change the model at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import tests.fakes as fakes
from assistant.commands import Session, complete
from assistant.commands.job import Calculation
from assistant.commands.lineup import Lineup
from assistant.commands.loading import loading_adapter
from assistant.engine.types import AdapterInfo
from assistant.errors import AdapterError, AdapterNotLoaded, EngineClosed, Stopped
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import notices, open_session, say
from tests.fakes import FakeEngine
from tests.small_models import make_adapter

PATIENCE_S = 10


class Interrupted(FakeEngine):
    """Lets something else happen in the middle of what it is asked for, once."""

    def __init__(self) -> None:
        super().__init__()
        self.while_loading: Callable[[], object] | None = None
        self.while_listing: Callable[[], object] | None = None

    def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
        happens, self.while_loading = self.while_loading, None
        if happens is not None:
            happens()
        if self.closed:
            raise EngineClosed("The model has been closed.", "Open it again.")
        return super().load_adapter(ref, name=name)

    def adapters(self) -> list[AdapterInfo]:
        happens, self.while_listing = self.while_listing, None
        if happens is not None:
            happens()
        return super().adapters()


def begun(places: Places, engine: FakeEngine) -> Session:
    session = Session(Settings(), places, open_engine=lambda model, places: engine)
    session.start()
    return session


class Kept(Interrupted):
    """Still open for a moment when the next one has taken its place."""

    def close(self) -> None:
        """Not yet."""


@pytest.mark.parametrize("kind", [Interrupted, Kept])
def test_what_loads_while_the_model_changes_is_not_put_in_use(
    places: Places, kind: type[Interrupted]
) -> None:
    engine = kind()
    session = begun(places, engine)
    engine.while_loading = lambda: session.adopt(FakeEngine(), "other")
    with pytest.raises(AdapterError, match="The model was changed while 'pirate' was being loaded"):
        session.load_adapter("pirate")
    assert session.in_use == {}
    session.load_adapter("pirate")
    assert session.in_use == {"pirate": 1.0}


def test_what_was_loaded_too_late_to_come_along_is_said(places: Places) -> None:
    session = begun(places, FakeEngine())
    session.load_adapter("mlx-docs")
    new = Interrupted()
    new.while_loading = lambda: session.load_adapter("pirate")
    carried = session.adopt(new, "other")
    assert session.in_use == {"mlx-docs": 1.0}
    assert [name for name, _ in carried.left] == ["pirate"]


def test_what_another_thread_puts_in_use_is_not_lost(places: Places) -> None:
    engine = Interrupted()
    session = begun(places, engine)
    session.load_adapter("mlx-docs")
    engine.load_adapter("pirate")
    other = threading.Thread(target=lambda: session.lineup.weigh("pirate", 1.0))

    def meanwhile() -> None:
        other.start()
        other.join(0.2)

    engine.while_listing = meanwhile
    session.use_adapters({"mlx-docs": 0.5})
    other.join(PATIENCE_S)
    assert session.in_use == {"mlx-docs": 0.5, "pirate": 1.0}


def test_only_what_is_loaded_can_be_weighed(places: Places) -> None:
    session, _ = open_session(places)
    with pytest.raises(AdapterNotLoaded):
        session.weigh_adapter("pirate", 0.5)
    assert session.in_use == {}


def stopped_halfway(
    session: Session, ref: str, monkeypatch: pytest.MonkeyPatch
) -> Calculation[AdapterInfo]:
    """The job that loads it, stopped when it could not be stopped any more, and at its end."""
    began, go_on = threading.Event(), threading.Event()
    real = Lineup.load

    def held(self: Lineup, *named: Any) -> AdapterInfo:
        began.set()
        assert go_on.wait(PATIENCE_S)
        return real(self, *named)

    with monkeypatch.context() as patched:
        patched.setattr(Lineup, "load", held)
        before = set(threading.enumerate())
        job = loading_adapter(session, ref)
        (thread,) = (t for t in set(threading.enumerate()) - before if t.name == "assistant-job")
        assert began.wait(PATIENCE_S)
        job.cancel()
        go_on.set()
        thread.join(PATIENCE_S)
    return job


def test_a_load_that_is_stopped_leaves_what_was_in_use_as_it_was(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, engine = open_session(places)
    say(session, "/adapter load pirate")
    with pytest.raises(Stopped):
        stopped_halfway(session, "pirate=0.5", monkeypatch).result()
    assert session.in_use == {"pirate": 1.0}
    stopped_halfway(session, "mlx-docs", monkeypatch)
    assert [adapter.name for adapter in engine.adapters()] == ["pirate"]
    say(session, "/adapter use none")
    stopped_halfway(session, "pirate=0.5", monkeypatch)
    assert session.in_use == {}
    assert [adapter.name for adapter in engine.adapters()] == ["pirate"]


def test_what_is_loaded_again_after_a_stop_stays(places: Places) -> None:
    """What the stop undoes is its own load, however late, and not the one that came next."""
    began, go_on, second = threading.Event(), threading.Event(), threading.Event()

    class Slow(FakeEngine):
        def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
            began.set()
            assert go_on.wait(PATIENCE_S)
            return super().load_adapter(ref, name=name)

        def unload_adapter(self, name: str) -> None:
            second.wait(0.3)
            super().unload_adapter(name)

    others = set(threading.enumerate())
    engine = Slow()
    session = begun(places, engine)
    stopped = loading_adapter(session, "pirate")
    assert began.wait(PATIENCE_S)
    stopped.cancel()
    again = loading_adapter(session, "pirate")
    go_on.set()
    assert again.wait(PATIENCE_S)
    second.set()
    for thread in set(threading.enumerate()) - others:
        if thread.name == "assistant-job":
            thread.join(PATIENCE_S)
    assert again.result().name == "pirate"
    assert session.in_use == {"pirate": 1.0}
    assert [adapter.name for adapter in engine.adapters()] == ["pirate"]


@pytest.fixture
def tried(places: Places, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session beside folders that are called as people call what they try."""
    monkeypatch.setattr(fakes, "KNOWN_ADAPTERS", ("lr", "lr=0.1", "rank=big"))
    for name in fakes.KNOWN_ADAPTERS:
        make_adapter(places.data / "adapters" / name)
    return open_session(places)[0]


def test_an_adapter_with_an_equals_sign_in_its_name_goes_by_it(tried: Session) -> None:
    say(tried, "/adapter load lr=0.1")
    assert tried.in_use == {"lr=0.1": 1.0}
    say(tried, "/adapter load rank=big=0.5", "/adapter scale lr=0.1 2")
    assert tried.in_use == {"lr=0.1": 2.0, "rank=big": 0.5}
    say(tried, "/adapter use lr=0.1")
    assert tried.in_use == {"lr=0.1": 1.0}
    assert "lr=0.1" in notices(say(tried, "/adapter unload lr=0.1"))
    say(tried, "/adapter use none", "/adapter load lr=0.10")
    assert tried.in_use == {"lr": 0.1}


def test_what_completes_to_such_a_name_can_be_sent_as_it_stands(tried: Session) -> None:
    offered = [choice.text for choice in complete(tried, "/adapter load ra")]
    assert offered == ["rank=big"]
    say(tried, f"/adapter load {offered[0]}")
    assert tried.in_use == {"rank=big": 1.0}


def test_with_a_scale_beside_it_a_name_is_a_name(tried: Session) -> None:
    tried.load_adapter("lr", 0.1)
    assert tried.in_use == {"lr": 0.1}


def test_such_names_are_compared_by_their_names(tried: Session) -> None:
    say(tried, "/compare -a lr=0.1 hello")
    assert tried.contest is not None
    assert list(tried.contest.comparison.columns[1:]) == [{"lr=0.1": 1.0}]


def test_one_that_is_unloaded_while_it_is_asked_for_again_is_not_put_in_use(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = begun(places, FakeEngine())
    session.load_adapter("pirate")

    def unloaded_meanwhile(info: AdapterInfo) -> bool:
        session.unload_adapter("pirate")
        return False

    monkeypatch.setattr("assistant.commands.lineup.has_changed", unloaded_meanwhile)
    with pytest.raises(AdapterNotLoaded):
        session.load_adapter("pirate=0.5")
    assert not session.in_use
