"""A chat's keys and values come back from a file, for the same model and adapters only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import mlx.core as mx
import pytest

from assistant.engine import (
    Engine,
    EngineOptions,
    Message,
    Request,
    Sampling,
    open_engine,
    saved_caches,
)
from assistant.errors import PromptCacheUnusable
from tests.engine.conftest import QUESTION, Lab, answers
from tests.shaped_models import GEMMA, WIDE_HEADS, make_shaped_model
from tests.small_models import make_model

BRIEF = Sampling(max_tokens=6)


@pytest.fixture
def another_day(lab: Lab) -> Iterator[Engine]:
    opened = open_engine(str(lab.model))
    yield opened
    opened.close()


def turn_two(answer: str) -> list[Message]:
    said: Message = {"role": "assistant", "content": answer}
    return [*QUESTION, said, {"role": "user", "content": "and then?"}]


@pytest.mark.parametrize("adapters", [{}, {"first": 1.0}], ids=["base", "adapted"])
def test_a_saved_chat_goes_on_where_it_was(
    engine: Engine, another_day: Engine, lab: Lab, tmp_path: Path, adapters: dict[str, float]
) -> None:
    file = tmp_path / "chats" / "one.safetensors"
    engine.load_adapter(str(lab.first))
    another_day.load_adapter(str(lab.first))
    (one,) = answers(engine, Request(QUESTION, adapters, BRIEF))
    following = Request(turn_two(one.text), adapters, BRIEF)
    held = engine.save_prompt_cache(following, file)
    assert held >= one.usage.prompt_tokens
    assert another_day.load_prompt_cache(file) == held
    other = {} if adapters else {"first": 1.0}
    (elsewhere,) = answers(another_day, Request(following.messages, other, BRIEF))
    assert elsewhere.usage.cached_tokens == 0
    (there,) = answers(another_day, following)
    (here,) = answers(engine, following)
    assert there.usage.cached_tokens == held
    assert there.tokens == here.tokens


def test_a_chat_that_is_not_kept_writes_no_file(engine: Engine, tmp_path: Path) -> None:
    assert engine.save_prompt_cache(Request(QUESTION), tmp_path / "none.safetensors") == 0
    assert list(tmp_path.iterdir()) == []


def test_quantised_ones_are_saved_and_sliding_windows_refused(tmp_path: Path) -> None:
    file = tmp_path / "chat.safetensors"
    wide = make_shaped_model(tmp_path / "wide", WIDE_HEADS)
    ask = Request(QUESTION, {}, BRIEF)
    counts = []
    for _ in range(2):
        engine = open_engine(str(wide), options=EngineOptions(kv_bits=8))
        if file.exists():
            engine.load_prompt_cache(file)
        counts.append(answers(engine, ask)[0].usage.cached_tokens)
        engine.save_prompt_cache(ask, file)
        engine.close()
    assert counts[0] == 0 < counts[1]
    whole = open_engine(str(wide))
    with pytest.raises(PromptCacheUnusable, match="another form than the model runs with now"):
        whole.load_prompt_cache(file)
    whole.close()
    sliding = open_engine(str(make_shaped_model(tmp_path / "sliding", GEMMA)))
    answers(sliding, ask)
    with pytest.raises(PromptCacheUnusable, match="RotatingKVCache"):
        sliding.save_prompt_cache(ask, tmp_path / "no.safetensors")
    sliding.close()


def with_header(file: Path, change: Callable[[dict[str, str]], None]) -> None:
    """Another header, sealed as the program seals one: only what it says is wrong."""
    tensors = dict(mx.load(str(file)))
    data = file.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    said = header["__metadata__"]
    del said["blake3"]
    change(said)
    said["blake3"] = saved_caches._digest(said, tensors)
    text = json.dumps(header).encode()
    file.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])


def test_what_is_spoilt_is_refused_in_one_sentence_and_nothing_is_kept(
    engine: Engine, tmp_path: Path
) -> None:
    ask = Request(QUESTION, {}, BRIEF)
    answers(engine, ask)
    file = tmp_path / "chat.safetensors"
    engine.save_prompt_cache(ask, file)
    whole = file.read_bytes()
    ways: dict[str, Callable[[], object]] = {
        "holds other numbers than were written": lambda: file.write_bytes(
            whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
        ),
        "cut off": lambda: file.write_bytes(whole[:-10]),
        "is no saved chat": lambda: file.write_text("hello"),
        "no saved chat of this program": lambda: with_header(file, lambda h: h.pop("format")),
        "another model": lambda: with_header(file, lambda h: h.update(model="0" * 64)),
        "not \\(": lambda: with_header(file, lambda h: h.update(tokens="[1, 2, 3]")),
        "no tokens": lambda: with_header(file, lambda h: h.update(tokens="[]")),
        "damaged": lambda: with_header(file, lambda h: h.update(adapters="[[1]]")),
        "Expecting value": lambda: with_header(file, lambda h: h.update(tokens="nonsense")),
        "cannot be read": lambda: file.unlink(),
    }
    for said, spoil in ways.items():
        file.write_bytes(whole)
        spoil()
        with pytest.raises(PromptCacheUnusable, match=said) as caught:
            engine.load_prompt_cache(file)
        assert "\n" not in caught.value.message


def test_a_retrained_model_under_the_same_name_is_another(lab: Lab, tmp_path: Path) -> None:
    from assistant.engine.fingerprint import model_fingerprint

    same, other = make_model(tmp_path / "same"), make_model(tmp_path / "other", seed=3)
    assert model_fingerprint(lab.model) == model_fingerprint(same)
    assert model_fingerprint(other) != model_fingerprint(same)
