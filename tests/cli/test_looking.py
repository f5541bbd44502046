"""rank, adapter, model, docs and doctor: what can be seen without a chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.paths import find_places
from tests.cli.conftest import Call
from tests.fakes import FakeEngine
from tests.small_models import make_adapter


def test_rank_explains_in_words_and_in_json(call: Call) -> None:
    assert call("rank", "[[1,2],[3,6]]").out.startswith("Rank 1 of at most 2")
    found = call("rank", "[[1,2],[3,6]]", "--json").json
    assert (found["rank"], found["row_relations"]) == (1, ["row 2 = 3 × row 1"])


def test_rank_reads_standard_input_and_files(call: Call, tmp_path: Path) -> None:
    (tmp_path / "grid.csv").write_text("1,2\n3,6\n")
    assert call("rank", "-", "--json", stdin="1 2; 3 4").json["rank"] == 2
    assert call("rank", "--json", stdin="1 2; 3 4").json["rank"] == 2
    assert call("rank", "grid.csv", "--json").json["rank"] == 1
    assert call("rank", "no.csv", "--json").json["error"]["kind"] == "matrix"


def test_rank_draws_into_a_file_and_explains_adapters(call: Call, tmp_path: Path) -> None:
    done = call("rank", "[[1,2],[3,6]]", "--svg", "rank.svg", "--json")
    assert done.json["rank"] == 1
    assert "rank.svg" in done.err
    assert Path("rank.svg").read_text(encoding="utf-8").startswith("<svg")
    make_adapter(tmp_path / "adapters" / "mine", rank=4)
    assert call("rank", "adapter", "mine", "--json").json["modules"]
    assert call("rank", "adapter", "nobody", "--json").json["error"]["kind"] == "adapter_not_found"
    assert call("rank", "adapter", "mine", "--tol", "1", "--json").code == 2


@pytest.mark.parametrize(
    "words",
    [["-1 2; 2 -4"], ["-i 2; 2i -4"], ["--", "-1 2; 2 -4"], ["[[-1,", "2],", "[2,", "-4]]"]],
)
def test_a_matrix_may_begin_with_a_minus_and_need_not_be_quoted(
    call: Call, words: list[str]
) -> None:
    assert call("rank", "--json", *words).json["rank"] == 1


@pytest.mark.parametrize(
    "words",
    [[], ["--jsno", "[[1]]"], ["[[1]]", "--tol", "-1"], ["[[1]]", "--tol", "nan"],
     ["[[1]]", "--tol", "1", "--rtol", "1"], ["[[1]]", "--tol", "x"], ["[[1]]", "--level", "no"]],
)  # fmt: skip
def test_rank_used_wrongly_exits_2(call: Call, words: list[str]) -> None:
    done = call("rank", *words, "--json")
    assert done.code == 2
    assert done.json["error"]["kind"] == "usage"


def test_a_folder_is_no_matrix_and_nothing_is_nothing_to_look_up(call: Call) -> None:
    Path("mine").mkdir()
    Path("7").mkdir()
    done = call("rank", "mine")
    assert done.code == 2
    assert "mine is a folder." in done.err
    assert call("rank", "7", "--json").json["rank"] == 1
    assert call("docs", " ", "--json").code == 2
    assert "nothing to look up" in call("docs", "").err


def test_what_is_no_matrix_exits_1(call: Call) -> None:
    done = call("rank", "[[1,2],[3]]")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: Row 2 has 1 entry")
    assert call("rank", "[red] dog", "--json").json["error"]["kind"] == "matrix"


def test_a_picture_needs_a_file_to_be_in(call: Call) -> None:
    done = call("rank", "[[1,2],[3,6]]", "--svg", "", "--json")
    assert (done.code, done.json["error"]["kind"]) == (2, "usage")


def test_tolerances_and_levels_reach_the_explanation(call: Call) -> None:
    assert call("rank", "[[1,0],[0,0.001]]", "--tol", "0.01", "--json").json["rank"] == 1
    assert call("rank", "[[1,0],[0,0.001]]", "--rtol", "1e-9", "--json").json["rank"] == 2
    simple, full = (call("rank", "[[1,2],[3,6]]", "--level", x).out for x in ("simple", "full"))
    assert "Row reduction" in full
    assert len(simple) < len(full)


def test_adapter_list_names_whole_and_broken_ones(call: Call, tmp_path: Path) -> None:
    make_adapter(tmp_path / "adapters" / "odd [x] 世界")
    (tmp_path / "adapters" / "half").mkdir()
    done = call("adapter", "list")
    assert done.code == 0
    assert "odd [x] 世界" in done.out
    assert "half" in done.out
    assert "adapter_config.json is missing" in done.err
    listed = {entry["name"]: entry for entry in call("adapter", "list", "--json").json["adapters"]}
    assert listed["odd [x] 世界"]["usable"] is True
    assert listed["half"]["error"]["kind"] == "adapter_unusable"


def test_adapter_show_and_check_take_names_and_folders(call: Call, tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "adapters" / "mine", rank=4)
    shown = call("adapter", "show", "mine", "--json").json
    assert (shown["rank"], shown["path"]) == (4, str(folder))
    assert len(shown["fingerprint"]) == 64
    assert "rank" in call("adapter", "show", str(folder)).out
    assert call("adapter", "check", str(folder), "--json").json["usable"] is True
    assert "is whole" in call("adapter", "check", "mine").out


def test_adapter_check_says_why_not(call: Call, tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "adapters" / "cut")
    weights = folder / "adapters.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    done = call("adapter", "check", "cut", "--json")
    assert done.code == 1
    assert done.json["error"]["kind"] == "adapter_unusable"
    assert call("adapter", "show", "no-such").code == 1


def test_adapter_check_tries_it_on_a_model_that_is_named(
    call: Call, engines: list[FakeEngine], tmp_path: Path
) -> None:
    make_adapter(tmp_path / "adapters" / "foreign")
    done = call("adapter", "check", "foreign", "-m", "fake", "--json")
    assert done.code == 1  # the fake takes only adapters it knows
    assert engines[0].closed


def test_model_list(call: Call) -> None:
    folder = find_places().data / "models" / "mine"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "llama"}')
    entries = {entry["name"]: entry for entry in call("model", "list", "--json").json["models"]}
    assert entries["mine"]["architecture"] == "llama"
    assert "mine" in call("model", "list").out


def test_docs_looks_up_and_searches(call: Call) -> None:
    assert "mx.softmax(" in call("docs", "mx.softmax").out
    assert "mx.sort" in call("docs", "sort", "an", "array").out
    assert call("docs", "qqqqq").code == 1


def test_doctor_says_what_it_found_and_what_is_amiss(call: Call, tmp_path: Path) -> None:
    (tmp_path / "adapters" / "half").mkdir(parents=True)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "broken.toml").write_text("system =")
    find_places().settings_file.write_text("temperature = 99")
    found = call("doctor", "--json").json
    assert found["packages"]["mlx"]
    assert found["device"].startswith("Device(")
    assert "concise" in found["prompts"]
    kinds = [problem["kind"] for problem in found["problems"]]
    assert kinds == ["settings", "prompt", "model_not_found", "adapter_unusable"]
    done = call("doctor")
    assert done.code == 0
    assert "temperature cannot be 99" in done.unwrapped


def test_doctor_has_nothing_to_say_about_a_healthy_place(call: Call, tmp_path: Path) -> None:
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    (tmp_path / "models" / "tiny" / "config.json").write_text("{}")
    assert "Nothing is amiss." in call("doctor").out


@pytest.mark.parametrize(
    ("group", "commands"),
    [
        ("adapter", "check, convert, fuse, list, pull, show"),
        ("chats", "delete, export, list, show"),
        ("model", "list, pull"),
    ],
)
def test_a_group_without_a_command_is_wrong_usage(call: Call, group: str, commands: str) -> None:
    done = call(group)
    assert (done.code, done.out) == (2, "")
    said = f"Error: assistant {group} needs a command: {commands}."
    assert done.err == f"{said}\nTry: assistant {group} --help\n"
