"""adapter convert, fuse and pull, as they are typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.small_models import make_adapter, make_model


def test_convert_writes_the_other_format(call: Call, tmp_path: Path) -> None:
    make_adapter(tmp_path / "adapters" / "mine")
    done = call("adapter", "convert", "mine", str(tmp_path / "theirs"), "--to", "peft", "--json")
    assert done.json["adapter"]["format"] == "peft"
    assert (tmp_path / "theirs" / "adapter_model.safetensors").is_file()
    back = call("adapter", "convert", str(tmp_path / "theirs"), str(tmp_path / "b"), "--to", "mlx")
    assert "the format of mlx-lm" in back.unwrapped


def test_convert_says_what_is_wrong(call: Call, tmp_path: Path) -> None:
    make_adapter(tmp_path / "adapters" / "mine")
    done = call("adapter", "convert", "mine", str(tmp_path / "b"), "--to", "mlx", "--json")
    assert done.code == 2
    assert "already" in done.json["error"]["message"]
    assert call("adapter", "convert", "mine", "b", "--to", "gguf").code == 2


def test_fuse_writes_a_model(call: Call, tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    make_adapter(tmp_path / "adapters" / "mine")
    done = call("adapter", "fuse", "mine", str(tmp_path / "f"), "-m", str(model), "--json")
    assert (done.json["layers"], done.json["warnings"]) == (9, [])
    assert (tmp_path / "f" / "config.json").is_file()


@pytest.mark.parametrize("scale", ["nan", "inf", "-1e9", "much"])
def test_fuse_takes_no_strength_that_is_no_number(call: Call, tmp_path: Path, scale: str) -> None:
    model = make_model(tmp_path / "model")
    make_adapter(tmp_path / "adapters" / "mine")
    done = call("adapter", "fuse", "mine", "f", "-m", str(model), "--scale", scale, "--json")
    assert (done.code, done.json["error"]["kind"]) == (2, "usage")
    assert scale in done.json["error"]["message"]
    assert not (tmp_path / "f").exists()


def test_pull_finds_what_the_cache_holds(call: Call) -> None:
    repository = Path(os.environ["HF_HUB_CACHE"]) / "models--somebody--lore"
    make_adapter(repository / "snapshots" / "abc123")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123")
    done = call("adapter", "pull", "somebody/lore", "--json")
    assert (done.json["pulled"], done.json["adapter"]["name"]) == (True, "somebody/lore")
    assert call("adapter", "show", "somebody/lore", "--json").json["name"] == "lore"


def test_pull_refuses_what_is_no_repository(call: Call) -> None:
    done = call("adapter", "pull", "mine", "--json")
    assert done.code == 2
    assert "OWNER/NAME" in done.json["error"]["hint"]
    gone = call("adapter", "pull", "nobody/nothing", "--json")
    assert gone.json["error"]["kind"] == "adapter_not_found"


def test_check_on_a_model_says_what_there_is_against_it(call: Call, tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    make_adapter(tmp_path / "adapters" / "mine", base="some/other", scale=0.0)
    done = call("adapter", "check", "mine", "-m", str(model), "--json")
    first, second = done.json["warnings"]
    assert "trained on 'some/other'" in first
    assert "changes nothing" in second
    assert "changes nothing" in call("adapter", "check", "mine", "-m", str(model)).out
