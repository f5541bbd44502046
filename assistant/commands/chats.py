"""The kept conversations as a person names them: by a list's number, by id, by words.

Shared by /open, /search and `assistant chats`. It refuses to know how they are kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from typing import TypeVar

from assistant.chat import ChatInfo, Found, Store
from assistant.commands.blocks import Table
from assistant.commands.browsing import Hit, hits
from assistant.compare import label
from assistant.errors import ChatNotFound, StoreReplaced

Result = TypeVar("Result")

_HOW_TO_LIST = "List them: /open, or assistant chats list"


class Chats:
    """Lists of conversations, and what their numbers meant when they were last shown.

    The one that somebody is in has no number: to open it leads nowhere.
    """

    def __init__(self, store: Store, here: Callable[[], str] = lambda: "") -> None:
        self.store = store
        self._here = here
        self._shown: Sequence[tuple[ChatInfo, int | None]] = ()

    def recent(self, limit: int = 20) -> list[ChatInfo]:
        """The conversations that went on last, newest first."""
        found = _again(lambda: self.store.recent(limit))
        self._shown = self._others(found)
        return found

    def listed(self) -> Table:
        """The recent ones under the numbers that they have from now on."""
        return listing(self.recent(), here=self._here())

    def search(self, words: str, limit: int = 20) -> list[Found]:
        """The conversations that have the words, the most fitting first."""
        found = _again(lambda: self.store.search(words, limit))
        self._shown = [(hit.chat, hit.message) for hit in found]
        return found

    def latest(self, limit: int = 1000) -> list[ChatInfo]:
        """Those that were changed last, for `browse` to look through with every letter."""
        return _again(lambda: self.store.recent(limit))

    def browse(self, words: str, among: Sequence[ChatInfo] | None = None) -> list[Hit]:
        """The conversations that fit a few letters; what numbers mean stays as it is."""
        found = _again(lambda: self.store.search(words, 50)) if words.split() else []
        return hits(words, self.latest() if among is None else among, found)

    def find(self, ref: str) -> tuple[str, int | None]:
        """The id of a conversation, and the message that was found in it; ID@MESSAGE names both.

        Raises:
            ChatNotFound: nothing goes by that.
        """
        if not ref.strip():  # a variable of a script that is empty: any title would have it
            raise ChatNotFound("No chat is named.", _HOW_TO_LIST)
        if ref.isdecimal():
            shown = self._listed()
            if 1 <= int(ref) <= len(shown):
                chat, message = shown[int(ref) - 1]
                return chat.id, message
            there = f"The list has {len(shown)}." if shown else "There are no chats yet."
            raise ChatNotFound(f"There is no chat number {ref}.", there)
        id, at, place = ref.partition("@")
        if at and place.isdecimal():
            return id, int(place)
        titles = _again(self.store.titles)
        folded = ref.casefold()
        named = [id for id, _ in titles if id == ref]
        named += [id for id, title in titles if folded in title.casefold()]
        if named:
            here = self._here()
            return min(named, key=lambda id: id == here), None  # another one, if there is
        hits = _again(lambda: self.store.search(ref, 1))
        if hits:
            return hits[0].chat.id, hits[0].message
        raise ChatNotFound(f"No chat goes by {ref!r}.", _HOW_TO_LIST)

    def numbered(self) -> list[tuple[int, str]]:
        """What the numbers mean now, with titles."""
        return [(number, chat.title) for number, (chat, _) in enumerate(self._listed(), 1)]

    def _listed(self) -> Sequence[tuple[ChatInfo, int | None]]:
        return self._shown or self._others(_again(lambda: self.store.recent()))

    def _others(self, chats: Sequence[ChatInfo]) -> list[tuple[ChatInfo, int | None]]:
        here = self._here()
        return [(chat, None) for chat in chats if chat.id != here]


def _again(read: Callable[[], Result]) -> Result:
    """After a damaged file was set aside, what the new one has."""
    try:
        return read()
    except StoreReplaced:
        return read()


def listing(chats: Sequence[ChatInfo], now: float | None = None, *, here: str = "") -> Table:
    """Chats under the numbers that /open takes, the one of the id `here` under none; `now` in
    seconds since 1970."""
    numbers = count(1)
    return Table(
        ("", "chat", "when", "questions", "answered by", "id"),
        tuple(
            (
                "here" if chat.id == here else str(next(numbers)),
                chat.title or "(nothing asked yet)",
                when(chat.changed, now),
                str(chat.questions),
                answered_by(chat),
                chat.id,
            )
            for chat in chats
        ),
    )


def findings(found: Sequence[Found], now: float | None = None) -> Table:
    """The same for what a search found, with the words around it."""
    return Table(
        ("", "chat", "when", "where"),
        tuple(
            (str(n), hit.chat.title, when(hit.chat.changed, now), " ".join(hit.snippet.split()))
            for n, hit in enumerate(found, 1)
        ),
    )


def answered_by(chat: ChatInfo) -> str:
    """Such as "tiny · mlx-docs ×1"."""
    if not chat.model:
        return ""
    adapters = label({adapter.name: adapter.scale for adapter in chat.adapters})
    return f"{chat.model} · {adapters}"


def when(moment: float, now: float | None = None) -> str:
    """A time as people say it: the hour today and yesterday, the day this year, else the date."""
    then = datetime.fromtimestamp(moment)
    today = datetime.fromtimestamp(time.time() if now is None else now)
    days = (today.date() - then.date()).days
    if days == 0:
        return f"today {then:%H:%M}"
    if days == 1:
        return f"yesterday {then:%H:%M}"
    if then.year == today.year:
        return f"{then.day} {then:%b}"
    return f"{then:%Y-%m-%d}"
