"""What a model's name can mean, without opening it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.engine.models import find_model
from assistant.errors import ModelNotFound


def test_owner_and_name_mean_a_repository() -> None:
    assert find_model("mlx-community/Qwen2.5-0.5B", ()).repository == "mlx-community/Qwen2.5-0.5B"


@pytest.mark.parametrize("ref", ["./nothing", "../nothing", "~/nothing", "/no/such", "nothing"])
def test_a_folder_that_is_not_there_is_no_repository(
    ref: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelNotFound):
        find_model(ref, ())


@pytest.mark.parametrize("ref", ["x" * 5000, "./" + "x" * 5000, "~nobody-is-called-this/m", "a\0b"])
def test_a_name_of_any_kind_is_not_found_in_one_sentence(tmp_path: Path, ref: str) -> None:
    with pytest.raises(ModelNotFound) as caught:
        find_model(ref, [tmp_path])
    assert str(caught.value).isprintable()
    assert len(caught.value.message) < 400
