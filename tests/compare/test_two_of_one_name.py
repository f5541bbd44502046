"""Adapters from folders of one name, such as an earlier and a later training, side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.commands import Session
from assistant.commands.variants import blend, parts_of
from assistant.engine import Engine
from assistant.paths import find_places
from assistant.settings import Settings
from tests.engine.conftest import Lab
from tests.small_models import make_adapter


def test_folders_of_one_name_are_two_columns_and_take_nobodys_place(
    engine: Engine, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    old = make_adapter(tmp_path / "old" / "mine", seed=1, base="model")
    new = make_adapter(tmp_path / "new" / "mine", seed=2, base="model")
    session = Session(Settings(), find_places(), open_engine=lambda model, places: engine)
    session.start()
    session.load_adapter(str(old))
    assert blend(session, f"{new}=0.5") == {"new-mine": 0.5}
    assert blend(session, str(new)) == {"new-mine": 1.0}, "it has that name from now on"
    assert blend(session, str(old)) == {"mine": 1.0}
    loaded = {adapter.name: adapter for adapter in engine.adapters()}
    assert set(loaded) == {"mine", "new-mine"}
    assert loaded["mine"].fingerprint != loaded["new-mine"].fingerprint
    assert session.in_use == {"mine": 1.0}, "naming one does not put it in use"


def test_a_folder_with_a_plus_in_its_name_is_no_blend(tmp_path: Path) -> None:
    (tmp_path / "a+b").mkdir()
    for ref in (str(tmp_path / "a+b"), f"{tmp_path / 'a+b'}=0.5"):
        assert parts_of(ref) == [ref]
    assert parts_of("a=0.5+b") == ["a=0.5", "b"]
