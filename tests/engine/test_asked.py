"""What no model could answer is refused in a sentence, and disturbs no other row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.engine import Engine, EngineOptions, Request, Sampling, Scoring, open_engine
from assistant.errors import EngineError
from tests.engine.conftest import QUESTION, Lab, answers, ask

NAN, INFINITE = float("nan"), float("inf")
# More than the products of any layer can hold as float32.
BEYOND = 1e38


@pytest.fixture(scope="module")
def engine(lab: Lab) -> Iterator[Engine]:
    """One for all: whatever is refused leaves nothing behind."""
    opened = open_engine(str(lab.model))
    opened.load_adapter(str(lab.first))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("max_tokens cannot be 0", {"max_tokens": 0}),
        ("max_tokens cannot be -1", {"max_tokens": -1}),
        ("temperature cannot be nan", {"temperature": NAN}),
        ("temperature cannot be inf", {"temperature": INFINITE}),
        ("top_p cannot be nan", {"top_p": NAN}),
        ("top_k cannot be -1", {"top_k": -1}),
        ("min_p cannot be 2", {"min_p": 2}),
        ("seed cannot be -5", {"seed": -5}),
        ("seed cannot be", {"seed": 2**70}),
        ("repetition_penalty cannot be 0", {"repetition_penalty": 0}),
        ("repetition_penalty cannot be nan", {"repetition_penalty": NAN}),
        ("stop cannot be one text", {"stop": "ab"}),
    ],
)
def test_sampling_that_makes_no_sense_is_named(
    engine: Engine, said: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(EngineError, match=said) as caught:
        engine.generate([ask(), ask(**changes)])
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    local: Any = engine
    assert not local._scheduler.is_busy, "the sound request of the same call runs for nobody"


@pytest.mark.parametrize("strength", [NAN, INFINITE, -INFINITE, "1", None, True, 10**400])
def test_a_strength_that_is_no_number_is_named(engine: Engine, strength: Any) -> None:
    with pytest.raises(EngineError, match="The strength of 'first' cannot be"):
        engine.generate([ask({"first": strength})])
    for scoring in (
        Scoring(QUESTION, "hello", {"first": strength}),
        Scoring(QUESTION, "hello", {"first": 1.0}, against={"first": strength}),
    ):
        with pytest.raises(EngineError, match="The strength of 'first' cannot be"):
            engine.score([scoring])


@pytest.mark.parametrize(
    "message",
    [{"role": "user"}, {"content": "hi"}, {"role": "user", "content": [{"text": "hi"}]}, {}],
)
def test_a_message_without_a_text_is_refused(engine: Engine, message: Any) -> None:
    with pytest.raises(EngineError, match="not a role and a text"):
        engine.generate([Request([message])])
    with pytest.raises(EngineError, match="not a role and a text"):
        engine.score([Scoring([message], "hello")])


def test_half_a_character_is_read_as_a_replacement(engine: Engine) -> None:
    counts = [
        engine.count_tokens(Request([{"role": "user", "content": text}]))
        for text in ("a\udc80b", "a\ufffdb")
    ]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("bounded", [None, 128], ids=["in the batch", "one by one"])
def test_an_adapter_too_strong_for_any_number_breaks_its_own_call_only(
    lab: Lab, bounded: int | None
) -> None:
    engine = open_engine(str(lab.model), options=EngineOptions(max_kv_size=bounded))
    try:
        engine.load_adapter(str(lab.first))
        (alone,) = answers(engine, ask(max_tokens=40))
        other = engine.generate([ask(max_tokens=40)])
        next(other)
        with pytest.raises(EngineError, match="not finite under first ×1e") as caught:
            answers(engine, ask(max_tokens=200), ask({"first": BEYOND}, max_tokens=200))
        assert caught.value.hint == "Try a smaller strength."
        (end,) = (event.finish for event in other if event.finish)
        assert end.tokens == alone.tokens
        local: Any = engine
        assert not local._scheduler.is_busy, "its base row no longer runs for nobody"
        engine.unload_adapter("first")
    finally:
        engine.close()


def test_scores_that_are_no_numbers_are_not_given(engine: Engine) -> None:
    with pytest.raises(EngineError, match="not finite under first"):
        engine.score([Scoring(QUESTION, "hello", {"first": BEYOND})])
    with pytest.raises(EngineError, match="not finite under first"):
        engine.score([Scoring(QUESTION, "hello", {}, against={"first": BEYOND})])


@pytest.mark.parametrize("cold", [{"temperature": 1e-40}, {"temperature": 1.0, "top_p": 0.0}])
def test_the_coldest_dice_take_the_likeliest_token(engine: Engine, cold: dict[str, float]) -> None:
    request = ask(max_tokens=12)
    (likeliest,) = answers(engine, request)
    sampled = replace(request, sampling=Sampling(max_tokens=12, seed=3, **cold))
    assert answers(engine, sampled)[0].tokens == likeliest.tokens
