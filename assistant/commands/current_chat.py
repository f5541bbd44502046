"""The conversation one is in: begun, opened again, written down, left.

It refuses to know how it is stored and how its answers come.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

from assistant.chat import ChatInfo, Conversation, Entry, Keeper, Prompt, Setup, Store, reopen
from assistant.commands import leaving

if TYPE_CHECKING:
    from assistant.commands.session import Session


class CurrentChat:
    """One conversation at a time of a session, whose system prompt and prompt come with it."""

    def __init__(self, session: Session, store: Store) -> None:
        self._session = session
        self._store = store
        self.conversation = Conversation()
        self.keeper = Keeper(store, lambda: session.settings.save)
        self.read_before = 0
        """Tokens of the opened chat that the engine need not read again."""
        self._put_away: tuple[Entry, ...] = ()
        """The end of the chat as it was when its keys and values were last kept."""

    def begin(self) -> None:
        """Leave this one, and begin another."""
        self.leave()
        self.conversation = Conversation()

    def open(self, id: str, message: int | None = None) -> ChatInfo:
        """Leave this one, and go on with a kept one; with a message, on the branch that has it.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        self.leave()
        conversation, info = reopen(self._store, id, message)
        self.conversation = conversation
        self.keeper.opened(conversation)
        session = self._session
        session.prompt = Prompt.of(info.prompt) if info.prompt else None
        session.system = info.system
        self.read_before = leaving.bring(session)
        self._put_away = tuple(islice(conversation.newest_first, 1))
        return info

    def leave(self) -> None:
        """What the engine holds of this chat stays for another day, if the settings say so."""
        last = tuple(islice(self.conversation.newest_first, 1))
        # Not twice: the end of the program may come from two threads.
        if last != self._put_away:
            self._put_away = last
            leaving.put_away(self._session)

    def keep(self) -> None:
        """Have the conversation written down as it is now."""
        self.keeper.write(self.conversation, self._setup())

    @property
    def info(self) -> ChatInfo:
        """This conversation as a list would show it."""
        conversation, setup = self.conversation, self._setup()
        return ChatInfo(
            conversation.id,
            conversation.title,
            conversation.created,
            time.time(),
            conversation.tip,
            len(conversation.question_ids),
            setup.model,
            setup.adapters,
            setup.system,
            setup.prompt,
        )

    def _setup(self) -> Setup:
        session = self._session
        running = session.lineup.info
        prompt = session.prompt.to_dict() if session.prompt else {}
        model = running.model if running else ""
        return Setup(model, session.lineup.used, session.system, prompt)
