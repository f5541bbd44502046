"""Opening a model: what is found, what is refused, and a clean way out of the process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.engine import open_engine
from assistant.engine.models import list_models
from assistant.errors import ModelError, ModelNotFound, ModelUnusable
from assistant.paths import Places
from tests.engine.conftest import Lab


def test_the_open_model_is_described(lab: Lab) -> None:
    engine = open_engine(str(lab.model))
    try:
        info = engine.info
    finally:
        engine.close()
    assert (info.model, info.architecture, info.context_length) == ("model", "llama", 256)
    assert info.dtype == "float32"
    assert info.quantisation is None
    assert info.memory_bytes == info.parameters * 4


def test_a_quantised_model_says_so(quantised_lab: Lab) -> None:
    engine = open_engine(str(quantised_lab.model))
    try:
        assert engine.info.quantisation == "4-bit affine, groups of 32"
    finally:
        engine.close()


def test_a_model_is_found_by_name_in_the_persons_folder(lab: Lab, places: Places) -> None:
    shutil.copytree(lab.model, places.data / "models" / "mine")
    engine = open_engine("mine", places=places)
    engine.close()
    assert engine.info.model == "mine"
    listed = {model.name: model for model in list_models([places.data / "models"])}
    assert listed["mine"].bytes == (lab.model / "model.safetensors").stat().st_size


def test_an_unknown_name_lists_what_there_is(lab: Lab, places: Places) -> None:
    shutil.copytree(lab.model, places.data / "models" / "mine")
    with pytest.raises(ModelNotFound) as caught:
        open_engine("mime", places=places)
    assert "Did you mean mine?" in caught.value.hint


def test_a_repository_that_cannot_be_fetched_is_one_sentence() -> None:
    with pytest.raises(ModelNotFound) as caught:
        open_engine("nobody/no-such-model")
    assert "nobody/no-such-model" in caught.value.message
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "way", ["no weights", "config cut off", "no tokenizer", "unknown kind", "weights cut off"]
)
def test_a_folder_that_is_no_model_is_refused(lab: Lab, tmp_path: Path, way: str) -> None:
    folder = tmp_path / "spoilt"
    shutil.copytree(lab.model, folder)
    config = folder / "config.json"
    weights = folder / "model.safetensors"
    if way == "no weights":
        weights.unlink()
    elif way == "config cut off":
        config.write_text(config.read_text()[:30])
    elif way == "no tokenizer":
        (folder / "tokenizer.json").unlink()
        (folder / "tokenizer_config.json").unlink()
    elif way == "unknown kind":
        config.write_text(json.dumps({**json.loads(config.read_text()), "model_type": "abacus"}))
    else:
        weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelUnusable) as caught:
        open_engine(str(folder))
    assert caught.value.message.count("\n") == 0
    assert caught.value.hint


def test_a_folder_without_a_config_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json"):
        open_engine(str(tmp_path))


EXIT = """
from assistant.engine import Request, Sampling, open_engine
engine = open_engine({model!r})
request = Request([{{"role": "user", "content": "hi"}}], {{}}, Sampling(max_tokens=200))
generation = engine.generate([request])
next(generation)
{ending}
"""


@pytest.mark.parametrize("ending", ["engine.close()", "", "raise SystemExit(0)"])
def test_a_process_that_ends_during_an_answer_ends_cleanly(lab: Lab, ending: str) -> None:
    code = EXIT.format(model=str(lab.model), ending=ending)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, "terminate" in done.stderr) == (0, False), done.stderr


def test_importing_the_engine_imports_nothing_heavy() -> None:
    code = (
        "import sys, assistant.engine, assistant.lora, assistant.engine.models\n"
        "heavy = {'mlx', 'mlx_lm', 'numpy', 'transformers', 'textual'} & set(sys.modules)\n"
        "raise SystemExit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
