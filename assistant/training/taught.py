"""What a person taught in the chat: questions with the right answers, one file of JSON lines.

The file comes about with the first answer; `assistant train lora` reads it like any other. It
refuses to know where questions come from and how they are trained on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.engine.types import Message
from assistant.errors import InputFileError
from assistant.file_trouble import why
from assistant.training.own import read_examples


@dataclass(frozen=True)
class Lesson:
    """One question, as the model reads it, and its right answer."""

    messages: tuple[Message, ...]
    """The answer is the last of them."""

    @property
    def question(self) -> str:
        return self.messages[-2]["content"]

    @property
    def answer(self) -> str:
        return self.messages[-1]["content"]

    def to_dict(self) -> dict[str, Any]:
        return {"messages": list(self.messages)}


class Taught:
    """The lessons of one person."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def all(self) -> list[Lesson]:
        """Every lesson, the oldest first; none when there never was one.

        Raises:
            InputFileError: somebody changed the file, and a line of it is no example.
        """
        if not self.file.exists() or not self.file.read_bytes().strip():
            return []
        rows = [row.get("messages") for row in read_examples(self.file)]
        if None in rows:
            raise InputFileError(
                f"{self.file} holds examples that are no chats.",
                'Its lines are {"messages": [...]}; move others to a file of their own.',
            )
        return [Lesson(tuple(messages)) for messages in rows if messages]

    def add(self, question: Sequence[Message], answer: str) -> Lesson:
        """Keep an answer; it is on the disk when this returns."""
        lesson = Lesson((*question, {"role": "assistant", "content": answer}))
        self._write([*self.all(), lesson])
        return lesson

    def undo(self) -> Lesson | None:
        """Take the newest lesson away again; None when there is none."""
        lessons = self.all()
        if not lessons:
            return None
        self._write(lessons[:-1])
        return lessons[-1]

    def _write(self, lessons: Sequence[Lesson]) -> None:
        """All of it anew, in one step: whenever it is cut short, one whole file is there."""
        beside = self.file.with_name(f"{self.file.name}.new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="ascii") as file:
                # ASCII: no reader takes a character inside for the end of a line.
                file.writelines(json.dumps(one.to_dict()) + "\n" for one in lessons)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.file)
        except OSError as error:
            raise InputFileError(
                f"{self.file} cannot be written: {why(error)}.",
                "Check the disk and the rights of your data folder.",
            ) from None
