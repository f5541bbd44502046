"""The lists of adapters and models that panels, commands and the command line share."""

from __future__ import annotations

import json
import os
from pathlib import Path

import mlx.core as mx
import pytest

from assistant.commands.amounts import size
from assistant.commands.catalogue import catalogue
from assistant.commands.models import to_dict
from assistant.commands.shelf import shelf
from assistant.engine import models as models_module
from assistant.engine.memory import need_of
from assistant.engine.model_facts import ModelFacts, facts_of
from assistant.engine.models import list_models
from assistant.lora import list_adapters
from assistant.paths import Places
from tests.commands.saying import open_session, say
from tests.small_models import make_adapter, make_model


def in_the_cache(repository: str, *, weights: bool = True) -> Path:
    folder = Path(os.environ["HF_HUB_CACHE"]) / f"models--{repository.replace('/', '--')}"
    made = make_model(folder / "snapshots" / "abc")
    if not weights:
        (made / "model.safetensors").unlink()
    return made


def test_models_of_folders_and_of_the_cache_come_first_and_know_where_they_lie(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_model(places.data / "models" / "mine")
    make_model(tmp_path / "here" / "models" / "ours")
    in_the_cache("mlx-community/Qwen3-0.6B-4bit")
    in_the_cache("somebody/half", weights=False)
    monkeypatch.chdir(tmp_path / "here")
    found = catalogue(places)
    here = {one.name: one.where for one in found.offered if one.here}
    assert here["mine"] == "yours"
    assert here["ours"] == "project"
    assert here["mlx-community/Qwen3-0.6B-4bit"] == "hub cache"
    assert "somebody/half" not in here
    others = [one.name for one in found.offered if not one.here]
    assert "mlx-community/Qwen3-1.7B-4bit" in others
    assert "mlx-community/Qwen3-0.6B-4bit" not in others


def test_its_json_says_what_each_needs_and_whether_it_fits(places: Places) -> None:
    make_model(places.data / "models" / "mine")
    made = to_dict(catalogue(places))
    (mine,) = made["models"]
    assert mine["fits"] is True
    assert mine["needs"] > mine["bytes"] > 0
    assert {one["fits"] for one in made["recommended"]} <= {True, False}
    assert json.dumps(made)


def test_parameters_are_those_the_weights_stand_for(tmp_path: Path) -> None:
    """A 4-bit matrix of 64 by 128 in mlx's own packing counts as 64 · 128."""
    weights = mx.random.normal((64, 128))
    packed, scales, biases = mx.quantize(weights, group_size=64, bits=4)
    tensors = {"l.weight": packed, "l.scales": scales, "l.biases": biases, "n": mx.zeros(10)}
    mx.save_safetensors(str(tmp_path / "model.safetensors"), tensors)
    (tmp_path / "config.json").write_text('{"model_type": "x", "quantization": {"bits": 4}}')
    facts = facts_of(tmp_path)
    assert (facts.parameters, facts.bits) == (64 * 128 + 10, 4)


@pytest.mark.parametrize("config", ["{", "[]", "[" * 100_000, '{"quantization": {"bits": "four"}}'])
def test_a_strange_folder_does_not_spoil_the_list(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.json").write_text(config)
    (tmp_path / "model.safetensors").write_bytes(b"no safetensors")
    assert facts_of(tmp_path).parameters == 0


def test_the_shelf_knows_what_is_loaded_and_what_it_was_made_for(places: Places) -> None:
    make_adapter(places.data / "adapters" / "pirate")
    session, _ = open_session(places)
    say(session, "/adapter load mlx-docs=0.5")
    found = {one.name: one for one in shelf(session)}
    assert found["mlx-docs"].loaded
    assert found["mlx-docs"].scale == 0.5
    assert found["mlx-docs"].match == "made for another"
    assert not found["pirate"].loaded
    assert (found["pirate"].where, found["pirate"].match) == ("yours", "unsaid")


def test_weighing_never_changes_a_dictionary_that_somebody_reads(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "/adapter load mlx-docs")
    before = session.lineup._in_use
    session.lineup.weigh("mlx-docs", 0.3)
    assert before == {"mlx-docs": 1.0}
    assert session.in_use == {"mlx-docs": 0.3}
    session.lineup.weigh("mlx-docs", None)
    assert session.in_use == {}


def test_a_folder_that_cannot_be_looked_into_costs_no_other(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("barred", "mine"):
        make_model(places.data / "models" / name)
    (tmp_path / "a file").write_text("")
    look = models_module.facts_of

    def barred(folder: Path) -> ModelFacts:
        if folder.name == "barred":
            raise PermissionError(13, "Permission denied")
        return look(folder)

    monkeypatch.setattr(models_module, "facts_of", barred)
    found = list_models([tmp_path / "a file", places.data / "models"])
    assert [one.name for one in found] == ["mine"]
    assert list_adapters([tmp_path / "a file"]) == []


def test_a_shape_of_absurd_numbers_has_sizes_that_can_be_said(tmp_path: Path) -> None:
    config = {"num_hidden_layers": 10**2000, "num_attention_heads": 2, "hidden_size": 8}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert size(need_of(tmp_path).total) == "0 bytes"
