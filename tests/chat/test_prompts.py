"""The prompt library: files that work, files that do not, and which one wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.chat import PromptLibrary
from assistant.errors import PromptError, PromptNotFound
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
