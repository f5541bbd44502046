"""Where things are: the person's folders, and what ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.paths import Places, find_places, search_folders, shipped


def test_one_variable_moves_settings_and_data(tmp_path: Path) -> None:
    places = find_places({"ASSISTANT_HOME": str(tmp_path / "home")})
    assert places.settings_file == tmp_path / "home" / "config.toml"
    assert places.data == tmp_path / "home"
    assert not (tmp_path / "home").exists(), "looking creates nothing"


def test_without_it_the_platform_decides() -> None:
    places = find_places({})
    assert places.config.name == places.data.name == "assistant"
    assert places.config != Path.cwd()


def test_the_current_folder_comes_first_and_the_shipped_last(
    tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = search_folders("adapters", places)
    assert folders == (tmp_path / "adapters", places.data / "adapters", shipped("adapters"))


def test_a_current_folder_that_is_gone_has_nothing_in_it(
    tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert search_folders("adapters", places) == (places.data / "adapters", shipped("adapters"))


@pytest.mark.parametrize("home", ["~nobody-of-that-name/x", "~nobody-of-that-name"])
def test_a_home_of_nobody_is_refused(home: str) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_HOME cannot be '~nobody"):
        find_places({"ASSISTANT_HOME": home})


@pytest.mark.parametrize("kind", ["adapters", "models", "prompts"])
def test_something_ships_of_every_kind(kind: str) -> None:
    assert any(shipped(kind).iterdir())
