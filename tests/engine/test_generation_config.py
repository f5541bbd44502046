"""What a model asks for is read where it makes sense, and never stops the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.engine.generation_config import GenerationConfig, read_generation_config


def read(folder: Path, text: str) -> GenerationConfig:
    (folder / "generation_config.json").write_text(text)
    return read_generation_config(folder)


def test_the_wishes_of_the_model_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, '{"repetition_penalty": 1.05, "repetition_guard": 4}') == (
        GenerationConfig(1.05, 4)
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"repetition_penalty": "high"}',
        '{"repetition_penalty": -1, "repetition_guard": -3}',
        '{"repetition_penalty": true, "repetition_guard": true}',
        '{"repetition_guard": 2.5}',
        '{"repetition_guard": NaN}',
        '{"repetition_guard": Infinity, "repetition_penalty": Infinity}',
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    ],
)
def test_what_makes_no_sense_is_as_if_it_were_not_there(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == GenerationConfig()


def test_a_model_without_the_file_has_no_wishes(tmp_path: Path) -> None:
    assert read_generation_config(tmp_path) == GenerationConfig()
    assert read_generation_config(None) == GenerationConfig()


def test_the_model_that_ships_guards_against_loops() -> None:
    tiny = Path(__file__).parents[2] / "models" / "tiny"
    assert read_generation_config(tiny).repetition_guard > 1
