"""Rows advance together, under adapters of their own, and end each in its own way."""

from __future__ import annotations

import pytest

from assistant.engine import Engine, Request, Sampling
from assistant.errors import AdapterNotLoaded, EngineClosed, PromptTooLong
from tests.engine.conftest import QUESTION, Lab, answers, ask


def test_a_blend_of_one_adapter_with_zero_of_another_is_that_adapter(
    engine: Engine, lab: Lab
) -> None:
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.second))
    alone, blended, both = answers(
        engine,
        ask({"first": 1.0}),
        ask({"first": 1.0, "second": 0.0}),
        ask({"first": 1.0, "second": 1.0}),
    )
    assert blended.tokens == alone.tokens
    assert both.tokens != alone.tokens


def test_a_blend_says_the_same_alone_and_among_other_rows(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.second))
    blend = ask({"first": 0.7, "second": 0.4})
    (alone,) = answers(engine, blend)
    _, among, _ = answers(engine, ask(), blend, ask({"second": 1.0}))
    assert among.tokens == alone.tokens


def test_strength_zero_is_the_base_and_strength_counts(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    base, zero, half, full = answers(
        engine, ask(), ask({"first": 0.0}), ask({"first": 0.5}), ask({"first": 1.0})
    )
    assert zero.tokens == base.tokens
    assert len({base.tokens, half.tokens, full.tokens}) == 3


def test_the_same_seed_gives_the_same_text_whatever_else_runs(engine: Engine) -> None:
    dice = ask(temperature=1.0, seed=7)
    (alone,) = answers(engine, dice)
    with_others = answers(engine, ask(temperature=1.0, seed=8), dice, ask())
    assert with_others[1].tokens == alone.tokens
    assert with_others[0].tokens != alone.tokens


def test_a_row_without_a_seed_reports_the_one_it_drew(engine: Engine) -> None:
    (first,) = answers(engine, ask(temperature=1.0))
    (again,) = answers(engine, ask(temperature=1.0, seed=first.seed))
    assert again.tokens == first.tokens


def test_texts_of_the_events_add_up_to_the_answer(engine: Engine) -> None:
    events = list(engine.generate([ask(), ask(temperature=1.0, seed=3)]))
    for row in (0, 1):
        mine = [event for event in events if event.row == row]
        assert [event.finish is None for event in mine] == [True] * (len(mine) - 1) + [False]
        finish = mine[-1].finish
        assert finish is not None
        assert "".join(event.text for event in mine) == finish.text
        assert [e.token for e in mine if e.token is not None] == list(finish.tokens)
        assert all(e.logprob is not None and e.logprob <= 0 for e in mine[:-1])


def test_an_answer_ends_at_its_length_limit_and_says_so(engine: Engine) -> None:
    (finish,) = answers(engine, ask(max_tokens=5))
    assert finish.reason == "length"
    assert finish.usage.completion_tokens == 5


def test_a_stop_text_ends_the_answer_and_is_not_part_of_it(engine: Engine) -> None:
    (whole,) = answers(engine, ask())
    stop = whole.text[6:9]
    (stopped,) = answers(engine, ask(stop=(stop,)))
    assert stopped.reason == "stop"
    assert stopped.text == whole.text[: whole.text.index(stop)]


def test_cancelling_one_row_leaves_the_other(engine: Engine) -> None:
    (undisturbed,) = answers(engine, ask(max_tokens=40))
    generation = engine.generate([ask(max_tokens=200, temperature=1.0, seed=1), ask(max_tokens=40)])
    ends = {}
    for event in generation:
        if event.row == 0 and event.finish is None:
            generation.cancel(0)
        if event.finish is not None:
            ends[event.row] = event.finish
    assert ends[0].reason == "cancelled"
    assert ends[0].usage.completion_tokens < 200
    assert ends[1].tokens == undisturbed.tokens


def test_a_question_asked_while_another_is_answered_joins_the_batch(engine: Engine) -> None:
    (alone,) = answers(engine, ask(max_tokens=30))
    long = engine.generate([ask(max_tokens=120, temperature=1.0, seed=2)])
    next(long)
    (joined,) = answers(engine, ask(max_tokens=30))
    assert joined.tokens == alone.tokens
    long.close()


def test_a_prompt_longer_than_the_context_is_refused_and_the_engine_goes_on(
    engine: Engine,
) -> None:
    too_long = Request([{"role": "user", "content": "word " * 400}])
    with pytest.raises(PromptTooLong, match="256"):
        engine.generate([too_long])
    (finish,) = answers(engine, ask())
    assert finish.text


def test_an_answer_never_outgrows_the_context(engine: Engine) -> None:
    prompt = engine.count_tokens(Request(QUESTION))
    (finish,) = answers(engine, Request(QUESTION, {}, Sampling(max_tokens=10_000, stop=())))
    assert prompt + finish.usage.completion_tokens <= engine.info.context_length


def test_an_adapter_that_is_not_loaded_is_named(engine: Engine) -> None:
    with pytest.raises(AdapterNotLoaded, match="pirate"):
        engine.generate([ask({"pirate": 1.0})])


def test_a_closed_engine_says_so_and_closing_twice_is_fine(lab: Lab, engine: Engine) -> None:
    engine.close()
    engine.close()
    with pytest.raises(EngineClosed):
        engine.generate([ask()])


def test_closing_while_rows_run_ends_them(engine: Engine) -> None:
    generation = engine.generate([ask(max_tokens=200, temperature=1.0, seed=1)])
    next(generation)
    engine.close()
    assert [event.finish.reason for event in generation if event.finish] == ["cancelled"]
