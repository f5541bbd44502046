"""A row that breaks off is told so, and takes no other down that it did not run with."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from assistant.engine import Engine, EngineOptions, open_engine
from assistant.engine.owner import OwnerThread
from assistant.errors import EngineError
from tests.engine.conftest import Lab, answers, ask


class NoMemory:
    """In the place of a method, once."""

    def __init__(self, method: Any) -> None:
        self.method = method
        self.calls = 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        if self.calls == 2:
            raise RuntimeError("[malloc] no memory.\nmore of it")
        return self.method(*arguments)


def ended(generation: Any) -> str:
    try:
        return next(event.finish.reason for event in generation if event.finish)
    except EngineError as error:
        return error.message


BROKEN = "The answer broke off: [malloc] no memory."


def test_rows_of_one_pass_fail_together_and_the_next_is_answered(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,) = answers(engine, ask())
    together = engine._scheduler._batch  # type: ignore[attr-defined]

    def no_memory_for_two() -> tuple[list[Any], list[Any]]:
        if len(together._rows) == 2:
            raise RuntimeError("[malloc] no memory.\nmore of it")
        return [], []  # the first waits for the other

    monkeypatch.setattr(together._batch, "next", no_memory_for_two)
    running = [engine.generate([ask(max_tokens=200)]) for _ in range(2)]
    assert [ended(generation) for generation in running] == [BROKEN, BROKEN]
    assert answers(engine, ask())[0].tokens == before.tokens


@pytest.mark.parametrize("where", ["_take", "_end"])
def test_of_rows_that_run_one_after_the_other_only_the_one_that_breaks_fails(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    engine = open_engine(str(lab.model), options=EngineOptions(max_kv_size=24))
    try:
        single = engine._scheduler._single  # type: ignore[attr-defined]
        if where == "_take":
            monkeypatch.setattr(single, "_take", NoMemory(single._take))
        else:
            keep = NoMemory(single._caches.keep)
            keep.calls = 1
            monkeypatch.setattr(single._caches, "keep", keep)
        first, second = (engine.generate([ask(max_tokens=8)]) for _ in range(2))
        assert ended(first) == BROKEN
        assert ended(second) in ("stop", "length")
    finally:
        engine.close()


def test_a_call_whose_caller_was_interrupted_while_it_waited_never_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = OwnerThread("test")
    free = threading.Event()
    ran: list[str] = []
    try:
        owner.post(free.wait)
        begin = owner.begin

        def interrupted(function: Any) -> Any:
            future = begin(function)
            result = future.result

            def ctrl_c() -> Any:
                future.result = result  # type: ignore[method-assign]
                raise KeyboardInterrupt

            future.result = ctrl_c  # type: ignore[method-assign, assignment]
            return future

        monkeypatch.setattr(owner, "begin", interrupted)
        with pytest.raises(KeyboardInterrupt):
            owner.call(lambda: ran.append("abandoned"))
        monkeypatch.undo()
        free.set()
        owner.call(lambda: ran.append("next"))
        assert ran == ["next"]
    finally:
        free.set()
        owner.close(lambda: None)
