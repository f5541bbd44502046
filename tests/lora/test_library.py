"""Finding adapters by name and path, and listing what is there, broken ones too."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import AdapterNotFound
from assistant.lora import find_adapter, list_adapters, read_folder
from tests.small_models import make_adapter


def test_a_name_is_looked_up_in_the_folders_in_order(tmp_path: Path) -> None:
    make_adapter(tmp_path / "theirs" / "docs")
    make_adapter(tmp_path / "mine" / "docs")
    folders = [tmp_path / "mine", tmp_path / "theirs"]
    assert find_adapter("docs", folders) == tmp_path / "mine" / "docs"
    assert [item.path for item in list_adapters(folders)] == [tmp_path / "mine" / "docs"]


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "somewhere" / "docs")
    assert find_adapter(str(folder), []) == folder


def test_a_typing_slip_gets_the_nearest_name(tmp_path: Path) -> None:
    make_adapter(tmp_path / "mlx-docs")
    with pytest.raises(AdapterNotFound) as caught:
        find_adapter("mlx-dosc", [tmp_path])
    assert "mlx-docs" in caught.value.hint


def test_a_broken_folder_is_listed_with_its_reason(tmp_path: Path) -> None:
    make_adapter(tmp_path / "good")
    (tmp_path / "half").mkdir()
    good, half = list_adapters([tmp_path])
    assert good.folder is not None
    assert good.folder.rank == 4
    assert half.folder is None
    assert half.problem is not None
    assert "adapter_config.json" in half.problem.message


def test_the_fingerprint_is_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    one = read_folder(make_adapter(tmp_path / "one", seed=1))
    same = read_folder(make_adapter(tmp_path / "same", seed=1))
    other = read_folder(make_adapter(tmp_path / "other", seed=2))
    rescaled = read_folder(make_adapter(tmp_path / "rescaled", seed=1, scale=3.0))
    assert one.fingerprint() == same.fingerprint()
    assert len({one.fingerprint(), other.fingerprint(), rescaled.fingerprint()}) == 3


def test_a_folder_among_snapshots_has_its_own_name_and_one_of_the_hub_its_repositorys(
    tmp_path: Path,
) -> None:
    for inner, name in (
        ("run/snapshots/step-100", "step-100"),
        ("models--somebody--docs/snapshots/0123abcd", "docs"),
    ):
        assert read_folder(make_adapter(tmp_path / inner)).name == name
