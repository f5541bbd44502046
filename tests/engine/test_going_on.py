"""An answer that was cut goes on as if it had not been."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.engine import (
    Begun,
    Engine,
    EngineOptions,
    Event,
    Finish,
    Message,
    Request,
    Sampling,
    open_engine,
)
from assistant.errors import EngineError, PromptTooLong
from tests.engine.conftest import QUESTION, Lab, answers
from tests.scripted_model import make_scripted_model

GREEDY = Sampling(max_tokens=24)
SAMPLED = Sampling(max_tokens=24, temperature=1.0, top_p=0.95, seed=7)
PENALISED = Sampling(max_tokens=24, temperature=0.8, seed=3, repetition_penalty=1.3)


def whole_and_cut(engine: Engine, request: Request, at: int) -> tuple[Finish, Finish]:
    """The answer without a cut, and the same cut after so many tokens."""
    shorter = replace(request, sampling=replace(request.sampling, max_tokens=at))
    (whole,) = answers(engine, request)
    (cut,) = answers(engine, shorter)
    assert (cut.reason, cut.tokens) == ("length", whole.tokens[:at])
    return whole, cut


def gone_on(request: Request, cut: Finish, *, more: int) -> Request:
    """The request that goes on with a cut answer."""
    sampling = replace(request.sampling, max_tokens=more, seed=cut.seed)
    begun = Begun(cut.text, cut.tokens, cut.thought)
    return replace(request, sampling=sampling, begun=begun)


@pytest.mark.parametrize("sampling", [GREEDY, SAMPLED, PENALISED], ids=["greedy", "drawn", "penal"])
@pytest.mark.parametrize("adapters", [{}, {"first": 0.7}], ids=["base", "adapted"])
@pytest.mark.parametrize("at", [1, 7, 16])
def test_cut_and_gone_on_is_the_uncut_answer(
    engine: Engine, lab: Lab, sampling: Sampling, adapters: dict[str, float], at: int
) -> None:
    engine.load_adapter(str(lab.first))
    request = Request(QUESTION, adapters, sampling)
    whole, cut = whole_and_cut(engine, request, at)
    events = list(engine.generate([gone_on(request, cut, more=24 - at)]))
    finish = events[-1].finish
    assert finish is not None
    assert (finish.tokens, finish.text) == (whole.tokens, whole.text)
    assert (finish.reason, finish.seed) == (whole.reason, cut.seed)
    # The bytes of this model are no text: characters are cut, and join again.
    assert "".join(event.text for event in events) == whole.text
    assert events[0].token is None
    assert [event.token for event in events[1:-1]] == list(whole.tokens[at:])


def test_a_seed_that_was_drawn_is_gone_on_with(engine: Engine) -> None:
    fresh = Request(QUESTION, {}, replace(SAMPLED, seed=None))
    (whole,) = answers(engine, fresh)
    cut = replace(whole, tokens=whole.tokens[:9], text="")
    (finish,) = answers(engine, gone_on(fresh, cut, more=15))
    assert finish.tokens == whole.tokens


def test_only_what_is_new_is_read(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    request = Request(QUESTION, {"first": 1.0}, replace(GREEDY, max_tokens=10))
    (cut,) = answers(engine, request)
    (finish,) = answers(engine, gone_on(request, cut, more=5))
    assert finish.usage.prompt_tokens == cut.usage.prompt_tokens + 10
    assert finish.usage.cached_tokens == finish.usage.prompt_tokens - 1
    assert finish.usage.completion_tokens == 5
    assert len(finish.tokens) == 15


def test_a_stopped_answer_goes_on(engine: Engine) -> None:
    request = Request(QUESTION, {}, GREEDY)
    (whole,) = answers(engine, request)
    generation = engine.generate([request])
    for seen, event in enumerate(generation):
        if seen == 5:
            generation.cancel()
        last = event
    cut = last.finish
    assert cut is not None
    assert cut.reason == "cancelled"
    (finish,) = answers(engine, gone_on(request, cut, more=24 - len(cut.tokens)))
    assert (finish.text, finish.tokens) == (whole.text, whole.tokens)


def test_after_a_restart_it_is_the_same_answer(engine: Engine, lab: Lab) -> None:
    request = Request(QUESTION, {}, SAMPLED)
    whole, cut = whole_and_cut(engine, request, 11)
    again = open_engine(str(lab.model))
    try:
        (finish,) = answers(again, gone_on(request, cut, more=13))
    finally:
        again.close()
    assert finish.usage.cached_tokens == 0
    assert finish.text == whole.text


def test_rows_that_begin_and_rows_that_go_on_share_a_batch(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    request = Request(QUESTION, {"first": 1.0}, SAMPLED)
    whole, cut = whole_and_cut(engine, request, 8)
    other = Request(QUESTION, {}, GREEDY)
    (alone,) = answers(engine, other)
    one, two = answers(engine, gone_on(request, cut, more=16), other)
    assert one.tokens == whole.tokens
    assert two.tokens == alone.tokens


def test_one_after_the_other_it_is_the_same(lab: Lab) -> None:
    engine = open_engine(str(lab.model), options=EngineOptions(max_kv_size=200))
    try:
        request = Request(QUESTION, {}, PENALISED)
        whole, cut = whole_and_cut(engine, request, 9)
        (finish,) = answers(engine, gone_on(request, cut, more=15))
        assert (finish.tokens, finish.text) == (whole.tokens, whole.text)
    finally:
        engine.close()


def test_a_text_alone_is_read_anew_and_gone_on_with(engine: Engine) -> None:
    begun = Begun("the adapter and")
    request = Request(QUESTION, {}, GREEDY, begun)
    read = engine.count_tokens(request) - engine.count_tokens(replace(request, begun=None))
    events = list(engine.generate([request]))
    assert events[0].text == "the adapter and"
    finish = events[-1].finish
    assert finish is not None
    assert finish.text.startswith("the adapter and")
    assert len(finish.tokens) == finish.usage.completion_tokens + read


def test_a_stop_text_over_the_cut_still_ends_the_answer(lab: Lab, engine: Engine) -> None:
    (plain,) = answers(engine, Request(QUESTION, {}, GREEDY))
    stop = plain.text[len(plain.text) // 2 :][:6]
    request = Request(QUESTION, {}, replace(GREEDY, stop=(stop,)))
    (whole,) = answers(engine, request)
    assert whole.reason == "stop"
    for at in range(max(1, len(whole.tokens) - 5), len(whole.tokens)):
        _, cut = whole_and_cut(engine, request, at)
        events = list(engine.generate([gone_on(request, cut, more=24)]))
        finish = events[-1].finish
        assert finish is not None
        assert (finish.reason, finish.text) == ("stop", whole.text)
        assert "".join(event.text for event in events) == whole.text


THINKS = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|><think>{% endif %}"
)


@pytest.fixture
def thinker(tmp_path: Path) -> Iterator[Engine]:
    tags = ("<think>", "</think>")
    folder = make_scripted_model(
        tmp_path / "thinker",
        ["h", "m", "</think>", "\n", "Y", "e", "s", "<|end|>"],
        added=tags,
        template=THINKS,
        after="<think>",
    )
    opened = open_engine(str(folder))
    yield opened
    opened.close()


@pytest.mark.parametrize("at", range(1, 7))
def test_thoughts_and_answer_stay_apart_wherever_the_cut_is(thinker: Engine, at: int) -> None:
    request = Request(QUESTION, {}, Sampling(max_tokens=20))
    whole, cut = whole_and_cut(thinker, request, at)
    assert (whole.thought, whole.text, whole.reason) == ("hm", "Yes", "stop")
    events = list(thinker.generate([gone_on(request, cut, more=20)]))
    finish = events[-1].finish
    assert finish is not None
    assert (finish.thought, finish.text, finish.reason) == ("hm", "Yes", "stop")
    assert "".join(event.text for event in events) == "Yes"
    assert "".join(event.thought for event in events) == "hm"


@pytest.mark.parametrize("thought", ["hm", ""], ids=["kept", "lost"])
def test_a_text_alone_is_not_taken_for_a_thought(thinker: Engine, thought: str) -> None:
    request = Request(QUESTION, {}, Sampling(max_tokens=20), Begun("Ye", thought=thought))
    (finish,) = answers(thinker, request)
    assert (finish.thought, finish.text) == (thought, "Yes")


def test_what_leaves_no_room_is_refused(engine: Engine) -> None:
    begun = Begun(tokens=(20,) * 256)
    with pytest.raises(PromptTooLong):
        engine.generate([Request(QUESTION, {}, GREEDY, begun)])


def test_tokens_that_the_model_does_not_have_are_refused(engine: Engine) -> None:
    with pytest.raises(EngineError, match="no token 99999"):
        engine.generate([Request(QUESTION, {}, GREEDY, Begun(tokens=(99999,)))])


@pytest.mark.parametrize("sampling", [GREEDY, SAMPLED], ids=["greedy", "drawn"])
def test_with_the_model_that_ships(sampling: Sampling) -> None:
    engine = open_engine("tiny")
    try:
        engine.load_adapter("mlx-docs")
        asked: list[Message] = [{"role": "user", "content": "How do I sort an array in MLX?"}]
        request = Request(asked, {"mlx-docs": 1.0}, replace(sampling, max_tokens=300))
        (whole,) = answers(engine, request)
        half = len(whole.tokens) // 2
        _, cut = whole_and_cut(engine, request, half)
        (finish,) = answers(engine, gone_on(request, cut, more=300))
        assert (finish.text, finish.tokens) == (whole.text, whole.tokens)
        assert finish.usage.cached_tokens == finish.usage.prompt_tokens - 1
    finally:
        engine.close()


def test_a_first_event_that_tells_what_was_said_is_no_token(engine: Engine) -> None:
    first: Event = next(engine.generate([Request(QUESTION, {}, GREEDY, Begun("the base"))]))
    assert (first.token, first.logprob, first.finish) == (None, None, None)
