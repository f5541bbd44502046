"""-a before a command's name, and without a command: the chat opens with an adapter."""

from __future__ import annotations

from pathlib import Path

import pytest

import tests.fakes as fakes
from tests.cli.conftest import Call
from tests.small_models import make_adapter

pytestmark = pytest.mark.usefixtures("engines")


def test_the_chat_opens_with_it(call: Call) -> None:
    assert "mlx-docs ×0.5: " in call("-a", "mlx-docs=0.5", "--plain", stdin="hi\n").out


def test_one_that_is_not_there_is_named_and_the_chat_goes_on(call: Call) -> None:
    done = call("-a", "nope", "--plain", stdin="hi\n")
    assert "There is no adapter 'nope'." in done.out + done.err
    assert "base: " in done.out


def test_it_holds_for_the_command_behind_it(call: Call) -> None:
    adapters = call("-a", "mlx-docs", "ask", "hi", "--json").json["adapters"]
    assert adapters == [{"name": "mlx-docs", "scale": 1.0}]


def test_what_stands_behind_the_commands_name_comes_first(call: Call) -> None:
    adapters = call("-a", "mlx-docs", "ask", "hi", "-a", "mlx-docs=2", "--json").json["adapters"]
    assert adapters == [{"name": "mlx-docs", "scale": 2.0}]


def test_a_folder_with_an_equals_sign_in_its_name_goes_by_it(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fakes, "KNOWN_ADAPTERS", ("rank=big", "lr"))
    make_adapter(tmp_path / "adapters" / "rank=big")
    adapters = call("-a", "rank=big", "ask", "hi", "--json").json["adapters"]
    assert adapters == [{"name": "rank=big", "scale": 1.0}]
    adapters = call("-a", "rank=big=0.5", "ask", "hi", "--json").json["adapters"]
    assert adapters == [{"name": "rank=big", "scale": 0.5}]
    for words in (["ask", "hi"], ["compare", "hi"], ["--plain"]):
        done = call("-a", "lr=big", *words)
        assert (done.code, done.out) == (2, "")
        assert "cannot be 'big'" in done.err
