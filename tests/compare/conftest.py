"""The engine's random model and adapters, for comparisons on real arithmetic."""

from __future__ import annotations

from tests.engine.conftest import engine, lab, quantised_lab

__all__ = ["engine", "lab", "quantised_lab"]
