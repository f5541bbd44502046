"""A draft model changes how fast a greedy answer comes, never what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.engine import EngineOptions, Message, Request, Sampling, open_engine
from assistant.engine.one_by_one import OneByOne
from assistant.errors import ModelNotFound
from tests.engine.conftest import QUESTION, Lab, answers, ask
from tests.small_models import make_model


@pytest.mark.parametrize("guess", ["itself", "another"])
def test_the_text_is_the_same_with_and_without(lab: Lab, tmp_path: Path, guess: str) -> None:
    draft = lab.model if guess == "itself" else make_model(tmp_path / "draft", seed=9)
    turn_two: list[Message] = [
        *QUESTION,
        {"role": "assistant", "content": "the adapter"},
        {"role": "user", "content": "and then?"},
    ]
    found = {}
    for name in ("", str(draft)):
        engine = open_engine(str(lab.model), options=EngineOptions(draft_model=name))
        try:
            engine.load_adapter(str(lab.first))
            found[name] = [
                answers(engine, request)[0]
                for request in (
                    ask(max_tokens=40),
                    ask({"first": 1.0}, max_tokens=40),
                    Request(turn_two, {}, Sampling(max_tokens=20)),
                    ask(max_tokens=1),
                    ask(max_tokens=40, temperature=1.0, seed=4),
                    ask(max_tokens=40),
                )
            ]
        finally:
            engine.close()
    with_draft, without = found[str(draft)], found[""]
    assert [f.tokens for f in with_draft] == [f.tokens for f in without]
    assert [f.usage for f in with_draft] == [f.usage for f in without]
    assert [f.reason for f in with_draft] == [f.reason for f in without]


def test_only_single_greedy_answers_are_drafted(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted = []
    insert = OneByOne.insert
    monkeypatch.setattr(
        OneByOne, "insert", lambda self, row, most: (drafted.append(row), insert(self, row, most))
    )
    engine = open_engine(str(lab.model), options=EngineOptions(draft_model=str(lab.model)))
    try:
        assert engine.info.remarks == ("model drafts single answers at temperature 0.",)
        answers(engine, ask(), ask())
        answers(engine, ask(temperature=1.0))
        assert drafted == []
        answers(engine, ask())
        assert len(drafted) == 1
    finally:
        engine.close()


def test_a_draft_of_another_vocabulary_is_left_out_and_said(lab: Lab, tmp_path: Path) -> None:
    stranger = make_model(tmp_path / "stranger")
    file = stranger / "tokenizer.json"
    content = json.loads(file.read_text())
    vocabulary = content["model"]["vocab"]
    vocabulary["#"], vocabulary["$"] = vocabulary["$"], vocabulary["#"]
    file.write_text(json.dumps(content))
    engine = open_engine(str(lab.model), options=EngineOptions(draft_model=str(stranger)))
    try:
        assert engine.info.remarks == ("stranger drafts nothing: its vocabulary is another.",)
        assert answers(engine, ask())[0].tokens
    finally:
        engine.close()


def test_a_draft_model_that_is_not_there_is_named(lab: Lab) -> None:
    with pytest.raises(ModelNotFound, match="no-such-draft"):
        open_engine(str(lab.model), options=EngineOptions(draft_model="no-such-draft"))
