"""A chat far longer than the context is refused without a tokenizer reading all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlx_lm.utils import load_tokenizer

from assistant.engine import Engine, Message, Request, Scoring, open_engine
from assistant.engine.far_too_long import PIECE, tokens_beyond
from assistant.errors import PromptTooLong
from assistant.paths import shipped
from assistant.plain_text import whole
from tests.engine.conftest import Lab

CONTEXT = 256
LONG = "how do I sort an array? " * 40_000
CHAT: list[Message] = [{"role": "user", "content": LONG}]


class Counting:
    """The embedded model's tokenizer, and how many characters it has read."""

    def __init__(self) -> None:
        self._tokenizer: Any = load_tokenizer(shipped("models") / "tiny")
        self.characters = 0

    def encode(self, text: str, **options: Any) -> list[int]:
        self.characters += len(text)
        return list(self._tokenizer.encode(text, **options))


@pytest.fixture(scope="module")
def tokenizer() -> Counting:
    return Counting()


@pytest.fixture(scope="module")
def engine(lab: Lab) -> Iterator[Engine]:
    opened = open_engine(str(lab.model))
    yield opened
    opened.close()


def test_a_megabyte_is_known_to_be_too_long_after_its_first_part(tokenizer: Counting) -> None:
    tokenizer.characters = 0
    about = tokens_beyond(tokenizer, CHAT, CONTEXT)
    assert tokenizer.characters == PIECE
    assert about == pytest.approx(len(tokenizer.encode(LONG)), rel=0.05)


def test_a_chat_that_may_fit_is_not_read_for_it(tokenizer: Counting) -> None:
    tokenizer.characters = 0
    usual: list[Message] = [{"role": "user", "content": LONG[:100_000]}]
    assert tokens_beyond(tokenizer, usual, 8192) == 0
    assert tokenizer.characters == 0


@settings(max_examples=20)
@given(
    unit=st.sampled_from(["a", " ", "\n", "the ", "mx.array", "é", "🙂", "0", "\ud800"])
    | st.text(min_size=1, max_size=20),
    pieces=st.floats(1, 2.5),
    context=st.integers(64, 5000),
)
def test_no_chat_that_fits_is_ever_refused(
    tokenizer: Counting, unit: str, pieces: float, context: int
) -> None:
    text = unit * int(pieces * PIECE / len(unit))
    beyond = tokens_beyond(tokenizer, [{"role": "user", "content": text}], context)
    assert beyond == 0 or len(tokenizer.encode(whole(text))) > context


def test_many_short_messages_count_together(tokenizer: Counting) -> None:
    chat: list[Message] = [{"role": "user", "content": "hello there"}] * 3000
    assert tokens_beyond(tokenizer, chat, CONTEXT) > CONTEXT


def test_the_engine_says_about_how_long_such_a_chat_is(engine: Engine) -> None:
    with pytest.raises(PromptTooLong, match=r"about [\d,]+ tokens long and .* at most 256"):
        engine.generate([Request(CHAT)])
    assert engine.count_tokens(Request(CHAT)) > CONTEXT


def test_an_answer_to_be_scored_is_no_exception(engine: Engine) -> None:
    with pytest.raises(PromptTooLong, match="about"):
        engine.score([Scoring([{"role": "user", "content": "hello"}], answer=LONG)])
