"""-a before a command's name, and without a command: the chat opens with an adapter."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Call

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
