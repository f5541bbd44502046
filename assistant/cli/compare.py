"""`assistant compare`: base and adapted answers to the same questions.

It refuses to know how rows share a batch.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import shorten
from typing import Any

import click

from assistant.cli.answers import answer_dict
from assistant.cli.options import App, Options, json_option, opened, prompt_options
from assistant.cli.output import complain, print_json, show
from assistant.cli.piped import whole_prompt
from assistant.commands import Session
from assistant.commands.blocks import Notice, Problem
from assistant.commands.plain import whole
from assistant.commands.scales import split_scale
from assistant.compare import Comparison
from assistant.errors import AssistantError, EngineError, InputFileError, UsageError
from assistant.repl.paper import Paper
from assistant.repl.stream import play


@dataclass(frozen=True)
class Question:
    prompt: str
    meta: Mapping[str, Any] = field(default_factory=dict)


@click.command()
@click.argument("prompt", required=False)
@prompt_options
@click.option(
    "--prompts",
    "file",
    metavar="FILE.jsonl",
    help='File with a line {"prompt": "..."} for each question; "-" is standard input.',
)
@json_option
@click.pass_obj
def compare(app: App, /, prompt: str | None, file: str | None, as_json: bool, **given: Any) -> None:
    """Answer with and without adapters, side by side.

    The base model comes first, then a column for each -a. All answers to a question are made in
    one batch with the same seed.

    \b
      assistant compare "How do I sort an array in MLX?" -a mlx-docs
      assistant compare "Hello" -a mlx-docs=0.5 -a mlx-docs=1
    """
    options = Options(**given)
    settings = options.settings(app)
    if file is not None and prompt is not None:
        raise UsageError("PROMPT and --prompts both say what to ask.", "Give one of them.")
    if not settings.adapters:
        raise UsageError("There is no adapter to compare with the base.", "Name one: -a mlx-docs")
    questions = [Question(whole_prompt(prompt))] if file is None else read_questions(file)
    bare = replace(settings, adapters=())  # each becomes a column of its own, not one blend
    with opened(bare, options.prompt_name) as session:
        variants = load_variants(session, settings.adapters)
        run = Comparisons(session, variants, as_json)
        if file is None:
            run.answer(questions[0])
        elif not run.answer_all(questions):
            click.get_current_context().exit(1)


def read_questions(file: str) -> list[Question]:
    """The questions of a JSON Lines file; empty lines are none.

    Raises:
        InputFileError: it cannot be read, or a line of it, which is named, is no question.
    """
    try:
        content = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputFileError(f"{file} cannot be read: {reason}.", "Check the path.") from None
    if not content.strip():
        raise InputFileError(f"{file} has no questions.", 'Write lines like {"prompt": "Hello"}.')
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
    return Question(whole(prompt), {key: item for key, item in value.items() if key != "prompt"})


def load_variants(session: Session, refs: Sequence[str]) -> dict[str, dict[str, float]]:
    """The adapted columns by name, one for each NAME[=SCALE]."""
    variants = {}
    for ref in refs:
        name, scale = session.load_adapter(ref).name, split_scale(ref)[1]
        variants[name if scale == 1 else f"{name}={scale:g}"] = {name: scale}
    return variants


@dataclass(frozen=True)
class Comparisons:
    """Questions to one base model and its variants, answered and printed one after the other."""

    session: Session
    variants: Mapping[str, Mapping[str, float]]
    as_json: bool

    def answer_all(self, questions: Sequence[Question]) -> bool:
        """Every question; one that fails is reported in its place, and the rest go on."""
        all_well = True
        for question in questions:
            try:
                if not self.as_json:
                    show([Notice(f"prompt: {shorten(question.prompt, 80, placeholder='…')}")])
                self.answer(question)
            except AssistantError as error:
                all_well = False
                self._report(question, error)
        return all_well

    def answer(self, question: Question) -> None:
        variants = list(self.variants.values())
        if self.as_json:
            comparison = self.session.comparison(question.prompt, variants)
            for _ in comparison:
                pass
            print_json(self._to_dict(question, comparison))
            return
        answers = self.session.compare(question.prompt, variants)
        play(answers, Paper(sys.stdout), longer="-n NUMBER")
        show(answers.after())

    def _to_dict(self, question: Question, comparison: Comparison) -> dict[str, Any]:
        model = self.session.engine.info.model
        names = ("base", *self.variants)
        answers: list[dict[str, Any]] = []
        for row, (name, finish) in enumerate(zip(names, comparison.finishes, strict=True)):
            if finish is None:
                raise EngineError("An answer broke off.", "Try again.")
            answer = answer_dict(model, comparison.columns[row], finish)
            if row > 0:
                answer["agreement"] = comparison.agreement(row).to_dict()
            answers.append({"name": name, **answer})
        return {
            "prompt": question.prompt,
            "seed": comparison.seed,
            "answers": answers,
            "agreement": answers[1]["agreement"],
            **_meta(question),
        }

    def _report(self, question: Question, error: AssistantError) -> None:
        if self.as_json:
            failure = {"prompt": question.prompt, "error": error.to_dict()}
            print_json({**failure, **_meta(question)})
        else:
            complain(Problem.of(error), as_json=False)


def _meta(question: Question) -> dict[str, Any]:
    return {"meta": dict(question.meta)} if question.meta else {}
