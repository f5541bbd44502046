"""Looking through the kept chats by a few letters: titles first, then what was said in them.

It refuses to know how chats are kept, how a list of them looks, and how names are completed
(`fuzzy`): of names, what is typed as it is written pushes guesses out; of titles all that fit stay,
each word may stand anywhere, and marks show where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.chat import ChatInfo, Found
from assistant.commands.fuzzy import in_order


@dataclass(frozen=True)
class Hit:
    """A chat that fits what was typed."""

    chat: ChatInfo
    marked: tuple[int, ...] = ()
    """Which characters of the title fit."""
    message: int | None = None
    snippet: str = ""
    """Where in the chat the words are, when the title does not have them."""


def hits(words: str, chats: Sequence[ChatInfo], found: Sequence[Found]) -> list[Hit]:
    """Chats whose titles fit, best first, the newer before the older; then those that have the
    words in their texts."""
    if not words.split():
        return [Hit(chat) for chat in chats]
    scored = []
    for chat in chats:
        fit = fits(words, chat.title)
        if fit is not None:
            scored.append((fit[0], Hit(chat, fit[1])))
    titled = [hit for _, hit in sorted(scored, key=lambda pair: -pair[0])]
    known = {hit.chat.id for hit in titled}
    # The list knows more of a chat, such as how many questions it has, than a search does.
    infos = {chat.id: chat for chat in chats}
    inside = [
        Hit(infos.get(one.chat.id, one.chat), (), one.message, " ".join(one.snippet.split()))
        for one in found
        if one.chat.id not in known
    ]
    return titled + inside


def fits(words: str, title: str) -> tuple[float, tuple[int, ...]] | None:
    """How well a title has all the words, and which of its characters they are; None if not.

    A word may be a part of the title or, from three letters on, letters in their order: "srtarr"
    fits "sort an array".
    """
    low = title.lower()
    if len(low) != len(title):  # a few letters have a longer lower case: positions would be wrong
        low = title
    score = 0.0
    marked: set[int] = set()
    for word in words.lower().split():
        at = low.find(word)
        if at >= 0:
            begins = at == 0 or not low[at - 1].isalnum()
            score += 4 + begins - at / 1000
            marked.update(range(at, at + len(word)))
            continue
        letters = in_order(word, low) if len(word) >= 3 else None
        if letters is None:
            return None
        score += len(letters) / (letters[-1] - letters[0] + 1)
        marked.update(letters)
    return score, tuple(sorted(marked))
