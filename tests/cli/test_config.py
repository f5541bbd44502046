"""`assistant config`: what is set, where it came from, and whether the file is right."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from assistant.cli.lazy import LazyGroup
from assistant.cli.program import cli
from assistant.paths import find_places
from assistant.settings import NAMES
from assistant.toml_file import parse
from tests.cli.conftest import Call
from tests.fakes import FakeEngine


def test_it_shows_every_setting_and_where_its_value_came_from(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_places().settings_file.write_text("# mine\ntop_p = 0.9\n")
    monkeypatch.setenv("ASSISTANT_SEED", "7")
    found = call("-m", "other", "config", "--json").json
    entries = {entry["name"]: entry for entry in found["settings"]}
    assert list(entries) == list(NAMES)
    places = {name: (entries[name]["from"], entries[name]["place"]) for name in entries}
    assert places["top_p"] == ("file", "2")
    assert places["seed"] == ("environment", "ASSISTANT_SEED")
    assert places["model"] == ("command line", "--model")
    assert places["temperature"] == ("default", None)
    assert places["adapters"] == ("default", None)  # there were none that -m could take away
    assert entries["model"]["value"] == "other"
    shown = call("config")
    assert shown.code == 0
    assert "config.toml, line 2" in " ".join(shown.out.split())
    assert str(find_places().settings_file) in shown.err


def test_adapters_of_the_command_line_are_among_them(call: Call) -> None:
    find_places().settings_file.write_text('adapters = ["mine"]\n')
    found = call("-a", "mlx-docs=0.5", "config", "--json").json
    (entry,) = [entry for entry in found["settings"] if entry["name"] == "adapters"]
    assert entry["value"] == ["mlx-docs=0.5"]
    assert (entry["from"], entry["place"]) == ("command line", "--adapter")


def test_the_example_is_a_settings_file(call: Call) -> None:
    done = call("config", "example")
    assert (done.code, done.err, parse(done.out)) == (0, "", {})
    find_places().settings_file.write_text(done.out)
    assert call("config", "check").code == 0


def test_the_path_is_all_it_prints(call: Call) -> None:
    assert call("config", "path").out == f"{find_places().settings_file}\n"


def test_a_shell_can_write_to_the_path_at_once(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "new" / "home"))
    Path(call("config", "path").out.strip()).write_text(call("config", "example").out)
    assert call("config", "check").code == 0


def test_checking_names_what_cannot_be_used(call: Call) -> None:
    assert call("config", "check").code == 0
    find_places().settings_file.write_text("top_p = 3\ntemprature = 1\n")
    done = call("config", "check", "--json")
    assert done.code == 1
    assert [problem["kind"] for problem in done.json["problems"]] == ["settings", "settings"]
    plain = call("config", "check")
    assert plain.code == 1
    assert "line 2" in plain.out
    assert "Did you mean temperature?" in plain.out
    assert call("config", "check", "nowhere.toml", "--json").json["error"]["kind"] == "settings"


def test_a_file_that_is_not_in_use_is_not_said_to_be(call: Call, tmp_path: Path) -> None:
    for file, used in ((tmp_path / "other.toml", False), (find_places().settings_file, True)):
        file.write_text("theme =\n")
        done = call("config", "check", str(file))
        assert done.code == 1
        assert "not valid TOML" in done.out
        assert ("the defaults are used" in done.out) is used


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("theme", "lihgt", "Did you mean light? It takes dark, light, ansi, contrast, textual-"),
        ("seed", "-1", "seed cannot be -1"),
        ("max_tokens", "9" * 30, "a whole number below"),
        ("adapters", "mlx-docs=much", "The scale of 'mlx-docs' cannot be 'much'"),
        ("adapters", "mlx-docs mlx-docs", "each once"),
    ],
)
def test_what_a_setting_cannot_be_is_not_written(
    call: Call, name: str, value: str, says: str
) -> None:
    done = call("config", "set", name, value)
    assert done.code in {1, 2}
    assert says in " ".join(done.err.split())
    assert not find_places().settings_file.exists()


def test_setting_from_the_shell_is_there_for_the_next_run(
    call: Call, engines: list[FakeEngine]
) -> None:
    assert call("config", "set", "max_tokens", "5").code == 0
    call("ask", "hello")
    assert engines[0].requests[0].sampling.max_tokens == 5
    assert call("config", "set", "max_tokens", "lots").code == 1
    assert call("config", "set", "no_such", "1", "--json").code == 2


def test_what_the_environment_says_otherwise_is_told_when_a_setting_is_written(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "environment" not in call("config", "set", "theme", "light").err
    monkeypatch.setenv("ASSISTANT_THEME", "dark")
    assert (
        "ASSISTANT_THEME in the environment goes over it"
        in call("config", "set", "theme", "light").err
    )


def test_none_takes_a_setting_out_of_the_file(call: Call, engines: list[FakeEngine]) -> None:
    call("config", "set", "model", "nowhere")
    assert call("config", "set", "model", "none").err.startswith("model is not set in ")
    assert call("ask", "hello").code == 0
    call("config", "set", "max_tokens", "5")
    assert call("config", "set", "max_tokens", "none").code == 0
    assert "max_tokens" not in find_places().settings_file.read_text()


def test_the_lists_of_commands_say_what_the_commands_say() -> None:
    def look(group: LazyGroup) -> None:
        context = click.Context(group)
        for name, lazy in group.lazy.items():
            command = group.get_command(context, name)
            assert command is not None
            first = " ".join((command.help or "").split("\n\n")[0].split())
            assert first.startswith(lazy.summary), name
            assert lazy.summary.endswith(".")
            if isinstance(command, LazyGroup):
                look(command)

    assert isinstance(cli, LazyGroup)
    look(cli)
