"""Reading only the beginning of an answer: its first words name the call, which is what there is
to learn; the sentence and the program after it follow from the call.

A chat that is cut has no end that anybody should learn. This module refuses to know tokens.
"""

from __future__ import annotations

import re
from random import Random

Chat = list[dict[str, str]]

_USE = "Use `"
# "Use `np.sort(x)`." with its full stop, since the tokenizer makes one token of the signs that
# stand together; else the first sentence, which ends before a space or a line.
_GIST = re.compile(r"Use `[^`\n]+`[^\sA-Za-z\d]*|.+?[.!?](?=\s|$)|[^\n]+", re.DOTALL)


def is_short(chat: Chat) -> bool:
    """Whether a chat is one question about a call, with its answer."""
    return is_alone(chat) and chat[-1]["content"].startswith(_USE)


def is_alone(chat: Chat) -> bool:
    """Whether a chat is one question with its answer."""
    return len(chat) < 4


def first_line(chat: Chat) -> Chat:
    """The chat with only the first line of its last message."""
    return _with_answer(chat, chat[-1]["content"].partition("\n")[0])


def gist(chat: Chat) -> Chat:
    """The chat with only the call that its last message names, or else the first sentence."""
    found = _GIST.match(chat[-1]["content"])
    return _with_answer(chat, found.group()) if found else chat


def cut_by_chance(chat: Chat, rng: Random, *, brief: float, cut: float) -> Chat:
    """As much of the chat as is read; the chat itself when that is all of it.

    `brief` of those with one question are read to their gist, and `cut` of the others that are
    short to the answer's first line.
    """
    if brief > 0 and is_alone(chat) and rng.random() < brief:
        return gist(chat)
    if cut > 0 and is_short(chat) and rng.random() < cut:
        return first_line(chat)
    return chat


def _with_answer(chat: Chat, answer: str) -> Chat:
    return [*chat[:-1], {**chat[-1], "content": answer}]
