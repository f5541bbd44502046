"""Where a chat's keys and values go when it is left, and come from when it is opened again.

It refuses to know the files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.chat import ChatCaches, Made
from assistant.chat.caches import MEGABYTE
from assistant.commands.going_on import begun_of
from assistant.engine.types import Request

if TYPE_CHECKING:
    from assistant.commands.session import Session


def put_away(session: Session) -> None:
    """Keep what the engine holds of the conversation, under the adapters of its last answer."""
    conversation, settings = session.conversation, session.settings
    if not settings.save or settings.save_caches <= 0 or not session.is_open:
        return
    turns = [e for e in conversation.exchanges if e.answered is not None and not e.told]
    if not turns or turns[-1].asked is None or turns[-1].answered is None:
        return
    asked, answer = turns[-1].asked, turns[-1].answered
    made = answer.made or Made()
    loaded = {adapter.name for adapter in session.engine.adapters()}
    adapters = {name: scale for name, scale in made.scales.items() if name in loaded}
    messages = conversation.messages(
        made.system,
        asked.read,
        before=asked,
        thoughts=session.engine.info.keeps_thoughts,
    )
    _caches(session).save(
        session.engine,
        conversation.id,
        # By the answer's own tokens: its text might be read as others.
        Request(messages, adapters, begun=begun_of(answer)),
        settings.save_caches * MEGABYTE,
    )


def bring(session: Session) -> int:
    """Give the engine what was kept of the conversation; how many tokens it holds."""
    settings = session.settings
    if not settings.save or settings.save_caches <= 0 or not session.is_open:
        return 0
    return _caches(session).load(session.engine, session.conversation.id)


def _caches(session: Session) -> ChatCaches:
    return ChatCaches(session.places.caches_folder)
