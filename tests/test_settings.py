"""config.toml: what it sets, and that a broken one never stops the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, changed, load_settings, read_value
from assistant.theme_names import TEXTUAL_THEMES


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_defaults_stand(tmp_path: Path) -> None:
    loaded = load_settings(tmp_path / "config.toml")
    assert loaded.settings == Settings()
    assert loaded.problems == ()


def test_a_file_sets_what_it_names(tmp_path: Path) -> None:
    file = written(tmp_path, 'model = "mine"\nadapters = ["a", "b=0.5"]\ntemperature = 0.7\n')
    settings = load_settings(file).settings
    assert (settings.model, settings.adapters, settings.temperature) == (
        "mine",
        ("a", "b=0.5"),
        0.7,
    )
    assert settings.max_tokens == Settings().max_tokens


def test_a_file_that_is_no_toml_is_named_with_its_line_and_left_alone(tmp_path: Path) -> None:
    file = written(tmp_path, 'model = "mine"\ntemperature = = 3\n')
    before = file.read_bytes()
    loaded = load_settings(file)
    assert loaded.settings == Settings()
    (problem,) = loaded.problems
    assert str(file) in problem.message
    assert "line 2" in problem.message
    assert file.read_bytes() == before


def test_a_file_that_cannot_be_read_says_so_in_plain_words(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff")
    (problem,) = load_settings(file, {}).problems
    assert problem.message == (
        f"{file} cannot be read, it is no text in UTF-8; the defaults are used."
    )


def test_one_bad_value_does_not_spoil_the_others(tmp_path: Path) -> None:
    file = written(tmp_path, 'max_tokens = "many"\ntemprature = 1\ntop_p = 0.9\n')
    loaded = load_settings(file)
    assert loaded.settings.top_p == 0.9
    assert loaded.settings.max_tokens == Settings().max_tokens
    assert ["max_tokens" in p.message or "temprature" in p.message for p in loaded.problems] == [
        True,
        True,
    ]
    assert "temperature" in loaded.problems[1].hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1),
        ("temperature", float("nan")),
        ("max_tokens", 0),
        ("max_tokens", True),
        ("top_p", 2),
        ("seed", -1),
        ("adapters", "mlx-docs"),
        ("model", 3),
        ("memory_check", 1),
        ("kv_bits", 5),
        ("kv_bits", True),
        ("max_kv_size", 4),
        ("draft_model", 7),
        ("theme", "no-such"),
        ("theme", 5),
        ("adapters", ["a", "a"]),
        ("max_tokens", 10**30),
        ("seed", 2**63),
        ("nonsense", 1),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        changed(Settings(), name, value)
    assert name in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("seed", "none", None),
        ("seed", "random", None),
        ("seed", "7", 7),
        ("temperature", "0.5", 0.5),
        ("temperature", "none", None),
        ("kv_bits", "", None),
        ("model", "x", "x"),
        ("engine", "none", ""),
        ("adapters", "a, b=0.5 c", ("a", "b=0.5", "c")),
        ("adapters", "none", ()),
        ("save", "Off", False),
        ("save", "maybe", "maybe"),
        ("nonsense", "x", "x"),
    ],
)
def test_typed_values_take_their_type(name: str, text: str, value: object) -> None:
    assert read_value(name, text) == value


def test_an_engine_without_a_model_means_the_servers_only_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('engine = "http://host:1"\n')
    assert load_settings(file, {}).settings.model == ""
    file.write_text('engine = "http://host:1"\nmodel = "big"\n')
    assert load_settings(file, {}).settings.model == "big"
    assert load_settings(file, {"ASSISTANT_MODEL": "other"}).settings.model == "other"


def test_an_engine_of_the_environment_takes_no_model_and_adapters_of_the_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('model = "mine"\nadapters = ["a"]\n')
    loaded = load_settings(file, {"ASSISTANT_ENGINE": "http://host:1"})
    assert (loaded.settings.model, loaded.settings.adapters) == ("", ())
    assert "model" not in loaded.origins
    file.write_text('engine = "http://host:1"\nmodel = "big"\n')
    assert load_settings(file, {"ASSISTANT_ENGINE": "none"}).settings.model == "tiny"
    assert load_settings(file, {"ASSISTANT_ENGINE": "http://host:1"}).settings.model == "big"


def test_a_password_in_an_engines_address_is_never_shown(tmp_path: Path) -> None:
    loaded = load_settings(tmp_path / "none", {"ASSISTANT_ENGINE": "http://me:secret@host"})
    assert "secret" not in str(loaded.problems[0])
    assert loaded.settings.engine == ""


def test_textual_has_the_themes_that_are_called_its_own() -> None:
    from textual.theme import BUILTIN_THEMES

    assert set(TEXTUAL_THEMES) <= set(BUILTIN_THEMES)
