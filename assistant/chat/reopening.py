"""A kept conversation as it was when it was left. It refuses to know who goes on with it."""

from __future__ import annotations

from assistant.chat.chats import ChatInfo
from assistant.chat.conversation import Conversation
from assistant.chat.store import Store
from assistant.errors import ChatNotFound


def reopen(store: Store, id: str, message: int | None = None) -> tuple[Conversation, ChatInfo]:
    """The conversation on the branch it was left on; with a message, on a branch that has it.

    Raises:
        ChatNotFound: there is no such conversation, or no such message in it.
        StoreError: it cannot be read.
    """
    info, entries = store.load(id)
    conversation = Conversation(
        entries, info.tip, id=info.id, title=info.title, created=info.created
    )
    if message is not None and conversation.find(message) is None:
        raise ChatNotFound(
            f"The chat {id!r} has no message {message}.",
            f"Without @{message} it opens where it was left.",
        )
    if message is not None and not conversation.is_on_path(message):
        conversation.go_through(message)
    return conversation, info
