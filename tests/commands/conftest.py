"""No test here depends on which models and adapters happen to ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import paths


@pytest.fixture(autouse=True)
def only_prompts_ship(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shipped = paths.shipped

    def elsewhere(kind: str) -> Path:
        return shipped(kind) if kind == "prompts" else tmp_path / "shipped" / kind

    monkeypatch.setattr(paths, "shipped", elsewhere)
    monkeypatch.chdir(tmp_path)
