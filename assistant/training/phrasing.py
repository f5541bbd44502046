"""The many ways in which people ask for the same thing.

A question is a shape ("How do I {do} in {lib}?") filled with a wording, with everyday words
swapped for others, perhaps with a story before it, and roughened: lower case, no article, no
question mark, a word left out, a slip of the finger.
This module refuses to know any answer.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random

from assistant.training.tables import choices, read_table


class Phrasing:
    """Words questions with one source of chance, so that a seed gives the same set again."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        table = read_table("shapes.toml")
        self._shapes = {name: choices(text) for name, text in table["shapes"].items()}
        self._swaps = {word: choices(text) for word, text in table["swaps"].items()}
        self._axes = {int(axis): choices(text) for axis, text in table["axes"].items()}

    def detail(self, axis: int | None, keep: bool = False) -> str:
        """How somebody says which axis is meant, and that the dimensions should stay."""
        if axis is None:
            return ""
        kept = self.rng.choice([" " + way for way in self._shapes["keep"]]) if keep else ""
        return " " + self.rng.choice(self._axes[axis]) + kept

    def task(self, do: str, library: str, detail: str = "") -> str:
        """A question that describes what somebody wants to do; no library when it is empty."""
        wish = self.swap(do) + detail
        kind = "do" if self.rng.random() < 0.85 else "doing"
        if kind == "doing":
            wish = gerund(wish)
        return self._fill(kind, wish, library)

    def keywords(self, word: str, library: str, detail: str = "") -> str:
        """A question of keywords, as typed into a search box."""
        return self._fill("word", self.swap(word) + detail, library)

    def meaning(self, name: str) -> str:
        """A question about what a named function does."""
        shape = self.rng.choice(self._shapes["meaning"])
        return self.roughen(shape.replace("{name}", name), keep=name)

    def topic(self, topic: str) -> str:
        """A question about a concept."""
        shape = self.rng.choice(self._shapes["topic"])
        return self.roughen(shape.replace("{topic}", topic))

    def whole(self, question: str) -> str:
        """A question written in full, in one of its guises."""
        question = self.swap(question, 0.12)
        if self.rng.random() < 0.15:
            question = f"{self.rng.choice(self._shapes['lead'])} {question}"
        if self.rng.random() < 0.5 and question[-1].isalpha():
            question = question[0].upper() + question[1:] + "?"
        return self.roughen(question)

    def request(self, ask: str, library: str, detail: str = "") -> str:
        """A question written in full, in which {lib} stands for the library."""
        text = self.swap(ask, 0.15).replace("{lib}", library)
        if detail:
            text = f"{text.rstrip('?.! ')}{detail}"
        if self.rng.random() < 0.08:
            text = f"{self.rng.choice(self._shapes['lead'])} {text}"
        return self.roughen(text, keep=library)

    def equivalent(self, name: str, library: str) -> str:
        """A question for what another library calls `name`."""
        shape = self.rng.choice(self._shapes["equivalent"])
        if self.rng.random() < 0.15:
            name = name.replace("np.", "numpy.")
        return self.roughen(shape.replace("{name}", name).replace("{lib}", library), keep=name)

    def follow_up(self, kind: str, value: str = "") -> str:
        """A short second question: "axis", "library", "example", "do" or "word"."""
        if kind == "axis":
            value = self.rng.choice(self._axes[int(value)])
        if kind in ("do", "word"):
            value = self.swap(value)
        return self.roughen(self.rng.choice(self._shapes[f"then_{kind}"]).replace("{value}", value))

    def _fill(self, kind: str, wish: str, library: str) -> str:
        shape = self.rng.choice(self._shapes[kind if library else f"{kind}_alone"])
        text = shape.replace(f"{{{kind}}}", wish).replace("{lib}", library)
        if self.rng.random() < 0.12:
            text = f"{self.rng.choice(self._shapes['lead'])} {text}"
        elif self.rng.random() < 0.1:
            text = f"{self.rng.choice(self._shapes['story'])} {text}"
        if self.rng.random() < 0.08:
            text = f"{text} {self.rng.choice(self._shapes['tail'])}"
        elif self.rng.random() < 0.08:
            text = f"{text.rstrip('?.! ')} {self.rng.choice(self._shapes['closing'])}"
        return self.roughen(text, keep=library)

    def swap(self, text: str, share: float = 0.25) -> str:
        """`share` of the words that have others of the same meaning exchanged for one of them."""
        out = []
        for word in text.split(" "):
            others = self._swaps.get(word)
            out.append(self.rng.choice(others) if others and self.rng.random() < share else word)
        return " ".join(out)

    def roughen(self, text: str, keep: str = "") -> str:
        """The text as a person in a hurry would have typed it; `keep` is left alone."""
        rng = self.rng
        if rng.random() < 0.45:
            text = text.rstrip("?.! ")
        if rng.random() < 0.15:
            text = re.sub(r"\b(the|an|a) ", "", text)
        if rng.random() < 0.06:
            text = self._leave_out(text, keep)
        if rng.random() < 0.10:
            text = self._slip(text, keep)
        if rng.random() < 0.45:
            spelled = text.lower()
            # Names of functions and commands are case-sensitive: they keep their letters.
            text = (
                spelled
                if not keep or keep.lower() == keep
                else spelled.replace(
                    keep.lower(), keep if "." in keep or rng.random() < 0.4 else keep.lower()
                )
            )
        elif rng.random() < 0.7 and not (keep and text.startswith(keep)):
            text = text[:1].upper() + text[1:]
        return text.strip() or "?"

    def _leave_out(self, text: str, keep: str) -> str:
        """The text without one of its words; people forget them, and no word decides alone."""
        words = text.split(" ")
        able = [k for k, word in enumerate(words) if word not in keep and "`" not in word]
        if len(words) < 5 or not able:
            return text
        del words[self.rng.choice(able)]
        return " ".join(words)

    def _slip(self, text: str, keep: str) -> str:
        words = text.split(" ")
        able = [k for k, word in enumerate(words) if len(word) > 4 and word.isalpha()]
        able = [k for k in able if words[k] not in keep]
        if not able:
            return text
        place = self.rng.choice(able)
        word = words[place]
        at = self.rng.randrange(1, len(word) - 1)
        kind = self.rng.randrange(3)
        if kind == 0:
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif kind == 1:
            word = word[:at] + word[at + 1 :]
        else:
            word = word[:at] + word[at] + word[at:]
        words[place] = word
        return " ".join(words)


@cache
def _doubled() -> frozenset[str]:
    return frozenset(choices(read_table("words.toml")["doubled"]))


def gerund(phrase: str) -> str:
    """ "sort an array" as "sorting an array"."""
    verb, _, rest = phrase.partition(" ")
    if verb in _doubled():
        verb += verb[-1]
    elif verb.endswith("e") and not verb.endswith("ee"):
        verb = verb[:-1]
    return f"{verb}ing {rest}".strip()
