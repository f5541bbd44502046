"""Texts that are no question: mashed keys, repeated letters, scraps, letters of other scripts.

The base learns to say in a sentence that it did not understand, however long the text is.
This module refuses to know what is said to them.
"""

from __future__ import annotations

from random import Random

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SIGNS = "!?.,;:-_#+*/\\()[]{}<>=&%$@^~'\"`|"


def noise(rng: Random, longest: int) -> str:
    """A text without sense of up to `longest` characters; most are short."""
    # The exponent draws short texts often and long ones seldom.
    length = max(1, int(longest ** rng.random() ** 0.7))
    made = rng.choice([_mash, _one_letter, _signs, _digits, _scraps, _repeated_word, _foreign])
    text = made(rng, length)[:length].strip()
    return text or "?"


def _mash(rng: Random, length: int) -> str:
    keys = rng.choice([_LETTERS, rng.choice(_ROWS), "".join(_ROWS), _LETTERS + "    "])
    return "".join(rng.choice(keys) for _ in range(length))


def _one_letter(rng: Random, length: int) -> str:
    return rng.choice(_LETTERS + "AHXZ?.0!") * length


def _signs(rng: Random, length: int) -> str:
    return "".join(rng.choice(_SIGNS) for _ in range(length))


def _digits(rng: Random, length: int) -> str:
    return "".join(
        rng.choice("0123456789" + rng.choice(["", " ", "abcdef"])) for _ in range(length)
    )


def _scraps(rng: Random, length: int) -> str:
    words = ("".join(rng.choice(_LETTERS) for _ in range(rng.randint(2, 9))) for _ in range(length))
    return " ".join(words)


def _repeated_word(rng: Random, length: int) -> str:
    word = "".join(rng.choice(_LETTERS) for _ in range(rng.randint(2, 6)))
    return f"{word}{rng.choice(['', ' ', ', '])}" * (1 + length // len(word))


def _foreign(rng: Random, length: int) -> str:
    # Blocks of letters beyond ASCII: Latin, Greek, Cyrillic, Arabic, kana, Chinese, emoji.
    first, last = rng.choice(
        [
            (0xC0, 0x17F),
            (0x391, 0x3C9),
            (0x410, 0x44F),
            (0x627, 0x64A),
            (0x3042, 0x3093),
            (0x4E00, 0x4FFF),
            (0x1F600, 0x1F640),
        ]
    )
    count = max(1, length // 3)
    return "".join(
        " " if rng.random() < 0.1 else chr(rng.randint(first, last)) for _ in range(count)
    )
