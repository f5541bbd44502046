"""A conversation as JSON: every branch, and everything that an answer was made with.

It refuses to know other formats.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from assistant.chat.chats import ChatInfo
from assistant.chat.conversation import Conversation

FORMAT = "assistant-chat"
VERSION = 1


def to_dict(conversation: Conversation, info: ChatInfo) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        **asdict(info),
        "tip": conversation.tip,
        "messages": [asdict(entry) for entry in conversation.entries],
    }


def to_json(conversation: Conversation, info: ChatInfo) -> str:
    # In ASCII: any text survives any reader, halves of characters too.
    return json.dumps(to_dict(conversation, info), indent=1) + "\n"
