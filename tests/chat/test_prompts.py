"""The prompt library: files that work, files that do not, and which one wins."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.chat import Prompt, PromptLibrary, read_prompt
from assistant.chat.prompt_files import BLANK, begin
from assistant.errors import PromptError, PromptNotFound, PromptVariableMissing
from assistant.paths import shipped


def library(folder: Path, **files: str) -> PromptLibrary:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return PromptLibrary([folder])


def test_a_template_puts_the_text_in_its_place(tmp_path: Path) -> None:
    prompt = library(tmp_path, explain='template = "Explain {text} to a child: {text}!"').get(
        "explain"
    )
    assert prompt.apply("rank") == "Explain rank to a child: rank!"


def test_braces_of_the_text_are_text(tmp_path: Path) -> None:
    prompt = library(tmp_path, code='template = "Explain: {text}"').get("code")
    assert prompt.apply("{0} {text.__class__}") == "Explain: {0} {text.__class__}"


def test_a_system_prompt_leaves_the_text_alone(tmp_path: Path) -> None:
    prompt = library(tmp_path, brief='system = "Be brief."').get("brief")
    assert (prompt.system, prompt.apply("hello")) == ("Be brief.", "hello")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("system = \nsummary = 3", "line 1"),
        ('sytem = "x"', "sytem"),
        ("system = 3", "system"),
        ('template = "no place"', "{text}"),
        ('summary = "only this"', "neither"),
        ('system = "x"\n\nsumary = "y"', "line 3: the unknown key 'sumary'"),
        ('system = "x"\ntemplate = "no place"', "line 2: template has no {text}"),
        ('system = "as {{ text }}"', "line 1: system has {{text}}"),
        ('system = "x"\n[variables]\nreader = "me"', "line 3: the variable 'reader'"),
        ('system = "{{a}}"\n[variables]\na = 3', "line 3: a must be a default"),
        ('system = "{{a}}"\nvariables = { a = 3 }', "line 2: a must be a default"),
        ('system = "{{a}}"\n[variables]\na = { defualt = "x" }', "unknown key 'defualt'"),
        ('system = "{{a}}"\nvariables = 3', "line 2: variables must be a table"),
    ],
)
def test_a_broken_file_is_named_and_the_others_work(tmp_path: Path, text: str, named: str) -> None:
    prompts = library(tmp_path, broken=text, good='system = "x"')
    working, errors = prompts.all()
    assert [prompt.name for prompt in working] == ["good"]
    (error,) = errors
    assert named in error.message
    assert "broken.toml" in error.message
    with pytest.raises(PromptError):
        prompts.get("broken")


def test_a_file_that_cannot_be_read_is_named_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "link.toml").symlink_to(tmp_path / "nowhere")
    _, errors = PromptLibrary([tmp_path]).all()
    assert [error.message for error in errors] == [
        f"{tmp_path}/bytes.toml cannot be read: it is no text in UTF-8.",
        f"{tmp_path}/folder.toml cannot be read: is a directory.",
        f"{tmp_path}/link.toml cannot be read: no such file or directory.",
    ]


def test_a_mark_that_an_editor_puts_before_the_first_line_is_none_of_it(tmp_path: Path) -> None:
    file = tmp_path / "brief.toml"
    file.write_text('system = "Be brief."\n', encoding="utf-8-sig")
    assert read_prompt(file).system == "Be brief."


def test_the_first_folder_wins(tmp_path: Path) -> None:
    library(tmp_path / "mine", concise='system = "mine"')
    library(tmp_path / "theirs", concise='system = "theirs"')
    both = PromptLibrary([tmp_path / "mine", tmp_path / "theirs", tmp_path / "missing"])
    assert both.get("concise").system == "mine"


def test_an_unknown_name_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(PromptNotFound) as caught:
        library(tmp_path, concise='system = "x"').get("concize")
    assert "concise" in caught.value.hint


def test_every_prompt_that_ships_works() -> None:
    prompts, errors = PromptLibrary([shipped("prompts")]).all()
    assert errors == []
    assert len(prompts) >= 4
    assert all(prompt.summary for prompt in prompts)


GREET = """
system = "You are {{role}}."
template = "Say in {{language}}: {text} ({{ text }})"
[variables]
role = "a friend"
language = { question = "Into which language?" }
"""


def test_variables_take_what_is_said_or_their_defaults(tmp_path: Path) -> None:
    prompt = library(tmp_path, greet=GREET).get("greet").filled({"language": "German"})
    assert prompt.system == "You are a friend."
    assert prompt.apply("hi") == "Say in German: hi (hi)"


def test_a_variable_without_a_default_is_asked_for(tmp_path: Path) -> None:
    prompt = library(tmp_path, greet=GREET).get("greet")
    with pytest.raises(PromptVariableMissing) as caught:
        prompt.filled()
    assert caught.value.question == "Into which language?"
    assert caught.value.variable == "language"
    with pytest.raises(PromptVariableMissing):
        prompt.filled({"language": ""})  # as after "language=", and nothing typed
    assert prompt.filled({"language": "German", "role": ""}).system == "You are ."
    with pytest.raises(PromptError) as unknown:
        prompt.filled({"langauge": "German"})
    assert unknown.value.hint == "Did you mean language?"


def test_a_value_is_data_and_is_never_filled_in_again(tmp_path: Path) -> None:
    prompt = library(tmp_path, greet=GREET).get("greet")
    filled = prompt.filled({"language": "{text}{{role}}", "role": "{{language}}"})
    assert filled.system == "You are {{language}}."
    assert filled.filled().system == "You are {{language}}."
    assert filled.apply("{{role}}") == "Say in {text}{{role}}: {{role}} ({{role}})"


def test_a_chat_keeps_the_prompt_as_it_was_filled(tmp_path: Path) -> None:
    filled = library(tmp_path, greet=GREET).get("greet").filled({"language": "{text}"})
    kept = Prompt.of(filled.to_dict())
    assert kept.apply("hi") == filled.apply("hi") == "Say in {text}: hi (hi)"
    assert kept.system == filled.system


def test_a_file_of_ones_own_is_never_written_over(tmp_path: Path) -> None:
    file = begin(tmp_path / "new", "haiku")
    assert read_prompt(file).system == "You are a helpful assistant."
    with pytest.raises(PromptError) as caught:
        begin(tmp_path / "new", "haiku", "other")
    assert "/prompt edit haiku" in caught.value.hint
    assert file.read_text(encoding="utf-8") == BLANK


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b", "-x", "x\n"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PromptError):
        begin(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_the_blank_file_works_when_everything_in_it_is_uncommented(tmp_path: Path) -> None:
    text = re.sub(r"^# (template|Explain|\{text|\[variables|reader|$)", r"\1", BLANK, flags=re.M)
    text = re.sub(r"^#$", "", text, flags=re.M)
    prompt = library(tmp_path, blank=text).get("blank").filled()
    assert prompt.apply("rank") == "Explain this to a newcomer:\n\nrank"
