"""`assistant train` on the command line: an adapter of one's own, and the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.lora import convert, read_folder
from assistant.paths import find_places
from assistant.training.lora import LoraRun
from tests.cli.conftest import Call
from tests.small_models import make_adapter, make_model

CHAT = {
    "messages": [{"role": "user", "content": "the word?"}, {"role": "assistant", "content": "base"}]
}

ROOT = Path(__file__).parents[2]
SHIPPED = ("-m", str(ROOT / "models" / "tiny"), "-a", str(ROOT / "adapters" / "mlx-docs"))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path / "model", seed=2)


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(json.dumps(CHAT) for _ in range(8)))
    return path


def test_an_adapter_of_ones_own_is_trained_and_found_by_its_name(
    call: Call, model: Path, examples: Path
) -> None:
    words = ("train", "lora", str(examples), "mine", "-m", str(model))
    done = call(*words, "--iterations", "3", "--batch", "2", "--json")
    assert done.code == 0
    assert done.json["iterations"] == 3
    assert "3/3" in done.err
    assert "mine" in call("adapter", "list").out
    again = call(*words, "--batch", "2")
    assert again.code == 1
    assert "There is an adapter 'mine' already." in again.err


def test_few_examples_are_trained_in_batches_that_they_fill(
    call: Call, model: Path, examples: Path
) -> None:
    examples.write_text("\n".join(json.dumps(CHAT) for _ in range(5)))
    words = ("train", "lora", str(examples), "few", "-m", str(model), "--iterations", "2")
    done = call(*words)
    assert done.code == 0, done.err
    assert "5 examples, 2 iterations of 2" in done.err
    assert "5 examples, 2 iterations of 4" in call(*words, "--all", "--replace").err


def test_a_training_that_is_stopped_says_so_and_leaves_what_it_had_learnt_and_no_examples(
    call: Call, model: Path, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(run: LoraRun, *_: Any, **__: Any) -> None:
        run.out.mkdir(parents=True)
        (run.out / "0000005_adapters.safetensors").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("assistant.training.own.train_lora", stop)
    done = call("train", "lora", str(examples), "mine", "-m", str(model))
    assert done.code == 130
    assert "Stopped; no adapter was made. The same command takes it up again." in done.err
    left = [file.name for file in (find_places().data / "training").rglob("*") if file.is_file()]
    assert left == ["0000005_adapters.safetensors"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.jsonl", "mine"), "no such file"),
        (("mine.jsonl", "no/name"), "is no name for an adapter"),
        (("mine.jsonl", "mine", "--batch", "5"), "too few"),
    ],
)
def test_what_cannot_be_trained_is_said_in_a_sentence(
    call: Call, model: Path, examples: Path, words: tuple[str, ...], said: str
) -> None:
    done = call("train", "lora", *words, "-m", str(model))
    assert done.code in (1, 2)
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "Line 1 is no question."),
        ('{"group": "numpy", "question": "q", "right": "("}', "is no pattern"),
        ('{"group": 3, "question": "q", "right": "x"}', "Line 1 is no question."),
        ("", "holds no questions"),
    ],
)
def test_questions_that_cannot_be_used_are_named(
    call: Call, tmp_path: Path, line: str, said: str
) -> None:
    (tmp_path / "questions.jsonl").write_text(line)
    done = call("train", "evaluate", *SHIPPED, "--questions", "questions.jsonl")
    assert done.code == 1
    assert said in done.err


def test_the_table_has_base_and_adapted_side_by_side(call: Call, tmp_path: Path) -> None:
    question = {"group": "numpy", "question": "numpy median", "right": r"np\.median"}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question))
    done = call("train", "evaluate", *SHIPPED, "--questions", "questions.jsonl", "--json")
    assert done.code == 0
    (row, *_) = done.json["rows"]
    assert row["base"] == {"hits": 1, "of": 1}
    assert row["adapted"] == {"hits": 1, "of": 1}


def test_questions_of_ones_own_may_have_groups_of_their_own(call: Call, tmp_path: Path) -> None:
    question = {"group": "deploys", "question": "numpy median", "right": r"np\.median"}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question))
    done = call("train", "evaluate", *SHIPPED, "--questions", "questions.jsonl", "--json")
    assert done.code == 0
    (row, *_) = done.json["rows"]
    assert row["measure"] == "deploys: right"
    assert row["base"] == row["adapted"] == {"hits": 1, "of": 1}


def test_an_adapter_in_pefts_format_is_measured_like_one_of_mlx_lm(
    call: Call, tmp_path: Path
) -> None:
    question = {"group": "mlx", "question": "sort an array in MLX", "right": r"mx\.sort"}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question))
    peft = convert(read_folder(ROOT / "adapters" / "mlx-docs"), tmp_path / "peft", "peft")
    model = ("-m", str(ROOT / "models" / "tiny"))
    words = ("train", "evaluate", *model, "-a", str(peft.path), "--questions", "questions.jsonl")
    done = call(*words, "--json")
    assert done.code == 0
    assert done.json["rows"][0]["adapted"] == {"hits": 1, "of": 1}


def test_an_adapter_that_does_not_fit_is_refused_before_anything_is_asked(
    call: Call, tmp_path: Path
) -> None:
    other = make_adapter(tmp_path / "other")
    done = call("train", "evaluate", "-m", str(ROOT / "models" / "tiny"), "-a", str(other))
    assert done.code == 1
    assert "The adapter 'other' is for another model" in done.err
    assert "/300" not in done.err


def test_answers_that_could_not_be_kept_are_refused_before_anything_is_measured(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[object] = []
    monkeypatch.setattr("assistant.training.evaluate.measure", lambda *_: measured.append(_))
    done = call("train", "evaluate", *SHIPPED, "--answers", "nowhere/answers.json")
    assert done.code == 1
    assert "answers.json cannot be written: its folder is not there." in done.err
    assert not measured


def test_answers_that_cannot_be_kept_do_not_take_the_table_with_them(
    call: Call, tmp_path: Path
) -> None:
    question = {"group": "numpy", "question": "numpy median", "right": r"np\.median"}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question))
    (tmp_path / "taken").mkdir()
    done = call(
        "train", "evaluate", *SHIPPED, "--questions", "questions.jsonl", "--answers", "taken"
    )
    assert done.code == 1
    assert "base" in done.out
    assert "Error: taken cannot be written: is a directory." in done.err
