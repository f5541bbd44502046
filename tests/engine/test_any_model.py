"""A model's own habits are kept: where it stops, how it is asked, what it thinks aloud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Begun, Event, Finish, Message, Request, Sampling, open_engine
from assistant.engine.thinking import ThoughtSplitter
from tests.scripted_model import make_scripted_model

HELLO: list[Message] = [{"role": "user", "content": "HELLO"}]
THINK = ["<think>", "</think>"]


def said_by(model: Path, **sampling: Any) -> tuple[Finish, list[Event]]:
    engine = open_engine(str(model))
    try:
        events = list(engine.generate([Request(HELLO, {}, Sampling(**sampling))]))
    finally:
        engine.close()
    finish = events[-1].finish
    assert finish is not None
    return finish, events


@pytest.mark.parametrize("ending", ["<|end|>", "<stop>", "<pause>"])
def test_every_stop_token_of_the_generation_config_ends_the_answer(
    tmp_path: Path, ending: str
) -> None:
    stops = ["<stop>", "<pause>"]
    model = make_scripted_model(tmp_path / "m", ["abc", ending, "xyz"], added=stops)
    vocabulary = json.loads((model / "tokenizer.json").read_text())["added_tokens"]
    numbers = {entry["content"]: entry["id"] for entry in vocabulary}
    (model / "generation_config.json").write_text(
        json.dumps({"eos_token_id": [numbers[stop] for stop in stops]})
    )
    finish, _ = said_by(model)
    assert (finish.text, finish.reason) == ("abc", "stop")


def test_a_template_in_a_file_of_its_own_is_used(tmp_path: Path) -> None:
    model = make_scripted_model(tmp_path / "m", ["abc", "<|end|>"])
    settings = json.loads((model / "tokenizer_config.json").read_text())
    template = settings.pop("chat_template")
    (model / "tokenizer_config.json").write_text(json.dumps(settings))
    (model / "chat_template.jinja").write_text(template)
    assert said_by(model)[0].text == "abc"


def test_a_model_without_a_template_reads_the_bare_text(tmp_path: Path) -> None:
    model = make_scripted_model(tmp_path / "m", ["abc", "<|end|>"])
    settings = json.loads((model / "tokenizer_config.json").read_text())
    del settings["chat_template"]
    (model / "tokenizer_config.json").write_text(json.dumps(settings))
    engine = open_engine(str(model))
    try:
        bare = engine.count_tokens(Request(HELLO))
    finally:
        engine.close()
    assert bare == len("HELLO")


@pytest.mark.parametrize("kind", ["added", "special"])
def test_what_is_thought_aloud_is_told_from_the_answer(tmp_path: Path, kind: str) -> None:
    script = ["<think>", "\n", "abc", "</think>", "xyz", "<|end|>"]
    model = make_scripted_model(tmp_path / "m", script, **{kind: THINK})
    finish, events = said_by(model)
    assert (finish.thought, finish.text) == ("abc", "xyz")
    assert "".join(event.text for event in events) == "xyz"
    assert "".join(event.thought for event in events).strip() == "abc"
    assert len(finish.tokens) == 9, "thoughts are tokens of the answer like others"


def test_a_template_may_have_begun_the_thinking(tmp_path: Path) -> None:
    model = make_scripted_model(
        tmp_path / "m",
        ["abc", "</think>", "xyz", "<|end|>"],
        added=THINK,
        template="{% for m in messages %}{{ m['content'] }}{% endfor %}<|assistant|><think>\n",
        after="<think>",  # jinja drops the last line's end
    )
    finish, _ = said_by(model)
    assert (finish.thought, finish.text) == ("abc", "xyz")


CHANNELS = ["<|channel|>", "<|message|>", "<|start|>"]
NAMES = ["analysis", "final", "assistant"]


def test_channels_of_thought_and_answer_are_told_apart(tmp_path: Path) -> None:
    """As gpt-oss writes them. The thought comes with the request: no token is scripted twice."""
    script = ["assistant", "<|channel|>", "final", "<|message|>", "xyz", "<|end|>"]
    model = make_scripted_model(
        tmp_path / "m", script, special=CHANNELS, added=NAMES, after="<|start|>"
    )
    engine = open_engine(str(model))
    try:
        local: Any = engine
        said = "<|channel|>analysis<|message|>pqr<|end|><|start|>"
        begun = Begun(tokens=tuple(local._tokenizer.encode(said, add_special_tokens=False)))
        events = list(engine.generate([Request(HELLO, {}, Sampling(), begun=begun)]))
    finally:
        engine.close()
    finish = events[-1].finish
    assert finish is not None
    assert (finish.thought, finish.text, finish.reason) == ("pqr", "xyz", "stop")
    assert "".join(event.text for event in events) == "xyz"


def test_a_channel_that_only_answers_leaves_no_mark_in_the_text(tmp_path: Path) -> None:
    script = ["<|channel|>", "final", "<|message|>", "xyz", "<|end|>"]
    model = make_scripted_model(tmp_path / "m", script, special=CHANNELS, added=NAMES)
    finish, events = said_by(model)
    assert (finish.thought, finish.text) == ("", "xyz")
    assert "".join(event.text for event in events) == "xyz"


def test_an_answer_cut_off_in_thought_has_no_text(tmp_path: Path) -> None:
    model = make_scripted_model(tmp_path / "m", ["<think>", "abcdef", "</think>"], added=THINK)
    finish, _ = said_by(model, max_tokens=4)
    assert (finish.thought, finish.text, finish.reason) == ("abc", "", "length")


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("plain <think> in the middle </think>", "", "plain <think> in the middle </think>"),
        ("<think>a < b </thin</think>\n\nso", "a < b </thin", "so"),
        ("  \n<think>\nwhy\n</think>because", "why\n", "because"),
        ("<think></think>at once", "", "at once"),
        ("<think>never ends </th", "never ends </th", ""),
        ("<thi", "", "<thi"),
        (" <b>bold</b>", "", " <b>bold</b>"),
        ("", "", ""),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_text_is_split_alike_however_it_comes(
    text: str, thought: str, answer: str, size: int
) -> None:
    splitter = ThoughtSplitter(("<think>", "</think>"))
    pieces = [splitter.add(text[at : at + size]) for at in range(0, len(text), size)]
    pieces.append(splitter.finish())
    assert (splitter.thought, splitter.text) == (thought, answer)
    assert "".join(piece[0] for piece in pieces) == thought
    assert "".join(piece[1] for piece in pieces) == answer
