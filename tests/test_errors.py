"""The error tree: every leaf has a kind of its own, and says itself in one line."""

from __future__ import annotations

import inspect

from assistant import errors
from assistant.errors import AssistantError, UsageError

LEAVES = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if issubclass(value, AssistantError)
]


def test_kinds_are_unique() -> None:
    kinds = [leaf.kind for leaf in LEAVES]
    assert len(set(kinds)) == len(kinds)


def test_the_picture_at_the_top_names_every_error() -> None:
    picture = errors.__doc__ or ""
    assert [leaf.__name__ for leaf in LEAVES if leaf.__name__ not in picture] == []


def test_an_error_is_a_message_a_hint_and_a_kind() -> None:
    error = UsageError("There is no flag --x.", "Try --help.")
    assert error.to_dict() == {
        "kind": "usage",
        "message": "There is no flag --x.",
        "hint": "Try --help.",
    }
    assert str(error) == "There is no flag --x. Try --help."


def test_only_wrong_usage_exits_with_two() -> None:
    assert {leaf.exit_code for leaf in LEAVES if leaf is not UsageError} == {1}
    assert UsageError.exit_code == 2
