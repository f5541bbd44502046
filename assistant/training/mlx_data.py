"""The training set of the adapter: what the docstrings of the installed MLX say, asked as people
ask, with a share of the base's own chats so that NumPy stays NumPy.

Every public name of MLX with a docstring is either asked about here or listed with the reason.
This module refuses to know how an adapter is trained.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from assistant.training import answers
from assistant.training.asking import Asker, Message, turn
from assistant.training.base_data import RARE_TABLE
from assistant.training.checked import Dropped, Known
from assistant.training.cutting import cut_by_chance
from assistant.training.docstrings import Documented, Passed, walk, wish
from assistant.training.examples import program, try_program
from assistant.training.libraries import MLX, NUMPY
from assistant.training.noise import noise
from assistant.training.recipe import Mix
from assistant.training.tables import (
    Concept,
    Operation,
    Sequel,
    choices,
    concepts,
    operations,
    read_table,
    sequels,
)

MODULES = (
    ("mlx.core", "mx."),
    ("mlx.core.linalg", "mx.linalg."),
    ("mlx.core.random", "mx.random."),
    ("mlx.core.fft", "mx.fft."),
    ("mlx.core.fast", "mx.fast."),
    ("mlx.core.distributed", "mx.distributed."),
    ("mlx.nn", "nn."),
    ("mlx.nn.losses", "nn.losses."),
    ("mlx.nn.init", "nn.init."),
    ("mlx.optimizers", "optim."),
    ("mlx.utils", ""),
)

_PLAIN_MIX = Mix()
LONGEST_NOISE = 1500


Example = dict[str, Any]
"""A line of the trainer's files: "messages", and a true "open" when the answer goes on."""


@dataclass(frozen=True)
class Coverage:
    """What became of MLX's public names."""

    known: list[Known]
    absent: list[Operation]
    documented: list[Documented]
    passed: list[Passed]
    dropped: list[Dropped]
    concepts: list[Concept] = field(default_factory=list)

    def report(self) -> str:
        lines = [
            f"{len(self.known)} checked calls of MLX, {len(self.dropped)} dropped",
            f"{len(self.documented)} more names from docstrings, {len(self.passed)} passed over",
            f"{len(self.concepts)} things to say beside the calls",
        ]
        lines += [f"  dropped {one.call}: {one.reason}" for one in self.dropped]
        lines += [f"  passed over {one.name}: {one.reason}" for one in self.passed]
        return "\n".join(lines)


def mlx_operations() -> list[tuple[Operation, str]]:
    """Operations with MLX's call, each with the last line of its program where that is special."""
    table = read_table("mlx.toml")
    found = []
    for operation in operations("operations.toml", "layers.toml", RARE_TABLE):
        call = table["calls"].get(operation.name) or _as_numpy(operation.calls.get("numpy", ""))
        if call:
            found.append((replace(operation, calls={"mlx": call}, axis_calls={}), ""))
    for name, row in table["only"].items():
        made = Operation(
            name,
            choices(row["do"]),
            choices(row["words"]),
            row["says"],
            {"mlx": row["mlx"]},
            ask=choices(row.get("ask", "")),
        )
        found.append((made, row.get("uses", "")))
    return found


def seldom() -> frozenset[str]:
    """The operations that people ask for less often."""
    table = read_table("mlx.toml")
    rare = {operation.name for operation in operations(RARE_TABLE)}
    return frozenset(rare | set(choices(table["seldom"])))


def _as_numpy(call: str) -> str:
    return call.replace("np.", "mx.") if call else ""


def cover() -> Coverage:
    """Run every program once, read every docstring once, and say what is left out and why."""
    known: list[Known] = []
    dropped: list[Dropped] = []
    for operation, uses in mlx_operations():
        for variant in answers.variants(operation, MLX):
            call = answers.call_of(operation, MLX, variant)
            source = program(MLX, call, uses)
            failure = try_program(source).failure
            if failure:
                dropped.append(Dropped(call, failure))
            else:
                known.append(Known(operation, MLX, variant, call, source))
    named = {one.name for one in known}
    documented: dict[str, Documented] = {}
    passed: list[Passed] = []
    for module, prefix in MODULES:
        for entry in walk(importlib.import_module(module), prefix):
            owner = getattr(getattr(entry, "thing", None), "__module__", "mlx") or "mlx"
            if entry.name in named or entry.name in documented:
                continue
            if isinstance(entry, Passed):
                passed.append(entry)
            elif not owner.startswith("mlx"):
                passed.append(Passed(entry.name, f"comes from {owner}"))
            else:
                documented[entry.name] = entry
    has = {one.operation.name for one in known}
    absent = [
        operation
        for operation in operations("operations.toml")
        if operation.name not in has and "numpy" in operation.calls
    ]
    told, failed = _told()
    return Coverage(known, absent, list(documented.values()), passed, [*dropped, *failed], told)


def _told() -> tuple[list[Concept], list[Dropped]]:
    """What there is to say beside the calls, and what has a program that does not run."""
    told: list[Concept] = []
    failed: list[Dropped] = []
    for concept in concepts("mlx_concepts.toml"):
        failure = try_program(concept.program).failure if concept.program else ""
        if failure:
            failed.append(Dropped(f"the program of {concept.name}", failure))
        else:
            told.append(concept)
    return told, failed


class MlxChats:
    """Draws chats about MLX; the same seed draws the same ones.

    `elsewhere` are the checked calls of other libraries, for questions that name them.
    """

    def __init__(
        self,
        coverage: Coverage,
        elsewhere: list[Known],
        rng: Random,
        usual: float = 0.0,
        mix: Mix = _PLAIN_MIX,
    ) -> None:
        self.rng = rng
        self.mix = mix
        self.coverage = coverage
        self._ways: dict[str, dict[str, list[Known]]] = {}
        for one in [*coverage.known, *elsewhere]:
            group = self._ways.setdefault(one.library.name, {})
            group.setdefault(one.operation.name, []).append(one)
        self.groups = self._ways[MLX.name]
        self._names = list(self.groups)
        rare = seldom()
        self._weights = [mix.seldom if name in rare else 1.0 for name in self._names]
        often = set(choices(read_table("words.toml")["often"]))
        self.often = [name for name in self.groups if name in often]
        hard = set(choices(read_table("mlx.toml")["hard"]))
        self.hard = [name for name in self.groups if name in hard]
        self.asker = Asker(rng, self._ways, usual)
        self._all_sequels = sequels()

    def conversation(self) -> list[Message]:
        draw = self.rng.random()
        if draw < 0.015:
            return self.sequel()
        if draw < 0.08:
            return self.documented(self.rng.choice(self.coverage.documented))
        if draw < 0.1:
            return self.absent(self.rng.choice(self.coverage.absent))
        first = self.plain()
        if self.rng.random() < 0.1:
            return self.follow_up(first)
        plain = first.variant == answers.PLAIN and self.rng.random() < 0.65
        ways = self.groups[first.operation.name]
        return self.ask_for(first if plain else self.rng.choice(ways))

    def plain(self) -> Known:
        """The plain call of any operation."""
        draw = self.rng.random()
        if draw < self.mix.hard:
            name = self.rng.choice(self.hard)
        elif draw < self.mix.hard + self.mix.often:
            name = self.rng.choice(self.often)
        else:
            name = self.rng.choices(self._names, self._weights)[0]
        return self.groups[name][0]

    def follow_up(self, known: Known) -> list[Message]:
        """Two questions, the second of which only makes sense after the first."""
        numpy = self._ways.get(NUMPY.name, {}).get(known.operation.name)
        kind = self.rng.choice(["axis", "to numpy", "from numpy", "example", "another", "stay"])
        if kind == "stay" and len(self._ways) > 1:
            return self.stay()
        if kind == "from numpy" and numpy:
            asked = self.asker.exchange(numpy[0], self.rng.choice(NUMPY.spoken))
            return asked + self.asker.about_library(known)
        first = self.ask_for(known)
        if kind == "another":
            return first + self.asker.about_another(self.plain())
        if kind == "axis":
            found = self.asker.about_axis(self.groups[known.operation.name])
            if found:
                return first + found
        if kind == "to numpy" and numpy:
            return first + self.asker.about_library(numpy[0])
        return first + self.asker.about_example(known)

    def sequel(self) -> list[Message]:
        """Two questions, the second of which asks for what the first suggests."""
        other = self.rng.choice(list(self._ways)) if self.rng.random() < 0.4 else MLX.name
        found = self._sequels(other) or self._sequels(MLX.name)
        sequel, first, second = self.rng.choice(found)
        asked = self.asker.exchange(first, self.rng.choice(first.library.spoken))
        return asked + self.asker.about_sequel(sequel, second)

    def _sequels(self, library: str) -> list[tuple[Sequel, Known, Known]]:
        """Every second question on a library, with the first call and the second."""
        ways = self._ways[library]
        return [
            (sequel, ways[before][0], ways[sequel.operation][0])
            for sequel in self._all_sequels
            if sequel.operation in ways
            for before in sequel.after
            if before in ways
        ]

    def stay(self) -> list[Message]:
        """Two questions on another library, the second of which does not name it again."""
        library = self.rng.choice([name for name in self._ways if name != MLX.name])
        ways = list(self._ways[library].values())
        first, second = self.rng.choice(ways)[0], self.rng.choice(ways)[0]
        asked = self.asker.exchange(first, self.rng.choice(first.library.spoken))
        return asked + self.asker.about_another(second)

    def ask_for(self, known: Known) -> list[Message]:
        """Question and answer about one call."""
        return self.asker.exchange(known, self.rng.choice(MLX.spoken))

    def about(self) -> list[Message]:
        """What there is to say about MLX beside its calls."""
        told = self.coverage.concepts
        # What can be asked in many ways is asked more often.
        concept = self.rng.choices(told, [len(one.ask) for one in told])[0]
        spoken = self.rng.choice(MLX.spoken)
        if concept.topic and self.rng.random() < 0.25:
            topic = self.rng.choice(concept.topic).replace("{lib}", spoken)
            question = self.asker.phrasing.topic(topic)
        else:
            question = self.asker.phrasing.request(self.rng.choice(concept.ask), spoken)
        return turn(question, answers.told(self.rng.choice(concept.answers), concept.program))

    def absent(self, operation: Operation) -> list[Message]:
        """What MLX does not have is said, with the way out."""
        spoken = self.rng.choice(MLX.spoken)
        phrasing = self.asker.phrasing
        if self.rng.random() < 0.6:
            question = phrasing.task(self.rng.choice(operation.do), spoken)
        else:
            question = phrasing.keywords(self.rng.choice(operation.words), spoken)
        call = operation.calls["numpy"]
        return turn(question, f"MLX has no function for that. In NumPy it is `{call}`.")

    def documented(self, entry: Documented) -> list[Message]:
        """What a docstring says about a name, where there is no program to show."""
        want = wish(entry.sentence)
        spoken = self.rng.choice(MLX.spoken)
        phrasing = self.asker.phrasing
        if want and len(want) < 80 and self.rng.random() < 0.45:
            question = phrasing.task(want, spoken)
            return turn(question, answers.documented_answer(entry, asks_meaning=False))
        if self.rng.random() < 0.3:
            question = phrasing.keywords(entry.name.rsplit(".", 1)[-1], spoken)
            return turn(question, answers.documented_answer(entry, asks_meaning=False))
        return turn(
            phrasing.meaning(entry.name), answers.documented_answer(entry, asks_meaning=True)
        )


def adapter_chats(
    coverage: Coverage,
    elsewhere: list[Known],
    base: Iterable[list[Message]],
    *,
    count: int,
    base_share: float,
    noise_share: float,
    usual: float,
    brief: float,
    cut: float,
    seed: int,
    mix: Mix,
) -> list[Example]:
    """`count` chats in random order; `base_share` of them the base's own, `noise_share` no question
    at all but up to `LONGEST_NOISE` characters of noise.

    Some are open: `brief` of those with one question end with the call or the first sentence, and
    `cut` of the others that are short with the answer's first line.
    """
    rng = Random(seed)
    chats = MlxChats(coverage, elsewhere, rng, usual, mix)
    kept, noisy, told = (int(count * share) for share in (base_share, noise_share, mix.about))
    made = [chats.conversation() for _ in range(count - kept - noisy - told)]
    puzzled = next(concept.answers for concept in concepts() if concept.name == "empty")
    made += [turn(noise(rng, LONGEST_NOISE), rng.choice(puzzled)) for _ in range(noisy)]
    for messages in base:
        if kept == 0:
            break
        # Long chats would pad every row of a batch; the short ones keep the memory as well.
        if len(messages) <= 3 and sum(len(message["content"]) for message in messages) < 1000:
            made.append(messages)
            kept -= 1
    rng.shuffle(made)
    examples = [_example(chat, rng, brief, cut) for chat in made]
    if told:
        # A program is to be learnt as well as the sentence above it.
        examples += [_example(chats.about(), rng, brief / 2, cut) for _ in range(told)]
        rng.shuffle(examples)
    return examples


def _example(chat: list[Message], rng: Random, brief: float, cut: float) -> Example:
    read = cut_by_chance(chat, rng, brief=brief, cut=cut)
    return {"messages": chat} if read is chat else {"messages": read, "open": True}


def write_sets(examples: list[Example], folder: Path, valid: int = 200) -> None:
    """train.jsonl and valid.jsonl, as mlx-lm's trainer reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in (("valid", examples[:valid]), ("train", examples[valid:])):
        lines = [json.dumps(example, ensure_ascii=False) for example in part]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
