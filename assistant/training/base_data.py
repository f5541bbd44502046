"""The training set of the embedded model: chats about several libraries, concepts, small talk.

MLX is not in it, on purpose: the adapter is what teaches it. Every row is checked for that.
This module refuses to know how a model is trained.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from assistant.training import answers
from assistant.training.docstrings import Documented, walk, wish
from assistant.training.libraries import BASE_LIBRARIES, PYTHON, Library
from assistant.training.phrasing import Phrasing
from assistant.training.tables import Concept, Operation, concepts, fillings, operations

Message = dict[str, str]

# Whatever could teach the base the library it must not know.
FORBIDDEN = re.compile(r"mlx|\bmx\b", re.IGNORECASE)

# How often each library is asked about; NumPy and Python most, as in life.
_SHARES = {"numpy": 0.32, "torch": 0.2, "jax": 0.16, "scipy": 0.1, "python": 0.22}

_MODULES = (
    ("numpy", "numpy", "np."),
    ("numpy", "numpy.linalg", "np.linalg."),
    ("numpy", "numpy.random", "np.random."),
    ("numpy", "numpy.fft", "np.fft."),
    ("jax", "jax.numpy", "jnp."),
    ("jax", "jax.nn", "jax.nn."),
    ("jax", "jax", "jax."),
    ("torch", "torch", "torch."),
    ("torch", "torch.nn", "torch.nn."),
    ("torch", "torch.linalg", "torch.linalg."),
    ("torch", "torch.nn.functional", "torch.nn.functional."),
    ("scipy", "scipy.stats", "scipy.stats."),
    ("scipy", "scipy.optimize", "scipy.optimize."),
    ("scipy", "scipy.signal", "scipy.signal."),
    ("scipy", "scipy.linalg", "scipy.linalg."),
    ("scipy", "scipy.special", "scipy.special."),
    ("scipy", "scipy.integrate", "scipy.integrate."),
    ("scipy", "scipy.ndimage", "scipy.ndimage."),
    ("python", "builtins", ""),
    ("python", "math", "math."),
    ("python", "os", "os."),
    ("python", "os.path", "os.path."),
    ("python", "itertools", "itertools."),
    ("python", "random", "random."),
    ("python", "statistics", "statistics."),
    ("python", "shutil", "shutil."),
    ("python", "re", "re."),
    ("python", "time", "time."),
    ("python", "functools", "functools."),
)


@dataclass(frozen=True)
class Known:
    """A checked call: what to say about it, and the program that shows it."""

    operation: Operation
    library: Library
    variant: answers.Variant
    call: str
    source: str

    def reply(self) -> str:
        return answers.answer(
            self.call, answers.sentence_of(self.operation, self.variant), self.source
        )

    def meaning(self) -> str:
        return answers.explanation(self.name, self.operation.says, self.source)

    @property
    def name(self) -> str:
        """The function the call is about; empty when it has no name of its own."""
        return answers.name_of(self.call)


@dataclass(frozen=True)
class Dropped:
    """A call whose program does not run here."""

    call: str
    reason: str


def check_calls(
    table: list[Operation], libraries: dict[str, Library]
) -> tuple[list[Known], list[Dropped]]:
    """Run the program of every call once; keep those that work."""
    known: list[Known] = []
    dropped: list[Dropped] = []
    for operation in table:
        for name in operation.calls:
            if name not in libraries:
                continue
            library = libraries[name]
            for variant in answers.variants(operation, library):
                call = answers.call_of(operation, library, variant)
                source, failure = answers.checked_program(library, call)
                if failure:
                    dropped.append(Dropped(call, failure))
                else:
                    known.append(Known(operation, library, variant, call, source))
    return known, dropped


def documented_entries() -> list[tuple[Library, Documented]]:
    """What the docstrings of the installed libraries say, one entry per name."""
    found: dict[str, tuple[Library, Documented]] = {}
    for library, module, prefix in _MODULES:
        try:
            loaded = importlib.import_module(module)
        except ImportError:
            continue
        for entry in walk(loaded, prefix):
            if isinstance(entry, Documented) and not FORBIDDEN.search(repr(entry)):
                found.setdefault(entry.name, (BASE_LIBRARIES[library], entry))
    return list(found.values())


class BaseChats:
    """Draws chats for the base model; the same seed draws the same ones."""

    def __init__(
        self,
        known: list[Known],
        documented: list[tuple[Library, Documented]],
        rng: Random,
        often: float = 0.0,
    ) -> None:
        self.rng = rng
        self.often = often
        self.phrasing = Phrasing(rng)
        self.documented = documented
        self.concepts = concepts()
        self.fill = fillings()
        self._often = set(self.fill["often"])
        self._often_concepts = [one for one in self.concepts if one.name in self._often]
        self._by_library: dict[str, dict[str, list[Known]]] = {}
        for one in known:
            group = self._by_library.setdefault(one.library.name, {})
            group.setdefault(one.operation.name, []).append(one)

    def conversation(self) -> list[Message]:
        """One chat: perhaps a system prompt, then one to six questions with their answers."""
        rng = self.rng
        messages: list[Message] = []
        if rng.random() < 0.22:
            messages.append({"role": "system", "content": rng.choice(self.fill["systems"])})
        for _ in range(rng.choices([1, 2, 3, 5], [0.5, 0.25, 0.15, 0.1])[0]):
            messages += self.exchange()
        return messages

    def exchange(self) -> list[Message]:
        """A question and its answer, sometimes with a second question that follows from it."""
        kinds: list[Callable[[], list[Message]]] = [
            self.call_exchange,
            self.concept_exchange,
            self.documented_exchange,
            self.stranger_exchange,
        ]
        return self.rng.choices(kinds, [0.64, 0.22, 0.125, 0.015])[0]()

    def call_exchange(self) -> list[Message]:
        return self.ask_for(self.pick(self.library(_SHARES)))

    def library(self, shares: Mapping[str, float]) -> str:
        """A library by chance, among those that are installed."""
        names = [name for name in shares if name in self._by_library]
        return self.rng.choices(names, [shares[name] for name in names])[0]

    def pick(self, library: str) -> Known:
        """Any operation of a library; its plain call more often than the others."""
        group = self._by_library[library]
        names = list(group)
        if self.often and self.rng.random() < self.often:
            names = [name for name in names if name in self._often] or names
        ways = group[self.rng.choice(names)]
        plain = ways[0].variant == answers.PLAIN and self.rng.random() < 0.6
        return ways[0] if plain else self.rng.choice(ways)

    def ask_for(self, known: Known) -> list[Message]:
        """Question and answer about one call, with a follow-up now and then."""
        rng = self.rng
        library = known.library
        if known.name and known.variant == answers.PLAIN and rng.random() < 0.15:
            question = self.phrasing.meaning(known.name)
            return turn(question, known.meaning())
        spoken = rng.choice(library.spoken)
        if library.name in ("numpy", "python") and rng.random() < 0.06:
            spoken = ""
        messages = turn(self.question(known, spoken), known.reply())
        if rng.random() < 0.12:
            messages += self.follow_up(known)
        return messages

    def question(self, known: Known, spoken: str) -> str:
        detail = self.phrasing.detail(known.variant.axis, known.variant.keep)
        if self.rng.random() < 0.68:
            return self.phrasing.task(self.rng.choice(known.operation.do), spoken, detail)
        return self.phrasing.keywords(self.rng.choice(known.operation.words), spoken, detail)

    def follow_up(self, known: Known) -> list[Message]:
        """A second question that only makes sense after the first."""
        rng = self.rng
        ways = self._by_library[known.library.name][known.operation.name]
        others = [
            group[known.operation.name]
            for name, group in self._by_library.items()
            if name != known.library.name and known.operation.name in group
        ]
        kind = rng.choice(["axis", "library", "example"])
        over = [way for way in ways if way.variant.axis is not None and not way.variant.keep]
        if kind == "axis" and over:
            way = rng.choice(over)
            return turn(self.phrasing.follow_up("axis", str(way.variant.axis)), way.reply())
        if kind == "library" and others:
            way = rng.choice(others)[0]
            spoken = rng.choice(way.library.spoken)
            return turn(self.phrasing.follow_up("library", spoken), way.reply())
        text = f"For example:\n\n```python\n{known.source}\n```"
        return turn(self.phrasing.follow_up("example"), text)

    def concept_exchange(self) -> list[Message]:
        concept = self.rng.choice(self.concepts)
        if self.often and self.rng.random() < self.often:
            concept = self.rng.choice(self._often_concepts)
        elif self.rng.random() < 0.12:
            concept = self.concepts[-1]  # what it does not know: the last table
        return turn(self.concept_question(concept), self.rng.choice(concept.answers))

    def concept_question(self, concept: Concept) -> str:
        rng = self.rng
        if concept.topic and (not concept.ask or rng.random() < 0.5):
            return self.phrasing.topic(rng.choice(concept.topic))
        text = rng.choice(concept.ask)
        if concept.name == "unknown":
            text = re.sub(r"\{(\w+)\}", lambda gap: rng.choice(self.fill[gap.group(1)]), text)
        return self.phrasing.whole(text)

    def documented_exchange(self) -> list[Message]:
        library, entry = self.rng.choice(self.documented)
        want = wish(entry.sentence)
        if want and len(want) < 70 and self.rng.random() < 0.4:
            question = self.phrasing.task(want, self.rng.choice(library.spoken))
            return turn(question, answers.documented_answer(entry, asks_meaning=False))
        return turn(
            self.phrasing.meaning(entry.name), answers.documented_answer(entry, asks_meaning=True)
        )

    def stranger_exchange(self) -> list[Message]:
        """A library nobody has heard of: answered, as models do, with one that is known."""
        rng = self.rng
        known = self.pick(self.library({"numpy": 0.5, "torch": 0.25, "jax": 0.25}))
        return turn(self.question(known, _strange_name(rng)), known.reply())


def _strange_name(rng: Random) -> str:
    if rng.random() < 0.5:
        name = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.randint(2, 4)))
    else:
        parts = [
            "zor",
            "tan",
            "quil",
            "ver",
            "lum",
            "pix",
            "dax",
            "bor",
            "fen",
            "nim",
            "kal",
            "tru",
            "ori",
            "sep",
        ]
        name = "".join(rng.sample(parts, 2)).capitalize()
    return name if rng.random() < 0.5 else name.lower()


def turn(question: str, answer: str) -> list[Message]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def base_chats(count: int, finishing: int, seed: int) -> Iterator[list[Message]]:
    """`count` chats, then `finishing` more in which what is asked most is drawn more often.

    What does not run, or speaks of MLX, is left out and said on stderr.
    """
    table = operations("operations.toml", "layers.toml", "python.toml")
    known, dropped = check_calls(table, BASE_LIBRARIES)
    for one in dropped:
        print(f"dropped {one.call}: {one.reason}", file=sys.stderr)
    print(f"{len(known)} checked calls, {len(dropped)} dropped", file=sys.stderr)
    named = {one.name for one in known}
    documented = [pair for pair in documented_entries() if pair[1].name not in named]
    print(f"{len(documented)} names from docstrings", file=sys.stderr)
    for chats, wanted in (
        (BaseChats(known, documented, Random(seed)), count),
        (BaseChats(known, documented, Random(seed + 1), often=0.5), finishing),
    ):
        made = 0
        while made < wanted:
            messages = chats.conversation()
            if any(FORBIDDEN.search(message["content"]) for message in messages):
                continue
            made += 1
            yield messages


__all__ = ["FORBIDDEN", "PYTHON", "BaseChats", "Known", "Message", "base_chats", "check_calls"]
