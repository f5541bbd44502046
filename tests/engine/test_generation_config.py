"""What a model asks for is read where it makes sense, and never stops the model."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.engine import AskedSampling, Request, Sampling, open_engine
from assistant.engine.generation_config import GenerationConfig, read_generation_config
from tests.engine.conftest import QUESTION, Lab, answers


def read(folder: Path, text: str) -> GenerationConfig:
    (folder / "generation_config.json").write_text(text)
    return read_generation_config(folder)


def test_the_wishes_of_the_model_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, '{"repetition_penalty": 1.05, "repetition_guard": 4}') == (
        GenerationConfig(1.05, 4)
    )


# Qwen3's own.
SAMPLED = '{"do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0.1}'


def test_how_a_model_asks_to_be_sampled_is_read_where_it_asks(tmp_path: Path) -> None:
    assert read(tmp_path, SAMPLED).sampling == AskedSampling(0.6, 0.95, 20, 0.1)
    assert read(tmp_path, SAMPLED.replace("true", "false")).sampling == AskedSampling()
    assert read(tmp_path, '{"temperature": 0.6}').sampling == AskedSampling()
    assert read(tmp_path, '{"do_sample": true}').sampling == AskedSampling(temperature=1.0)
    odd = '{"do_sample": true, "temperature": -1, "top_p": NaN, "top_k": true, "min_p": "much"}'
    assert read(tmp_path, odd).sampling == AskedSampling(temperature=1.0)


def test_it_is_told_with_the_model_and_greedy_stays_greedy(lab: Lab, tmp_path: Path) -> None:
    model = tmp_path / "asking"
    shutil.copytree(lab.model, model)
    (model / "generation_config.json").write_text(SAMPLED)
    engine = open_engine(str(model))
    try:
        assert engine.info.sampling == AskedSampling(0.6, 0.95, 20, 0.1)
        warm = {"max_tokens": 12, "temperature": 1.0, "seed": 3}
        greedy, few, likely, free = answers(
            engine,
            Request(QUESTION, {}, Sampling(max_tokens=12)),
            Request(QUESTION, {}, Sampling(**warm, top_k=1)),
            Request(QUESTION, {}, Sampling(**warm, min_p=1.0)),
            Request(QUESTION, {}, Sampling(**warm)),
        )
    finally:
        engine.close()
    # Only the likeliest is left of one, and of those as likely as the likeliest.
    assert greedy.tokens == few.tokens == likely.tokens != free.tokens


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
