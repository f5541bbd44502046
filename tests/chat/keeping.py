"""Conversations for the tests of keeping them, and a look at the file from outside."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from assistant.chat import ChatInfo, Conversation, Store
from assistant.chat.chats import ChatInfo as Info


def info_of(conversation: Conversation) -> ChatInfo:
    return Info(
        id=conversation.id,
        title=conversation.title,
        created=conversation.created,
        changed=conversation.created,
        tip=conversation.tip,
    )


def talk(*texts: str) -> Conversation:
    """A conversation of questions and answers in turn."""
    conversation = Conversation()
    for number, text in enumerate(texts):
        if number % 2:
            conversation.answer(text)
        else:
            conversation.ask(text)
    return conversation


def keep(store: Store, conversation: Conversation) -> Conversation:
    store.put(info_of(conversation), conversation.entries)
    return conversation


def rows(file: Path, query: str) -> list[Any]:
    """What another program sees in the file."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
