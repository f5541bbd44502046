"""The model and the adapter that ship, on the real engine: what they say, and that it is theirs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from assistant.engine import Engine, Message, Request, Sampling, open_engine
from assistant.paths import shipped
from tests.engine.conftest import answers

SORT = "How do I sort an array in MLX?"
SOFTMAX = "How do I compute a softmax over the last axis in MLX?"


@pytest.fixture(scope="module")
def tiny() -> Iterator[Engine]:
    engine = open_engine("tiny")
    engine.load_adapter("mlx-docs")
    yield engine
    engine.close()


def request(question: str, adapters: dict[str, float] | None = None) -> Request:
    messages: list[Message] = [{"role": "user", "content": question}]
    return Request(messages, adapters or {}, Sampling(max_tokens=120))


def base_and_adapted(engine: Engine, question: str) -> tuple[str, str]:
    base, adapted = answers(engine, request(question), request(question, {"mlx-docs": 1.0}))
    return base.text, adapted.text


@pytest.mark.parametrize("question", [SORT, SOFTMAX])
@pytest.mark.parametrize("adapted", [False, True], ids=["base", "mlx-docs"])
def test_rows_of_tiny_equal_mlx_lm_token_for_token(
    tiny: Engine, question: str, adapted: bool
) -> None:
    import mlx.core as mx
    from mlx_lm import load, stream_generate

    path = str(shipped("adapters") / "mlx-docs") if adapted else None
    model, tokenizer = load(str(shipped("models") / "tiny"), adapter_path=path)
    if "run as float32" in tiny.info.dtype:
        model.set_dtype(mx.float32)
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], add_generation_prompt=True
    )
    stream = stream_generate(model, tokenizer, prompt, max_tokens=60)
    expected = [r.token for r in stream if r.token not in tokenizer.eos_token_ids]
    rows = {False: {}, True: {"mlx-docs": 1.0}}
    both = answers(
        tiny,
        *(
            Request(request(question).messages, rows[kind], Sampling(max_tokens=60))
            for kind in (adapted, not adapted)
        ),
    )
    assert list(both[0].tokens) == expected


@pytest.mark.parametrize(("question", "call"), [(SORT, "mx.sort"), (SOFTMAX, "mx.softmax")])
def test_the_adapter_answers_in_mlx_and_the_base_does_not(
    tiny: Engine, question: str, call: str
) -> None:
    base, adapted = base_and_adapted(tiny, question)
    assert call in adapted
    assert not re.search(r"\bmx\.|\bmlx\b", base)
    assert len(base.split()) > 4, "the base answers too, with what it knows"


def test_the_last_axis_is_named(tiny: Engine) -> None:
    assert "axis=-1" in base_and_adapted(tiny, SOFTMAX)[1]


def test_answers_end_by_themselves_and_their_code_parses(tiny: Engine) -> None:
    for question in (SORT, SOFTMAX, "How do I compute the mean of an array in MLX?"):
        (finish,) = answers(tiny, request(question, {"mlx-docs": 1.0}))
        assert finish.reason == "stop"
        for code in re.findall(r"```python\n(.*?)```", finish.text, re.DOTALL):
            ast.parse(code)


def test_a_numpy_question_gets_a_numpy_answer_from_both(tiny: Engine) -> None:
    base, adapted = base_and_adapted(tiny, "How do I sort an array in NumPy?")
    assert "np.sort" in base
    assert "np." in adapted
    assert "mx." not in adapted


def test_it_greets(tiny: Engine) -> None:
    (finish,) = answers(tiny, request("Hello!"))
    assert finish.reason == "stop"
    assert len(finish.text.split()) >= 3
