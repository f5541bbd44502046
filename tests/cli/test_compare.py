"""`assistant compare`: the base first, then a column for each adapter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.paths import find_places
from tests.cli.conftest import Call
from tests.fakes import FakeEngine


def test_json_has_the_base_first_and_says_where_they_part(
    call: Call, engines: list[FakeEngine]
) -> None:
    compared = call("compare", "hello", "-a", "mlx-docs", "--seed", "7", "--json").json
    base, adapted = compared["answers"]
    assert (base["name"], base["adapters"]) == ("base", [])
    assert (adapted["name"], adapted["adapters"]) == (
        "mlx-docs",
        [{"name": "mlx-docs", "scale": 1.0}],
    )
    assert (compared["prompt"], compared["seed"]) == ("hello", 7)
    assert compared["agreement"]["first_difference"] == 0
    assert set(base) >= {"text", "finish_reason", "usage", "timing"}


def test_each_adapter_and_each_strength_has_a_column(call: Call, engines: list[FakeEngine]) -> None:
    words = ["-a", "mlx-docs=0.5", "-a", "mlx-docs", "-a", "pirate"]
    compared = call("compare", "hello", *words, "--json").json
    names = [answer["name"] for answer in compared["answers"]]
    assert names == ["base", "mlx-docs=0.5", "mlx-docs", "pirate"]
    assert [request.adapters for request in engines[0].requests] == [
        {},
        {"mlx-docs": 0.5},
        {"mlx-docs": 1.0},
        {"pirate": 1.0},
    ]


def test_a_blend_is_one_column(call: Call, engines: list[FakeEngine]) -> None:
    compared = call("compare", "hello", "-a", "mlx-docs=0.5+pirate", "-a", "pirate", "--json").json
    assert [answer["name"] for answer in compared["answers"]] == [
        "base",
        "mlx-docs=0.5+pirate",
        "pirate",
    ]
    assert engines[0].requests[1].adapters == {"mlx-docs": 0.5, "pirate": 1.0}


def test_one_column_named_in_two_ways_is_said(call: Call, engines: list[FakeEngine]) -> None:
    done = call("compare", "hello", "-a", "mlx-docs", "-a", "mlx-docs=1.0", "--json")
    assert done.code == 2
    assert "mlx-docs is given twice" in done.json["error"]["message"]


@pytest.mark.parametrize("option", ["--out", "--html"])
def test_a_file_that_cannot_be_written_is_said_before_a_model_is_opened(
    call: Call, engines: list[FakeEngine], tmp_path: Path, option: str
) -> None:
    done = call("compare", "hello", "-a", "mlx-docs", option, "nowhere/run.file")
    assert done.code == 1
    assert "its folder is not there" in done.err
    assert engines == []


def test_without_json_the_answers_follow_each_other(call: Call, engines: list[FakeEngine]) -> None:
    done = call("compare", "hello", "-a", "mlx-docs")
    assert done.out == (
        "base: You said: hello\n\nmlx-docs ×1: [mlx-docs] You said: hello\n"
        "base and mlx-docs ×1 part at token 1: You said ▸ [mlx-docs]\n"
    )


def test_a_file_of_prompts_gives_a_line_for_each(
    call: Call, engines: list[FakeEngine], tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"prompt": "hello", "id": 7}\n\n{"prompt": "世界\u2028", "tags": ["x"]}\n')
    done = call("compare", "--prompts", str(file), "-a", "mlx-docs", "--json")
    first, second = done.lines
    assert (first["prompt"], first["meta"]) == ("hello", {"id": 7})
    assert (second["prompt"], second["meta"]) == ("世界\u2028", {"tags": ["x"]})
    assert len(engines) == 1


def test_prompts_can_come_from_standard_input(call: Call, engines: list[FakeEngine]) -> None:
    done = call("compare", "--prompts", "-", "-a", "mlx-docs", "--json", stdin='{"prompt": "a"}')
    assert done.json["prompt"] == "a"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"prompt": "a"}\n{"prompt" "b"}', "Line 2"),
        ('{"prompt": "a"}\n\n{"question": "b"}', "Line 3"),
        ('{"prompt": 5}', "Line 1"),
        ('{"prompt": " "}', "Line 1"),
        ('["a"]', "Line 1"),
        ("[" * 100_000, "Line 1"),
        ("", "no questions"),
    ],
)
def test_a_bad_line_is_named_before_a_model_is_opened(
    call: Call, engines: list[FakeEngine], tmp_path: Path, content: str, says: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(content)
    done = call("compare", "--prompts", str(file), "-a", "mlx-docs", "--json")
    assert done.code == 1
    assert done.json["error"]["kind"] == "input_file"
    assert says in done.json["error"]["message"]
    assert engines == []


def test_a_file_that_is_not_there_is_said(call: Call, engines: list[FakeEngine]) -> None:
    done = call("compare", "--prompts", "no.jsonl", "-a", "mlx-docs")
    assert (done.code, done.out) == (1, "")
    assert "no.jsonl cannot be read: no such file or directory" in done.err


def test_a_question_that_fails_does_not_take_the_others_with_it(
    call: Call, engines: list[FakeEngine]
) -> None:
    lines = [{"prompt": "a"}, {"prompt": "word " * 2000, "id": 2}, {"prompt": "c"}]
    stdin = "\n".join(map(json.dumps, lines))
    done = call("compare", "--prompts", "-", "-a", "mlx-docs", "--json", stdin=stdin)
    assert done.code == 1
    first, second, third = done.lines
    assert "answers" in first
    assert (second["error"]["kind"], second["meta"]) == ("prompt_too_long", {"id": 2})
    assert "answers" in third


@pytest.mark.parametrize(
    "words", [["hello"], ["-a", "mlx-docs"], ["hello", "--prompts", "x", "-a", "mlx-docs"]]
)
def test_wrong_usage_exits_2(call: Call, engines: list[FakeEngine], words: list[str]) -> None:
    done = call("compare", *words, "--json")
    assert done.code == 2
    assert done.json["error"]["kind"] == "usage"
    assert engines == []


def test_adapters_of_the_settings_are_compared_when_none_is_given(
    call: Call, engines: list[FakeEngine]
) -> None:
    find_places().settings_file.write_text('adapters = ["mlx-docs", "pirate=0.5"]')
    compared = call("compare", "hello", "--json").json
    assert [a["name"] for a in compared["answers"]] == ["base", "mlx-docs", "pirate=0.5"]
