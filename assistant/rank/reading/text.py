"""Typed text made uniform, character for character, and the name of a place in it.

Every change keeps the length of the text, so that an offset found later still names the place
where the person typed it. This module refuses to know what a matrix looks like.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.errors import MatrixError

MAX_CHARACTERS = 8_000_000  # a 1000 × 1000 matrix of seven-digit numbers

_SIGNS = {
    "−": "-",  # U+2212, the minus sign of mathematics
    "–": "-",  # an en dash, put there by word processors
    "﹣": "-",
    "⁄": "/",
    "∕": "/",
    "÷": "/",
    "؛": ";",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "\r": " ",
    "\u2028": "\n",
    "\u2029": "\n",
    "\x0b": "\n",
    "\x0c": "\n",
    "\x85": "\n",
    "\ufeff": " ",
    "\u200b": " ",
    "\u2062": " ",
}
# Tall brackets drawn with one piece on each line, as SymPy prints them.
_BOX = "⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠│┃║┌┐└┘╔╗╚╝├┤╭╮╰╯"


def normalise(text: str) -> str:
    """The text in plain characters, same length. Raises MatrixError when it is too long."""
    if len(text) > MAX_CHARACTERS:
        raise MatrixError(
            f"This text has {len(text):,} characters, and {MAX_CHARACTERS:,} is the most I read.",
            "Save the matrix with numpy.save and give the name of the .npy file.",
        )
    lone = re.compile(r"\r(?!\n)")
    text = lone.sub("\n", text)
    if text.isascii():
        return text.replace("\r", " ")
    return text.translate({ord(char): _plain(char) for char in set(text)})


def _plain(char: str) -> str:
    if char in _SIGNS:
        return _SIGNS[char]
    if char in _BOX or (char.isspace() and char not in "\n\t"):
        return " "
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.digit(char))
    spelled = unicodedata.normalize("NFKC", char)
    # Superscripts stay: 3² is a calculation, not the number 32.
    same = len(spelled) == 1 and not spelled.isalnum()
    return spelled if same or (len(spelled) == 1 and "Ａ" <= char <= "ｚ") else char


def place(text: str, offset: int) -> str:
    """Where a character stands, for people: "character 5", or "line 2, character 5"."""
    start = text.rfind("\n", 0, offset) + 1
    character = f"character {offset - start + 1:,}"
    if "\n" not in text.strip():
        return character
    return f"line {text.count(chr(10), 0, offset) + 1:,}, {character}"


def quoted(text: str, limit: int = 24) -> str:
    """Text inside a message: between backticks, on one line, shortened in the middle."""
    line = " ".join(text.split()).replace("`", "'")
    line = "".join(char if char.isprintable() else "�" for char in line)
    if len(line) > limit:
        line = f"{line[: limit // 2]}…{line[-limit // 3 :]}"
    return f"`{line}`"


def counted(number: int, word: str) -> str:
    """ "1 entry", "2 entries", "3 rows"."""
    if number == 1:
        return f"1 {word}"
    return f"{number:,} {word[:-1]}ies" if word.endswith("y") else f"{number:,} {word}s"
