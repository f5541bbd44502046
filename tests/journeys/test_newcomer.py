"""A newcomer's first minute on the model that ships: nothing mocked, on the command line and in
the plain chat, from a folder of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.test_what_ships import SORT


def assistant(tmp_path: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *words],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=90,
        cwd=tmp_path,
        check=False,
    )


def test_base_and_adapted_answers_differ(tmp_path: Path) -> None:
    done = assistant(tmp_path, "compare", SORT, "-a", "mlx-docs", "--json")
    compared = json.loads(done.stdout)
    base, adapted = compared["answers"]
    assert (base["name"], base["adapters"]) == ("base", [])
    assert adapted["adapters"] == [{"name": "mlx-docs", "scale": 1.0}]
    assert "mx.sort" in adapted["text"]
    assert base["text"] != adapted["text"]
    assert compared["agreement"]["first_difference"] is not None


def test_the_lessons_matrix_is_explained(tmp_path: Path) -> None:
    done = assistant(tmp_path, "rank", "[[1,2],[3,6]]", "--json")
    explained = json.loads(done.stdout)
    assert explained["rank"] == 1
    assert explained["row_relations"] == ["row 2 = 3 × row 1"]


def test_one_plain_chat_from_hello_to_goodbye(tmp_path: Path) -> None:
    lines = [
        SORT,
        "/adapter load mlx-docs",
        SORT,
        f"/compare {SORT}",
        "/rank [[1,2],[3,6]]",
        "/adapter unload mlx-docs",
        SORT,
        "/adapter load no-such-adapter",
        "/rank [[1,2],[3]]",
        "/quit",
    ]
    done = assistant(tmp_path, "--plain", stdin="\n".join(lines) + "\n")
    assert done.returncode == 1, "two of its lines could not be done"
    said = done.stdout
    assert "mx.sort" in said
    assert "Row 2 = 3 × row 1" in said
    assert "There is no adapter 'no-such-adapter'" in done.stderr
    assert "Row 2 has 1 entry" in done.stderr
    assert "Traceback" not in said + done.stderr
    before, after = said.split("mlx-docs is loaded")[0], said.split("mlx-docs is off")[1]
    assert "mx." not in before
    assert "mx." not in after


def test_a_broken_settings_file_is_named_and_nothing_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text("model = = 3\n")
    monkeypatch.setenv("ASSISTANT_HOME", str(home))
    done = assistant(tmp_path, "ask", "hello", "-n", "5")
    assert done.returncode == 0
    assert done.stdout.strip()
    assert "config.toml" in done.stderr


def test_a_prompt_longer_than_the_context_is_one_sentence_and_a_way_on(tmp_path: Path) -> None:
    done = assistant(tmp_path, "ask", "Summarise:", stdin="word " * 6000)
    assert done.returncode == 1
    assert done.stdout == ""
    message, hint = done.stderr.splitlines()
    assert "4,096" in message
    assert "shorter" in hint
