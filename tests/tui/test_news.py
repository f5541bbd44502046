"""What happened meanwhile is said when it has happened, to somebody who types nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.commands.apprentice import Apprentice
from tests.tui.stage import chat


class Trained(Apprentice):
    """A training whose process has ended well."""

    def __init__(self) -> None:
        self.name = "taught"
        self.told = False

    running = False
    far = "trained"

    def stop(self) -> None:
        pass

    def result(self) -> dict[str, Any]:
        return {"first_validation": 2.5, "last_validation": 0.5}


async def test_a_training_that_ends_offers_its_adapter_without_a_line(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("a draft")
        stage.session.apprentice = Trained()
        await stage.sees("taught is trained, loss 2.50 → 0.50. /train load lets it answer.")
        assert stage.composer.text == "a draft"
        assert stage.screen.count("taught is trained") == 1
