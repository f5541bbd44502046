"""Results on disk: no finished row is lost or done again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.compare.questions import Question, read_questions
from assistant.compare.results import ResultsFile, read_results
from assistant.errors import InputFileError

QUESTIONS = [Question("a"), Question("b", {"id": 1}), Question("a"), Question("世\u2028")]


def row(question: Question, **more: Any) -> dict[str, Any]:
    meta = {"meta": dict(question.meta)} if question.meta else {}
    return {"prompt": question.prompt, "answers": [], **meta, **more}


def prompts(path: Path) -> list[str]:
    return [one["prompt"] for one in read_results(path)]


def test_a_stopped_run_goes_on_with_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    first = ResultsFile(path, "r1")
    assert first.still_to_do(QUESTIONS) == QUESTIONS
    first.add(row(QUESTIONS[3]))
    first.add(row(QUESTIONS[0]))
    again = ResultsFile(path, "r1")
    left = again.still_to_do(QUESTIONS)
    assert left == [QUESTIONS[1], QUESTIONS[2]], "asked twice, answered once"
    for question in left:
        again.add(row(question))
    again.finish(QUESTIONS)
    assert prompts(path) == ["a", "b", "a", "世\u2028"]
    assert ResultsFile(path, "r1").still_to_do(QUESTIONS) == []


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_crash_in_the_middle_of_a_row_loses_that_row_alone(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "run.jsonl"
    results = ResultsFile(path, "r1")
    results.add(row(QUESTIONS[0]))
    results.add(row(QUESTIONS[1]))
    path.write_bytes(path.read_bytes()[:-cut])
    again = ResultsFile(path, "r1")
    assert again.still_to_do(QUESTIONS[:2]) == [QUESTIONS[1]]
    again.add(row(QUESTIONS[1]))
    assert prompts(path) == ["a", "b"]


def test_what_failed_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    ResultsFile(path, "r1").add({"prompt": "a", "error": {"kind": "engine"}})
    again = ResultsFile(path, "r1")
    assert again.still_to_do([Question("a")]) == [Question("a")]
    again.add(row(Question("a")))
    assert [("error" in one) for one in read_results(path)] == [False]


def test_results_of_another_run_are_not_mixed_in(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    ResultsFile(path, "r1").add(row(QUESTIONS[0]))
    before = path.read_bytes()
    with pytest.raises(InputFileError, match="another run"):
        ResultsFile(path, "r2")
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["notes\nof mine\n", "[1]\n", '{"prompt": "a"}\n', ""])
def test_a_file_that_holds_no_results_is_named_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(content)
    with pytest.raises(InputFileError, match=r"notes\.jsonl"):
        read_results(path)
    assert path.read_text() == content


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="cannot be written"):
        ResultsFile(tmp_path / "no" / "run.jsonl", "r1").add(row(QUESTIONS[0]))


# Where questions come from


def test_questions_come_from_text_and_from_csv(tmp_path: Path) -> None:
    text = tmp_path / "q.txt"
    text.write_text("How do I sort?\n\n  And sum?  \n")
    assert [question.prompt for question in read_questions(str(text))] == [
        "How do I sort?",
        "And sum?",
    ]
    table = tmp_path / "q.csv"
    table.write_text('\ufeffid,Prompt\r\n1,"two\r\nlines, one question"\r\n2,hello\r\n')
    first, second = read_questions(str(table))
    assert (first.prompt, first.meta) == ("two\nlines, one question", {"id": "1"})
    assert (second.prompt, second.meta) == ("hello", {"id": "2"})


@pytest.mark.parametrize(("name", "delimiter"), [("q.csv", ";"), ("q.csv", "\t"), ("q.tsv", "\t")])
def test_tables_of_spreadsheets_are_read_whatever_stands_between_their_columns(
    tmp_path: Path, name: str, delimiter: str
) -> None:
    table = tmp_path / name
    table.write_text(f"id{delimiter}prompt\n1{delimiter}How, and why?\n")
    (question,) = read_questions(str(table))
    assert (question.prompt, question.meta) == ("How, and why?", {"id": "1"})


def test_a_text_in_another_encoding_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_bytes("café".encode("latin-1"))
    with pytest.raises(InputFileError, match="not UTF-8") as caught:
        read_questions(str(tmp_path / "q.txt"))
    assert caught.value.hint == "Save it as UTF-8."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("question\nhello\n", "no column named prompt"),
        ("prompt,id\n,1\n", "Line 2"),
        ("prompt\n", "no questions"),
        ('prompt\n"open\n', "not valid CSV"),
    ],
)
def test_a_csv_that_has_no_questions_is_said(tmp_path: Path, content: str, says: str) -> None:
    table = tmp_path / "q.csv"
    table.write_text(content)
    with pytest.raises(InputFileError) as caught:
        read_questions(str(table))
    assert says in caught.value.message


def test_rows_are_lines_for_every_reader(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    ResultsFile(path, "r1").add(row(QUESTIONS[3]))
    (line,) = path.read_text().splitlines()
    assert json.loads(line)["prompt"] == "世\u2028"
