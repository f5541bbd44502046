"""`assistant compare --prompts` with files that stay, `assistant report` and `assistant votes`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.comparisons import RowMaker
from assistant.commands import Session
from assistant.paths import find_places
from assistant.settings import Settings
from tests.cli.conftest import Call
from tests.commands.saying import say
from tests.fakes import FakeEngine

BATCH = ("compare", "--prompts", "q.txt", "-a", "mlx-docs", "--seed", "1")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "q.txt"
    file.write_text("one\ntwo\nthree\n")
    return file


def stored(tmp_path: Path, name: str = "run.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]


def test_rows_are_kept_in_the_order_of_the_questions(
    call: Call, engines: list[FakeEngine], questions: Path, tmp_path: Path
) -> None:
    done = call(*BATCH, "--out", "run.jsonl", "--json")
    assert done.code == 0
    assert [row["prompt"] for row in done.lines] == ["one", "two", "three"]
    assert [row["prompt"] for row in stored(tmp_path)] == ["one", "two", "three"]
    assert set(done.lines[0]) >= {"prompt", "seed", "answers", "agreement"}
    assert len(engines[0].requests) == 6


def test_a_run_that_is_called_again_answers_only_what_is_left(
    call: Call, engines: list[FakeEngine], questions: Path, tmp_path: Path
) -> None:
    call(*BATCH, "--out", "run.jsonl")
    lines = (tmp_path / "run.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "run.jsonl").write_text(lines[0] + lines[1][:40])
    done = call(*BATCH, "--out", "run.jsonl")
    assert "1 of 3 are in run.jsonl already" in done.err
    assert [r.messages[-1]["content"] for r in engines[1].requests] == ["two"] * 2 + ["three"] * 2
    assert [row["prompt"] for row in stored(tmp_path)] == ["one", "two", "three"]


def test_a_crash_in_the_middle_loses_no_finished_row(
    call: Call,
    engines: list[FakeEngine],
    questions: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = RowMaker.row

    def crash(self: RowMaker, outcome: Any) -> dict[str, Any]:
        if outcome.item.question.prompt == "two":
            raise KeyboardInterrupt
        return make(self, outcome)

    with monkeypatch.context() as patched:
        patched.setattr(RowMaker, "row", crash)
        assert call(*BATCH, "--out", "run.jsonl").code == 130
    before = [row["prompt"] for row in stored(tmp_path)]
    assert before
    assert "two" not in before
    call(*BATCH, "--out", "run.jsonl")
    asked = {r.messages[-1]["content"] for r in engines[1].requests}
    assert asked == {"one", "two", "three"} - set(before)
    assert [row["prompt"] for row in stored(tmp_path)] == ["one", "two", "three"]


def test_an_interrupted_run_prints_what_was_answered_out_of_order(
    call: Call, engines: list[FakeEngine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "q.txt").write_text("one that has more words than all the others\ntwo\nthree\n")
    make = RowMaker.row

    def stopped(self: RowMaker, outcome: Any) -> dict[str, Any]:
        if outcome.item.question.prompt.startswith("one"):
            raise KeyboardInterrupt
        return make(self, outcome)

    monkeypatch.setattr(RowMaker, "row", stopped)
    done = call(*BATCH, "--json")
    assert done.code == 130
    assert [row["prompt"] for row in done.lines] == ["two", "three"]


def test_other_settings_are_another_run(
    call: Call, engines: list[FakeEngine], questions: Path
) -> None:
    call(*BATCH, "--out", "run.jsonl")
    done = call(*BATCH, "--out", "run.jsonl", "-t", "0.5", "--json")
    assert done.code == 1
    assert "another run" in done.json["error"]["message"]


def test_a_report_has_checks_evidence_and_the_mark(
    call: Call, engines: list[FakeEngine], questions: Path, tmp_path: Path
) -> None:
    done = call(*BATCH, "--html", "run.html")
    page = (tmp_path / "run.html").read_text("utf-8")
    assert "base ≡ bare model ✓ (3 of 3" in page
    assert "3 of 3 questions answered" in done.out
    assert "The report is in run.html" in done.err
    row = stored(tmp_path)[0]
    assert set(row["made"]["versions"]) == {"assistant", "mlx"}
    assert row["made"]["adapters"] == {"mlx-docs": "0" * 64}
    assert "at most 512 tokens" in page
    assert row["answers"][1]["evidence"]["own_answer"]["mean_kl"] == 0.25
    assert row["answers"][0]["checks"]["code_ran"] is None, "nothing runs unless it is asked for"


def test_a_page_named_as_its_questions_leaves_them_alone(
    call: Call, engines: list[FakeEngine], tmp_path: Path
) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"prompt": "one"}\n')
    done = call("compare", "--prompts", "q.jsonl", "-a", "mlx-docs", "--html", "q.html")
    assert done.code == 0
    assert questions.read_text() == '{"prompt": "one"}\n'
    assert [row["prompt"] for row in stored(tmp_path, "q.results.jsonl")] == ["one"]


def test_code_runs_when_it_is_asked_for(
    call: Call, engines: list[FakeEngine], questions: Path, tmp_path: Path
) -> None:
    questions.write_text("```1```\n")
    call(*BATCH, "--run-code", "--out", "run.jsonl")
    assert stored(tmp_path)[0]["answers"][0]["checks"]["code_ran"] == 0


def test_two_runs_are_compared(
    call: Call, engines: list[FakeEngine], questions: Path, tmp_path: Path
) -> None:
    call(*BATCH, "--html", "old.html")
    call(*BATCH, "--html", "new.html")
    done = call("report", "new.jsonl", "--before", "old.jsonl", "--html", "change.html")
    assert "mlx-docs, before and now" in done.out
    assert "before and now" in (tmp_path / "change.html").read_text("utf-8")


def test_what_is_no_results_file_is_said(call: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my notes\n")
    assert "no result" in call("report", "notes.txt").err
    assert "cannot be read" in call("report", "none.jsonl").err


# Votes


def voted(answers: list[str], *votes: str) -> None:
    """Votes cast in a chat of the person whose command line this is."""
    settings = Settings(adapters=("mlx-docs",), evidence=False)
    session = Session(settings, find_places(), open_engine=lambda m, p: FakeEngine(answers))
    session.start()
    for vote in votes:
        say(session, "/compare How?", f"/vote {vote}")


def test_votes_are_summed_up_and_exported(call: Call, tmp_path: Path) -> None:
    assert "no votes yet" in call("votes").out
    voted(["np", "mx"], "right", "left", "tie")
    (standing,) = call("votes", "--json").json["standings"]
    assert (standing["adapted"], standing["wins"], standing["losses"], standing["ties"]) == (
        "mlx-docs ×1",
        1,
        1,
        1,
    )
    done = call("votes", "export", "--dpo", "dpo.jsonl", "--chosen", "chosen.jsonl")
    assert "2 pairs in dpo.jsonl" in done.err
    pair = stored(tmp_path, "dpo.jsonl")[0]
    assert pair["chosen"] == [{"role": "assistant", "content": "[mlx-docs] mx"}]
    assert [set(line) for line in stored(tmp_path, "chosen.jsonl")] == [{"messages"}] * 2


def test_an_export_needs_a_file(call: Call) -> None:
    assert call("votes", "export").code == 2


def test_a_judge_is_held_against_the_votes(call: Call, engines: list[FakeEngine]) -> None:
    assert "No vote has decided" in call("votes", "judge").err
    voted(["np", "mx"], "right", "tie")
    found = call("votes", "judge", "--json").json
    # The fake says no letter, and finds A as likely as B.
    assert (found["pairs"], found["consistent"], found["unreadable"]) == (1, 0, 2)
    assert (found["rate"], found["kappa"], found["interval"]) == (None, None, None)
    assert "2 of 2 replies hold no verdict" in call("votes", "judge").out
    assert len(engines[0].requests) == 2
    assert "2 of 2 replies say tie" in call("votes", "judge", "--likelihood").out
    assert {scoring.answer for scoring in engines[-1].scorings} == {"A", "B"}


def test_a_question_that_is_too_long_names_no_slash_command(
    call: Call, engines: list[FakeEngine], questions: Path
) -> None:
    questions.write_text("one\n" + "word " * 2000)
    done = call(*BATCH, "--json")
    assert done.code == 1
    assert done.lines[1]["error"]["hint"] == "Ask with a shorter text."
    assert "/new" not in call(*BATCH).err
