"""A conversation as Markdown: headings for who speaks, texts as they are.

It refuses to know other formats.
"""

from __future__ import annotations

from datetime import datetime

from assistant.chat.chats import ChatInfo
from assistant.chat.conversation import Conversation
from assistant.chat.export.spoken import spoken


def to_markdown(conversation: Conversation, info: ChatInfo) -> str:
    title = " ".join(info.title.split()) or "A chat"
    lines = [f"# {title}", "", f"{datetime.fromtimestamp(info.created):%Y-%m-%d %H:%M}", ""]
    if info.system:
        lines += ["## System prompt", "", info.system, ""]
    for message in spoken(conversation):
        lines += [f"## {message.who}", "", message.text, ""]
        if message.details:
            lines += [f"*{message.details}*", ""]
    return "\n".join(lines)
