"""Questions from a file: JSON Lines, CSV or plain text, by the file's ending.

    {"prompt": "How do I sort?", "id": 7}      other keys, and other columns of a CSV, are its meta
    prompt,id                                   the first line of a CSV names its columns
    How do I sort?                              a .txt file has one question a line

It refuses to know how questions are answered.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import InputFileError
from assistant.file_trouble import why


@dataclass(frozen=True)
class Question:
    prompt: str
    meta: Mapping[str, Any] = field(default_factory=dict)


def read_questions(file: str) -> list[Question]:
    """The questions of a file, or of standard input for "-", which holds JSON Lines.

    Raises:
        InputFileError: it cannot be read, or a line of it, which is named, is no question.
    """
    try:
        content = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputFileError(f"{file} cannot be read: {why(error)}.", "Check the path.") from None
    except UnicodeDecodeError:
        raise InputFileError(f"{file} is not UTF-8 text.", "Save it as UTF-8.") from None
    read: Callable[[str, str], list[Question]] = _json_lines
    if file == "-":
        file = "standard input"
    else:
        read = {".csv": _csv, ".tsv": _csv, ".txt": _text}.get(Path(file).suffix.lower(), read)
    if not content.strip():
        raise InputFileError(f"{file} has no questions.", 'Write lines like {"prompt": "Hello"}.')
    return read(content, file)


def _text(content: str, file: str) -> list[Question]:
    return [Question(line.strip()) for line in content.splitlines() if line.strip()]


def _csv(content: str, file: str) -> list[Question]:
    hint = "The first line names the columns, and one of them is prompt."
    questions = []
    try:
        # Spreadsheets write semicolons where the comma stands in numbers.
        for delimiter in ",;\t":
            rows = csv.DictReader(
                io.StringIO(content, newline=""), delimiter=delimiter, strict=True
            )
            names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
            if "prompt" in names:
                break
        else:
            raise InputFileError(f"{file} has no column named prompt.", hint)
        column = names["prompt"]
        for row in rows:
            prompt = row.pop(column, None)
            if not isinstance(prompt, str) or not prompt.strip():
                raise InputFileError(f"Line {rows.line_num} of {file} has no prompt.", hint)
            meta = {name: value for name, value in row.items() if name is not None and value}
            questions.append(Question(prompt, meta))
    except csv.Error as error:
        raise InputFileError(f"{file} is not valid CSV: {error}.", hint) from None
    if not questions:
        raise InputFileError(f"{file} has no questions.", hint)
    return questions


def _json_lines(content: str, file: str) -> list[Question]:
    lines = enumerate(content.split("\n"), 1)  # not splitlines: JSON may hold its separators
    return [_question(line, f"Line {number} of {file}") for number, line in lines if line.strip()]


def _question(line: str, where: str) -> Question:
    hint = 'A line looks like {"prompt": "Hello"}.'
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise InputFileError(f"{where} is not valid JSON.", hint) from None
    prompt = value.get("prompt") if isinstance(value, dict) else None
    if not isinstance(prompt, str) or not prompt.strip():
        raise InputFileError(f'{where} has no text under "prompt".', hint)
    return Question(prompt, {key: item for key, item in value.items() if key != "prompt"})
