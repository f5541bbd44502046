"""Questions about a checked call, and second questions that follow from the first.

The base's set and the adapter's are both asked with this, so that MLX is asked about in exactly
the ways that NumPy is. This module refuses to know which call is asked about, and how often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from assistant.training import answers
from assistant.training.checked import Known
from assistant.training.phrasing import Phrasing
from assistant.training.tables import Sequel

Message = dict[str, str]
Ways = Mapping[str, Mapping[str, Sequence[Known]]]
"""Checked calls by library and by operation; the first of each is the plain call."""


def turn(question: str, answer: str) -> list[Message]:
    """A question and its answer."""
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


class Asker:
    """Words questions with one source of chance.

    `usual` is the share of the wordings taken from the first ones of a row, which are the usual
    ones.
    """

    def __init__(self, rng: Random, ways: Ways, usual: float = 0.0) -> None:
        self.rng = rng
        self.usual = usual
        self.phrasing = Phrasing(rng)
        self.ways = ways
        plain = [found[0] for group in ways.values() for found in group.values()]
        self._uses = Counter(known.name for known in plain)

    def exchange(self, known: Known, spoken: str) -> list[Message]:
        """Question and answer about one call; `spoken` is how the library is named, or empty."""
        # What a name does can only be asked where it does one thing: `sorted` does several.
        named = self._uses[known.name] == 1 and known.variant == answers.PLAIN
        if known.name and named and self.rng.random() < 0.12:
            return turn(self.phrasing.meaning(known.name), known.meaning())
        return turn(self.question(known, spoken), known.reply())

    def question(self, known: Known, spoken: str) -> str:
        """What somebody types who wants this call and does not know its name."""
        rng = self.rng
        operation, variant = known.operation, known.variant
        detail = self.phrasing.detail(variant.axis, variant.keep)
        draw = rng.random()
        if spoken and variant == answers.PLAIN and draw < 0.06:
            elsewhere = self.elsewhere(known)
            if elsewhere:
                return self.phrasing.equivalent(rng.choice(elsewhere).name, spoken)
        if spoken and operation.ask and draw < 0.48:
            return self.phrasing.request(rng.choice(operation.ask), spoken, detail)
        if draw < 0.80:
            return self.phrasing.task(self.wording(operation.do), spoken, detail)
        return self.phrasing.keywords(self.wording(operation.words), spoken, detail)

    def wording(self, wordings: Sequence[str]) -> str:
        """One of the wordings of a row."""
        if self.usual and self.rng.random() < self.usual:
            return self.rng.choice(wordings[:5])
        return self.rng.choice(wordings)

    def elsewhere(self, known: Known) -> list[Known]:
        """The same operation's plain call in other libraries, where it is a named function."""
        found = []
        for library, group in self.ways.items():
            ways = group.get(known.operation.name)
            if ways and library != known.library.name and ways[0].name:
                found.append(ways[0])
        return found

    def about_axis(self, ways: Sequence[Known]) -> list[Message]:
        """ "And along axis 0?" — empty when the call has no axis."""
        over = [way for way in ways if way.variant.axis is not None and not way.variant.keep]
        if not over:
            return []
        way = self.rng.choice(over)
        return turn(self.phrasing.follow_up("axis", str(way.variant.axis)), way.reply())

    def about_library(self, other: Known) -> list[Message]:
        """ "And in PyTorch?" """
        spoken = self.rng.choice(other.library.spoken)
        return turn(self.phrasing.follow_up("library", spoken), other.reply())

    def about_example(self, known: Known) -> list[Message]:
        """ "Show an example." """
        text = f"For example:\n\n```python\n{known.source}\n```"
        return turn(self.phrasing.follow_up("example"), text)

    def about_sequel(self, sequel: Sequel, known: Known) -> list[Message]:
        """ "And in descending order?" """
        return turn(self.phrasing.roughen(self.rng.choice(sequel.ask)), known.reply())

    def about_another(self, known: Known) -> list[Message]:
        """ "And how do I sort them?" — of the library that was asked about before."""
        operation = known.operation
        kind = self.rng.choice(["do", "do", "word"])
        wording = self.wording(operation.do if kind == "do" else operation.words)
        return turn(self.phrasing.follow_up(kind, wording), known.reply())
