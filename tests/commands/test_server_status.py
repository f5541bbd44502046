"""What the status line says of a model on a server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.commands.model_name import shown_model
from assistant.commands.models import described
from assistant.settings import Settings
from tests.fakes import FakeEngine

INFO = FakeEngine().info
ON_SERVER = replace(INFO, server="host:8000", served=("fake", "other"), parameters=0)


@pytest.mark.parametrize(
    ("info", "settings", "expected"),
    [
        (INFO, Settings(), "fake"),
        (ON_SERVER, Settings(engine="http://host:8000/v1", model=""), "fake on host:8000"),
        (None, Settings(), "tiny"),
        (None, Settings(engine="http://host:8000/v1", model=""), "host:8000"),
        (None, Settings(engine="http://host:8000", model="m"), "m on host:8000"),
    ],
)
def test_the_host_stands_beside_the_model(info: object, settings: Settings, expected: str) -> None:
    assert shown_model(info, settings) == expected  # type: ignore[arg-type]


def test_nothing_is_said_of_a_servers_model_that_is_not_known() -> None:
    assert described(ON_SERVER) == "on host:8000"
