"""--help of every command: all that it says can be read, on a narrow terminal as well."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click
import pytest

from assistant.cli.program import cli
from tests.cli.conftest import Call


def commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words behind the program's name."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, *path, name)


EVERY = dict(commands(cli))
each = pytest.mark.parametrize("path", EVERY, ids=lambda path: " ".join(path) or "assistant")


@each
def test_nothing_is_cut_on_eighty_columns(
    call: Call, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = call(*path, "--help")
    assert done.code == 0
    _, *said = done.out.splitlines()  # behind the usage, which says of what there may be more ...
    assert not [line for line in said if line.endswith(("...", "…"))]
    assert max(map(len, said)) <= 80


@each
def test_a_group_says_of_a_command_what_that_says_of_itself(
    call: Call, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...]
) -> None:
    if not path:
        return
    monkeypatch.setenv("COLUMNS", "80")
    listed = call(*path[:-1], "--help").unwrapped.partition(" Commands: ")[2]
    first, *_ = inspect.cleandoc(EVERY[path].help or "").split("\n\n")
    sentence = " ".join(first.split()).partition(". ")[0].removesuffix(".")
    assert f"{path[-1]} {sentence}." in f" {listed} "


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["comapre", "hi"], "Did you mean assistant compare?"),
        (["train", "lroa"], "Did you mean assistant train lora?"),
        (["How do I sort?"], 'To ask something: assistant ask "..."'),
        (["xyz"], "Try: assistant --help"),
    ],
)
def test_a_command_that_is_not_there_says_what_was_probably_meant(
    call: Call, words: list[str], hint: str
) -> None:
    done = call(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[1] == hint
