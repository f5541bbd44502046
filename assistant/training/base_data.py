"""The training set of the embedded model: chats about several libraries, concepts, small talk.

MLX is not in it, on purpose: the adapter is what teaches it. Every row is checked for that.
This module refuses to know how a model is trained and how a question is worded.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from assistant.training import answers
from assistant.training.asking import Asker, Message, turn
from assistant.training.checked import FORBIDDEN, Known, check_calls, documented_entries
from assistant.training.docstrings import Documented, wish
from assistant.training.libraries import BASE_LIBRARIES, Library
from assistant.training.noise import noise
from assistant.training.recipe import Part
from assistant.training.tables import Concept, concepts, fillings, operations

# How often each library is asked about: Python has most to learn that no other library shares.
_SHARES = {"numpy": 0.23, "torch": 0.2, "jax": 0.17, "scipy": 0.14, "python": 0.26}
_STRANGERS_ANSWER = {"numpy": 0.45, "torch": 0.35, "jax": 0.2}

COMMON_TABLES = ("operations.toml", "layers.toml", "python.toml")
RARE_TABLE = "rare.toml"


class BaseChats:
    """Draws chats for the base model; the same seed draws the same ones.

    `part` says how often the common is drawn, and in which wordings.
    """

    def __init__(
        self,
        known: list[Known],
        documented: list[tuple[Library, Documented]],
        rng: Random,
        part: Part,
    ) -> None:
        self.rng = rng
        self.often = part.often
        self.longest = part.longest
        self.alone = part.alone
        self.documented = documented
        self.concepts = {concept.name: concept for concept in concepts()}
        self.fill = fillings()
        wanted = set(self.fill["often"])
        self._often_concepts = [name for name in self.concepts if name in wanted]
        rare = {operation.name for operation in operations(RARE_TABLE)}
        self._ways: dict[str, dict[str, list[Known]]] = {}
        for one in known:
            group = self._ways.setdefault(one.library.name, {})
            group.setdefault(one.operation.name, []).append(one)
        self._names = {library: list(group) for library, group in self._ways.items()}
        self._weights = {
            library: [part.rare if name in rare else 1.0 for name in names]
            for library, names in self._names.items()
        }
        self._often_names = {
            library: [name for name in names if name in wanted] or names
            for library, names in self._names.items()
        }
        self.asker = Asker(rng, self._ways, part.usual)

    def conversation(self) -> list[Message]:
        """One chat: perhaps a system prompt, then one to five questions with their answers."""
        rng = self.rng
        messages: list[Message] = []
        if rng.random() < 0.22:
            messages.append({"role": "system", "content": rng.choice(self.fill["systems"])})
        several = 1 - self.alone
        often = [self.alone, 0.56 * several, 0.26 * several, 0.18 * several]
        for _ in range(rng.choices([1, 2, 3, 5], often)[0]):
            messages += self.exchange()
        return messages

    def exchange(self) -> list[Message]:
        """A question and its answer, sometimes with a second question that follows from it."""
        kinds: list[Callable[[], list[Message]]] = [
            self.call_exchange,
            self.concept_exchange,
            self.stranger_exchange,
            self.documented_exchange,
            self.noise_exchange,
        ]
        return self.rng.choices(kinds, [0.585, 0.275, 0.07, 0.05, 0.02])[0]()

    def call_exchange(self) -> list[Message]:
        """A question about a call, with a follow-up now and then."""
        rng = self.rng
        known = self.pick(self.library(_SHARES))
        spoken = rng.choice(known.library.spoken)
        if known.library.name in ("numpy", "python") and rng.random() < 0.06:
            spoken = ""
        messages = self.asker.exchange(known, spoken)
        if rng.random() < 0.12:
            messages += self.follow_up(known)
        return messages

    def library(self, shares: Mapping[str, float]) -> str:
        """A library by chance, among those that are installed."""
        names = [name for name in shares if name in self._ways]
        return self.rng.choices(names, [shares[name] for name in names])[0]

    def pick(self, library: str) -> Known:
        """Any operation of a library; its plain call more often than the others."""
        first = self.plain(library)
        plain = first.variant == answers.PLAIN and self.rng.random() < 0.6
        ways = self._ways[library][first.operation.name]
        return first if plain else self.rng.choice(ways)

    def plain(self, library: str) -> Known:
        """The plain call of any operation of a library."""
        if self.rng.random() < self.often:
            name = self.rng.choice(self._often_names[library])
        else:
            name = self.rng.choices(self._names[library], self._weights[library])[0]
        return self._ways[library][name][0]

    def follow_up(self, known: Known) -> list[Message]:
        """A second question that only makes sense after the first."""
        kind = self.rng.choice(["axis", "library", "example", "another"])
        if kind == "another":
            return self.asker.about_another(self.plain(known.library.name))
        if kind == "axis":
            ways = self._ways[known.library.name][known.operation.name]
            found = self.asker.about_axis(ways)
            if found:
                return found
        others = self.asker.elsewhere(known)
        if kind == "library" and others:
            return self.asker.about_library(self.rng.choice(others))
        return self.asker.about_example(known)

    def concept_exchange(self) -> list[Message]:
        """Prose: a question and the answer of its concept."""
        draw = self.rng.random()
        if draw < 0.10:
            name = "unknown"
        elif draw < 0.13:
            name = self.rng.choice(["language", "injection"])
        elif draw < 0.13 + self.often:
            name = self.rng.choice(self._often_concepts)
        else:
            name = self.rng.choice(list(self.concepts))
        concept = self.concepts[name]
        return turn(self.concept_question(concept), self.rng.choice(concept.answers))

    def concept_question(self, concept: Concept) -> str:
        """A question about a concept: about its name, or one of its whole questions."""
        rng = self.rng
        phrasing = self.asker.phrasing
        # A concept with many questions of its own is asked with them more often.
        by_name = len(concept.topic) / (len(concept.topic) + 0.2 * len(concept.ask) + 1e-9)
        if concept.topic and rng.random() < min(0.5, by_name):
            return phrasing.topic(rng.choice(concept.topic))
        # What is unknown has no usual wordings: the first of them are not more likely.
        unknown = concept.name == "unknown"
        text = rng.choice(concept.ask) if unknown else self.asker.wording(concept.ask)
        if unknown:
            text = re.sub(r"\{(\w+)\}", lambda gap: rng.choice(self.fill[gap.group(1)]), text)
        return phrasing.whole(text)

    def documented_exchange(self) -> list[Message]:
        """What a docstring says about a name, where there is no program to show."""
        library, entry = self.rng.choice(self.documented)
        want = wish(entry.sentence)
        phrasing = self.asker.phrasing
        if want and len(want) < 70 and self.rng.random() < 0.4:
            question = phrasing.task(want, self.rng.choice(library.spoken))
            return turn(question, answers.documented_answer(entry, asks_meaning=False))
        return turn(
            phrasing.meaning(entry.name), answers.documented_answer(entry, asks_meaning=True)
        )

    def stranger_exchange(self) -> list[Message]:
        """A library nobody has heard of: answered, as models do, with one that is known.

        It teaches the base to see what is wanted whatever the library is called, which is what an
        adapter for a new library then builds on.
        """
        known = self.pick(self.library(_STRANGERS_ANSWER))
        return turn(self.asker.question(known, strange_name(self.rng)), known.reply())

    def noise_exchange(self) -> list[Message]:
        """No question at all, or instructions hidden in a pasted docstring."""
        rng = self.rng
        if rng.random() < 0.8:
            return turn(noise(rng, self.longest), rng.choice(self.concepts["empty"].answers))
        injection = self.concepts["injection"]
        _, entry = rng.choice(self.documented)
        parts = [str(entry.thing.__doc__)[: rng.randint(40, 400)], rng.choice(injection.ask)]
        lead = rng.choice(
            ["explain this: ", "What does this do? ", "", "summarize: ", "read this\n"]
        )
        return turn(lead + rng.choice(["\n", "\n\n", " "]).join(parts), injection.answers[0])


_SYLLABLES = "zor tan quil ver lum pix dax bor fen nim kal tru ori sep cu py flow mat arr ten"


def strange_name(rng: Random) -> str:
    """The name of a library that does not exist."""
    if rng.random() < 0.6:
        name = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.randint(2, 4)))
    else:
        name = "".join(rng.sample(_SYLLABLES.split(), 2)).capitalize()
    return name if rng.random() < 0.5 else name.lower()


def base_chats(parts: Sequence[Part], seed: int) -> Iterator[list[Message]]:
    """The chats of each part, one part after the other.

    What does not run, or speaks of MLX, is left out and said on stderr.
    """
    known, dropped = check_calls(operations(*COMMON_TABLES, RARE_TABLE), BASE_LIBRARIES)
    for one in dropped:
        print(f"dropped {one.call}: {one.reason}", file=sys.stderr)
    print(f"{len(known)} checked calls, {len(dropped)} dropped", file=sys.stderr)
    named = {one.name for one in known}
    documented = [pair for pair in documented_entries() if pair[1].name not in named]
    print(f"{len(documented)} names from docstrings", file=sys.stderr)
    for number, part in enumerate(parts):
        chats = BaseChats(known, documented, Random(seed + number), part)
        made = 0
        while made < part.chats:
            messages = chats.conversation()
            if any(FORBIDDEN.search(message["content"]) for message in messages):
                continue
            made += 1
            yield messages
