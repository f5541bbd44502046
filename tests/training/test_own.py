"""A person's own examples: what is taken, what is refused, and an adapter that comes of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import mlx.core as mx
import pytest

from assistant.engine import Request, Sampling, open_engine
from assistant.errors import InputFileError, TrainingError, UsageError
from assistant.training.lora import LoraRun, Progress, bar
from assistant.training.own import check_name, read_examples, split, train_own
from tests.small_models import make_model

CHAT = {
    "messages": [
        {"role": "user", "content": "what is the word?"},
        {"role": "assistant", "content": "base"},
    ]
}


def written(folder: Path, *rows: object) -> Path:
    path = folder / "examples.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ({**CHAT, "source": "mine"}, CHAT),
        ({"prompt": "a", "completion": "b", "id": 3}, {"prompt": "a", "completion": "b"}),
        ({"text": "all of it"}, {"text": "all of it"}),
    ],
)
def test_three_forms_of_examples_are_read(tmp_path: Path, row: object, kept: object) -> None:
    assert read_examples(written(tmp_path, row, "", row)) == [kept, kept]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("no json", "Line 2 of"),
        ("[1, 2]", "Line 2 of"),
        ({"messages": []}, "Line 2 of"),
        ({"messages": [CHAT["messages"][0]]}, "Line 2 of"),
        ({"messages": [{"role": "robot", "content": "x"}, CHAT["messages"][1]]}, "Line 2 of"),
        ({"prompt": "a"}, "Line 2 of"),
        ({"text": "  "}, "Line 2 of"),
        ({"text": "of another form"}, "mixes several forms"),
    ],
)
def test_a_line_that_is_no_example_is_named(tmp_path: Path, row: object, said: str) -> None:
    with pytest.raises(InputFileError, match=said) as caught:
        read_examples(written(tmp_path, CHAT, row))
    assert "messages" in caught.value.hint


def test_a_file_that_is_not_there_or_empty_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="no such file"):
        read_examples(tmp_path / "nowhere.jsonl")
    with pytest.raises(InputFileError, match="holds no examples"):
        read_examples(written(tmp_path, ""))


def test_every_example_is_in_one_of_the_two_parts() -> None:
    train, valid = split(list(range(100)), batch=4, seed=1)
    assert sorted([*train, *valid]) == list(range(100))
    assert len(valid) == 5
    with pytest.raises(TrainingError, match="7 examples are too few"):
        split(list(range(7)), batch=4, seed=1)


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 90, "two words"])
def test_a_name_that_is_no_folder_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(name)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("own") / "model", seed=2)


def make_run(model: Path, work: Path, iterations: int) -> LoraRun:
    return LoraRun(
        model=str(model),
        data=work,
        out=work / "out",
        iterations=iterations,
        batch=2,
        rank=4,
        learning_rate=5e-3,
        length=128,
        save_every=5,
    )


class StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


def test_what_is_trained_is_learnt_and_a_stopped_run_goes_on(model: Path, tmp_path: Path) -> None:
    run = make_run(model, tmp_path / "work", 40)
    target = tmp_path / "adapters" / "mine"
    seen: list[Progress] = []

    def stop_after_ten(progress: Progress) -> None:
        if progress.loss is not None and progress.iteration >= 10:
            raise StoppedError

    with pytest.raises(StoppedError):
        train_own(run, [CHAT] * 12, target, replace=False, report=stop_after_ten)
    assert not target.exists()
    made = train_own(run, [CHAT] * 12, target, replace=False, report=seen.append)
    assert min(progress.iteration for progress in seen) > 4
    assert seen[-1].iteration == 40
    assert made.folder == target
    assert not run.data.exists()

    engine = open_engine(str(model))
    engine.load_adapter(str(target))
    wish = Request(CHAT["messages"][:1], {"mine": 1.0}, Sampling(max_tokens=8))  # type: ignore[arg-type]
    said = [event.finish.text for event in engine.generate([wish]) if event.finish]
    engine.close()
    assert said == ["base"]

    with pytest.raises(TrainingError, match="There is an adapter 'mine' already"):
        train_own(run, [CHAT] * 12, target, replace=False, report=seen.append)


def test_a_run_that_goes_on_steps_no_further_than_its_learning_rate(
    model: Path, tmp_path: Path
) -> None:
    rate = 1e-3
    first = replace(make_run(model, tmp_path / "first", 6), learning_rate=rate)
    train_own(first, [CHAT] * 12, tmp_path / "one", replace=False, report=lambda _: None)
    learnt = tmp_path / "one" / "adapters.safetensors"
    second = replace(
        make_run(model, tmp_path / "second", 2), begin=learnt, learning_rate=rate, save_every=1
    )
    train_own(second, [CHAT] * 12, tmp_path / "two", replace=False, report=lambda _: None)
    before, after = mx.load(str(learnt)), mx.load(str(tmp_path / "two" / "adapters.safetensors"))
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    furthest = max(mx.abs(after[name] - before[name]).max().item() for name in before)
    assert 0 < furthest < 2.1 * rate


def test_progress_reads_as_a_bar() -> None:
    assert bar(Progress(5, 10, loss=1.5, seconds_left=90)) == (
        "[############............] 5/10  loss 1.500  2 min left"
    )
    assert bar(Progress(10, 10, validation=0.25)).endswith("10/10  validation loss 0.250")
