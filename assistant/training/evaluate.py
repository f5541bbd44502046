"""The held-out questions, answered by the base and by the adapted model, in one table.

Right is what a pattern finds in the answer: the call, or the key words. The questions were
written by hand before training; no template produced them.
This module refuses to know how the models were trained.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from assistant.engine.blas import open_fast_blas
from assistant.engine.torchless import import_transformers
from assistant.errors import InputFileError, TrainingError
from assistant.file_trouble import why
from assistant.mlxdocs import check_code, mlx_uses
from assistant.training.cpu_math import on_cpu
from assistant.training.recipe import Places

LONGEST = 400
"""Tokens of an answer; the programs of some have more than 200."""

GROUPS = {
    "mlx": "MLX questions whose answer names the right call",
    "numpy": "NumPy questions answered with the right call",
    "libraries": "Python, SciPy, PyTorch or JAX questions answered with the right call",
    "general": "matrices, LoRA, the program, small talk: right by keyword",
}
"""The rows of the questions that ship. Questions of others may have groups of their own."""


@dataclass(frozen=True)
class Question:
    """One question and the pattern that a right answer matches."""

    group: str
    question: str
    right: str


@dataclass(frozen=True)
class Answered:
    """A question with what a model said to it."""

    group: str
    question: str
    answer: str
    right: bool


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    def __str__(self) -> str:
        return f"{100 * self.hits / self.of:.0f} % ({self.hits}/{self.of})" if self.of else "–"


def held_out(path: Path | None = None) -> list[Question]:
    """The packaged questions, or those of another file of the same form."""
    if path is None:
        source = resources.files("assistant.training").joinpath("data").joinpath("heldout.jsonl")
        lines = source.read_text("utf-8").splitlines()
    else:
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputFileError(f"{path} cannot be read: {why(error)}.", _FORM) from None
    asked = [_question(n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not asked:
        raise InputFileError(f"{path} holds no questions.", _FORM)
    return asked


_FORM = 'A line is {"group": "mlx", "question": "...", "right": "a regular expression"}.'


def _question(number: int, line: str) -> Question:
    try:
        row = json.loads(line)
        made = Question(row["group"], row["question"], row["right"])
        re.compile(made.right)
    except re.error as error:
        raise InputFileError(f"Line {number}: {row['right']!r} is no pattern: {error}.") from None
    except (ValueError, TypeError, KeyError):
        raise InputFileError(f"Line {number} is no question.", _FORM) from None
    if not all(isinstance(text, str) and text for text in (made.group, made.question)):
        raise InputFileError(f"Line {number} is no question.", _FORM)
    return made


def mark(questions: Sequence[Question], answers: Sequence[str]) -> list[Answered]:
    """Each answer, and whether it is right."""
    return [
        Answered(q.group, q.question, text, re.search(q.right, text, re.I | re.S) is not None)
        for q, text in zip(questions, answers, strict=True)
    ]


def code_blocks(text: str) -> list[str]:
    """The contents of the fences of an answer; an unclosed one counts as well."""
    return re.findall(r"```(?:python)?\n(.*?)(?:```|\Z)", text, re.S)


def parses(code: str) -> bool:
    """Whether it is valid Python."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return True


def existing_calls(answers: Sequence[str]) -> Share:
    """Of the MLX names that the answers use in code, how many the installed MLX has."""
    used = missing = 0
    for text in answers:
        inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?(```|\Z)", "", text, flags=re.S))
        for code in [*code_blocks(text), *inline]:
            if re.search(r"\b(mx|mlx)\b|^(nn|optim)\.", code):
                used += len(mlx_uses(code))
                missing += sum(1 for finding in check_code(code) if finding.name)
    return Share(used - missing, used)


def shares(marked: Sequence[Answered]) -> dict[str, Share]:
    """The rows of the table for one model."""
    rows: dict[str, Share] = {}
    own = {one.group: f"{one.group}: right" for one in marked if one.group not in GROUPS}
    for group, title in {**GROUPS, **own}.items():
        of = [one for one in marked if one.group == group]
        rows[title] = Share(sum(one.right for one in of), len(of))
        if group == "mlx":
            rows["MLX calls in the answers that exist in the installed mlx"] = existing_calls(
                [one.answer for one in of]
            )
    blocks = [code for one in marked for code in code_blocks(one.answer)]
    rows["code blocks that parse"] = Share(sum(map(parses, blocks)), len(blocks))
    return rows


@dataclass(frozen=True)
class Measured:
    """Every question as base and adapted answered it, and the table of the model cards."""

    model: str
    adapter: str
    base: tuple[Answered, ...]
    adapted: tuple[Answered, ...]

    def rows(self) -> list[tuple[str, Share, Share]]:
        """Title, base, adapted."""
        base, adapted = shares(self.base), shares(self.adapted)
        return [(t, base[t], adapted[t]) for t in base if base[t].of or adapted[t].of]

    def table(self) -> str:
        """Markdown, base and adapted side by side."""
        lines = ["| | base | adapted |", "|---|---|---|"]
        lines += [f"| {title} | {base} | {adapted} |" for title, base, adapted in self.rows()]
        return "\n".join(lines)

    def to_dict(self, *, answers: bool = False) -> dict[str, Any]:
        """Plain values for JSON; with every answer when `answers` is set."""
        found: dict[str, Any] = {
            "model": self.model,
            "adapter": self.adapter,
            "questions": len(self.base),
            "rows": [
                {"measure": title, "base": asdict(base), "adapted": asdict(adapted)}
                for title, base, adapted in self.rows()
            ],
        }
        if answers:
            for name in ("base", "adapted"):
                found[name] = [asdict(one) for one in getattr(self, name)]
        return found


def answerer(model: str, adapter: Path | None) -> Callable[[Sequence[str]], list[str]]:
    """A function that answers questions with mlx-lm, greedily, many at a time."""
    open_fast_blas()
    import_transformers()
    import mlx.core as mx
    from mlx_lm import batch_generate, load

    network, tokenizer = load(model, adapter_path=str(adapter) if adapter else None)
    if on_cpu():
        # float32 is the fast type on a CPU (see engine.blas), and the more exact one.
        network.set_dtype(mx.float32)

    def answer(questions: Sequence[str]) -> list[str]:
        prompts = [
            tokenizer.apply_chat_template(
                [{"role": "user", "content": text}], add_generation_prompt=True, return_dict=False
            )
            for text in questions
        ]
        texts: list[str] = []
        for begin in range(0, len(prompts), 32):
            part = prompts[begin : begin + 32]
            texts += batch_generate(network, tokenizer, part, max_tokens=LONGEST).texts
            print(f"\r{len(texts)}/{len(prompts)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return [text.strip() for text in texts]

    return answer


@contextmanager
def _for_mlx_lm(model: str, adapter: Path) -> Iterator[Path]:
    """The adapter in the format that mlx-lm reads, after the engine has tried it on the model.

    mlx-lm breaks off in the middle where a folder is damaged or made for another model; the engine
    says so in a sentence, before the first question.
    """
    from assistant.engine import open_engine
    from assistant.lora import convert, read_folder

    engine = open_engine(model)
    try:
        engine.load_adapter(str(adapter))
    finally:
        engine.close()
    folder = read_folder(adapter)
    if folder.format.startswith("mlx"):
        yield adapter
        return
    with tempfile.TemporaryDirectory(prefix="assistant-") as beside:
        yield convert(folder, Path(beside) / "adapter", "mlx").path


def measure(model: str, adapter: Path, questions: Path | None = None) -> Measured:
    """Answer every held-out question with and without the adapter, greedily.

    Raises:
        InputFileError: the questions cannot be used.
        AssistantError: the model or the adapter cannot, or they do not fit.
    """
    asked = held_out(questions)
    texts = [one.question for one in asked]
    with _for_mlx_lm(model, adapter) as readable:
        base = mark(asked, answerer(model, None)(texts))
        adapted = mark(asked, answerer(model, readable)(texts))
    return Measured(Path(model).name, adapter.name, tuple(base), tuple(adapted))


def evaluate(places: Places, questions: Path | None = None, out: Path | None = None) -> str:
    """The last step of the recipe: measure what was built, print and return the table."""
    if not (places.adapter / "adapters.safetensors").exists():
        raise TrainingError("There is no adapter to evaluate.", "Run the step `adapter` first.")
    measured = measure(str(places.model), places.adapter, questions)
    print(measured.table())
    name = questions.stem if questions else "heldout"
    (places.build / f"measured-{name}.md").write_text(measured.table() + "\n", "utf-8")
    if out is not None:
        text = json.dumps(measured.to_dict(answers=True), indent=1, ensure_ascii=False)
        out.write_text(text + "\n", "utf-8")
    return measured.table()
