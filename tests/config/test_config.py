"""The settings as a person sees them: explained, traced to where they came from, written."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.config import example, meanings, save
from assistant.config.example import INSTEAD_OF_NONE, literal
from assistant.errors import SettingsError
from assistant.settings import NAMES, Origin, Settings, changed, load_settings
from assistant.toml_file import lines_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PERSONAL = """\
# My settings, do not touch.
model = "mine"   # the good one

# warm
temperature = 0.7
adapters = [
  "a",
]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(PERSONAL, encoding="utf-8")
    return tmp_path / "config.toml"


def test_every_setting_says_what_it_is() -> None:
    assert list(meanings()) == list(NAMES)
    assert all(text.endswith(".") for text in meanings().values()), meanings()


def test_the_example_sets_nothing() -> None:
    assert tomllib.loads(example()) == {}
    assert all(len(line) <= 100 for line in example().splitlines())


def test_every_line_of_the_example_can_be_uncommented(tmp_path: Path) -> None:
    text = re.sub(r"^# (\w+ = )", r"\1", example(), flags=re.MULTILINE)
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    loaded = load_settings(tmp_path / "config.toml", {})
    assert loaded.problems == ()
    assert set(loaded.origins) == set(NAMES)
    assert loaded.settings == Settings(**INSTEAD_OF_NONE)  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_written_as_toml_reads_it(text: str) -> None:
    assert tomllib.loads(f"x = {literal([text])}") == {"x": [text]}


def test_each_value_is_traced_to_where_it_came_from(file: Path) -> None:
    loaded = load_settings(file, {"ASSISTANT_MODEL": "other", "ASSISTANT_SEED": "7"})
    assert loaded.settings.model == "other"
    assert loaded.origin("model") == Origin("environment", "ASSISTANT_MODEL")
    assert loaded.origin("temperature") == Origin("file", "5")
    assert loaded.origin("adapters") == Origin("file", "6")
    assert (loaded.settings.seed, loaded.origin("seed").kind) == (7, "environment")
    assert loaded.origin("top_p") == Origin()


def test_a_bad_variable_is_named_and_the_file_stands(file: Path) -> None:
    loaded = load_settings(file, {"ASSISTANT_TEMPERATURE": "hot"})
    assert loaded.settings.temperature == 0.7
    (problem,) = loaded.problems
    assert problem.message.startswith("ASSISTANT_TEMPERATURE: temperature cannot be 'hot'")


def test_a_bad_key_is_named_with_its_line(file: Path) -> None:
    file.write_text(f"{PERSONAL}\ntop_p = 7\n", encoding="utf-8")
    (problem,) = load_settings(file, {}).problems
    assert problem.message == f"{file}, line 10: top_p cannot be 7."


def test_a_screen_reader_gets_whole_answers_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert load_settings(file, {}).settings.stream
    assert load_settings(file, {"ACCESSIBLE": "0"}).settings.stream
    assert not load_settings(file, {"ACCESSIBLE": "1"}).settings.stream
    file.write_text("stream = true\n")
    assert load_settings(file, {"ACCESSIBLE": "1"}).settings.stream


def test_saving_changes_one_line_and_keeps_every_comment(file: Path) -> None:
    save(file, "model", "other")
    assert file.read_text() == PERSONAL.replace('"mine"', '"other"')
    save(file, "top_p", 0.9)
    assert file.read_text() == PERSONAL.replace('"mine"', '"other"') + "top_p = 0.9\n"
    save(file, "seed", None)
    assert file.read_text().count("seed") == 0


def test_a_mark_that_an_editor_puts_before_the_first_line_is_none_of_it(file: Path) -> None:
    file.write_text(PERSONAL, encoding="utf-8-sig")
    loaded = load_settings(file, {})
    assert (loaded.settings.model, loaded.problems) == ("mine", ())
    assert loaded.origin("model") == Origin("file", "2")
    save(file, "seed", 7)
    assert load_settings(file, {}).settings.seed == 7
    assert "# My settings, do not touch." in file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(("name", "empty"), [("model", ""), ("theme", ""), ("adapters", ())])
def test_what_is_empty_is_left_to_the_default(file: Path, name: str, empty: Any) -> None:
    save(file, name, empty)
    assert f"{name} =" not in file.read_text()
    assert getattr(load_settings(file, {}).settings, name) == getattr(Settings(), name)


def test_no_model_is_one_only_with_a_server(file: Path) -> None:
    file.write_text('model = ""\n')
    loaded = load_settings(file, {})
    assert (loaded.settings.model, loaded.origin("model")) == ("tiny", Origin())
    server = {"ASSISTANT_ENGINE": "http://localhost:1"}
    assert load_settings(file, server).settings.model == ""


def test_saving_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    save(file, "theme", "light")
    assert load_settings(file, {}).settings.theme == "light"
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_saving_never_touches_a_broken_file(file: Path) -> None:
    file.write_text("model = 'x\n[[[", encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(SettingsError) as caught:
        save(file, "theme", "light")
    assert "line 1" in caught.value.message
    assert file.read_bytes() == before
    with pytest.raises(SettingsError):
        save(file, "temperature", "hot")
    assert file.read_bytes() == before


def test_saving_keeps_permissions_and_follows_a_link(file: Path, tmp_path: Path) -> None:
    file.chmod(0o600)
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    save(link, "theme", "light")
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "light" in file.read_text()


BEYOND = (
    ("max_tokens = " + "9" * 5000, "a number of thousands of digits"),
    ("max_tokens = 0x" + "f" * 5000, "a number of thousands of digits"),
    ("model = " + "[" * 3000, "nested too deeply"),
    ("model = " + "[" * 150 + "]" * 150, "nested too deeply"),
    ("model" + ".x" * 3000 + " = 1", "nested too deeply"),
    ("[model" + ".x" * 3000 + "]\ny = 1", "nested too deeply"),
)
"""TOML that is valid and that no program can hold; where it begins is known."""


@pytest.mark.parametrize(("text", "why"), BEYOND)
def test_what_no_program_can_hold_is_named_with_its_line(file: Path, text: str, why: str) -> None:
    file.write_text(f'theme = "light"\nadapters = [\n]\n{text}\n', encoding="utf-8")
    before = file.read_bytes()
    loaded = load_settings(file, {})
    assert loaded.settings == Settings()
    (problem,) = loaded.problems
    assert str(file) in problem.message
    assert "line 4" in problem.message
    assert why in problem.message
    with pytest.raises(SettingsError) as caught:
        save(file, "theme", "light")
    assert "line 4" in caught.value.message
    assert file.read_bytes() == before


LINES = st.sampled_from(
    [
        "# a comment",
        "",
        'model = "x"  # mine',
        'system = """\ntop_p = 1\n"""',
        'adapters = [\n  "a", # one\n]',
        "seed = 3",
        "temperature=0.5",
        "[table]\nmodel = 3\nx = [\n[1],\n]",
    ]
)
VALUES = st.sampled_from(
    [("model", "ü [x]"), ("seed", None), ("adapters", ("b",)), ("top_p", 0.5), ("save", False)]
)


@given(st.lists(LINES, unique=True), VALUES, st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_file_is_saving_changes_that_value_alone(
    tmp_path: Path, parts: list[str], given_: tuple[str, Any], ends: bool
) -> None:
    # A table goes on to the end of the file.
    parts = sorted(parts, key=lambda part: part.startswith("["))
    text = "\n".join(parts) + ("\n" if ends else "")
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    name, value = given_
    save(file, name, value)
    after = file.read_text(encoding="utf-8")
    expected = tomllib.loads(text)
    if value is None:
        expected.pop(name, None)
    else:
        expected[name] = list(value) if isinstance(value, tuple) else value
    assert tomllib.loads(after) == expected
    assert "# a comment" in after or "# a comment" not in text
    lines = lines_of(after)
    assert set(lines) == set(expected)
    for key, line in lines.items():
        assert key in after.split("\n")[line - 1]


def test_a_value_that_a_setting_does_not_take_is_refused() -> None:
    with pytest.raises(SettingsError):
        changed(Settings(), "stream", "perhaps")
