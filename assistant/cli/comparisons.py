"""Comparisons as rows for machines: what `compare --json` prints and `--out` keeps.

It refuses to know how rows share a batch and where they go.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from functools import cached_property
from typing import Any

from assistant import __version__
from assistant.cli.answers import answer_dict
from assistant.cli.too_long import on_command_line
from assistant.commands import Session
from assistant.compare import gather
from assistant.compare.batch import Answered, Failed, Item, Outcome
from assistant.compare.checks import check
from assistant.compare.proof import prove_base
from assistant.compare.questions import Question
from assistant.errors import NotOnServer


@dataclass(frozen=True)
class RowMaker:
    """Makes a row of each outcome of one run."""

    session: Session
    variants: Mapping[str, Mapping[str, float]]
    """The adapted columns by name."""
    evidence: bool
    """Whether each answer is checked, and read by each model."""
    run_code: bool

    @property
    def columns(self) -> tuple[Mapping[str, float], ...]:
        return ({}, *self.variants.values())

    def items(self, questions: Sequence[Question]) -> list[Item]:
        return [
            Item(question, tuple(self.session.question_alone(question.prompt)))
            for question in questions
        ]

    def row(self, outcome: Outcome) -> dict[str, Any]:
        question = outcome.item.question
        meta = {"meta": dict(question.meta)} if question.meta else {}
        if isinstance(outcome, Failed):
            error = on_command_line(outcome.error)
            return {"prompt": question.prompt, "error": error.to_dict(), **meta}
        answers = self._answers(outcome)
        proof: dict[str, Any] = {}
        if self.evidence:
            proof = self._add_evidence(outcome, answers)
        return {
            "prompt": question.prompt,
            "seed": outcome.seed,
            "answers": answers,
            "agreement": answers[1]["agreement"],
            "made": self._made(),
            **proof,
            **meta,
        }

    def _answers(self, outcome: Answered) -> list[dict[str, Any]]:
        model = self.session.engine.info.model
        answers: list[dict[str, Any]] = []
        for row, name in enumerate(("base", *self.variants)):
            finish = outcome.finishes[row]
            answer = {"name": name, **answer_dict(model, outcome.columns[row], finish)}
            if row > 0:
                index = outcome.first_difference(row)
                answer["agreement"] = {"first_difference": index, "same": outcome.same(row)}
            if self.evidence:
                answer["checks"] = check(finish.text, run=self.run_code).to_dict()
            answers.append(answer)
        return answers

    def _add_evidence(self, outcome: Answered, answers: list[dict[str, Any]]) -> dict[str, Any]:
        engine = self.session.engine
        messages, columns = outcome.item.messages, outcome.columns
        tokens = [finish.tokens for finish in outcome.finishes]
        try:
            found = gather(engine, messages, columns, tokens)
        except NotOnServer as error:
            return {"evidence_left_out": error.message}
        for answer, pair in zip(answers[1:], found.pairs, strict=True):
            answer["evidence"] = pair.to_dict()
        proof = prove_base(engine, messages, columns, tokens[0])
        return {"base_proof": proof.to_dict()} if proof else {}

    def _made(self) -> dict[str, Any]:
        """When and with what, for whoever gets the row or its report."""
        engine = self.session.engine
        used = {name for column in self.columns for name in column}
        prints = {one.name: one.fingerprint for one in engine.adapters() if one.name in used}
        return {
            "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "versions": dict(self.versions),
            "sampling": asdict(self.session.sampling),
            "adapters": prints,
        }

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """Of this program, and of mlx where it runs in this process."""
        from importlib import metadata  # not for every `--help`

        found = {"assistant": __version__}
        if not self.session.settings.engine:
            with suppress(metadata.PackageNotFoundError):
                found["mlx"] = metadata.version("mlx")
        return found

    def identity(self) -> str:
        """What makes a run this run and no other: model, adapters' contents, settings."""
        engine = self.session.engine
        contents = {a.name: a.fingerprint or a.name for a in engine.adapters()}
        parts = {
            "model": str(engine.info.path),
            "columns": [
                {contents.get(name, name): scale for name, scale in column.items()}
                for column in self.columns
            ],
            "names": list(self.variants),
            "sampling": asdict(self.session.sampling),
            "messages": list(self.session.question_alone("")),
            "evidence": self.evidence,
            "run_code": self.run_code,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
