"""A conversation as Markdown: headings for who speaks, texts as they are, and each ended.

It refuses to know other formats.
"""

from __future__ import annotations

from datetime import datetime

from assistant.chat.chats import ChatInfo
from assistant.chat.conversation import Conversation
from assistant.chat.export.closing import closed, left_open
from assistant.chat.export.spoken import spoken


def to_markdown(conversation: Conversation, info: ChatInfo) -> str:
    title = _heading(info.title) or "A chat"
    lines = [f"# {title}", "", f"{datetime.fromtimestamp(info.created):%Y-%m-%d %H:%M}", ""]
    if info.system:
        lines += ["## System prompt", "", closed(info.system), ""]
    for message in spoken(conversation):
        lines += [f"## {_heading(message.who)}", "", closed(message.text), ""]
        if message.details:
            lines += [f"*{message.details}*", ""]
    return "\n".join(lines)


def _heading(text: str) -> str:
    """On one line, and with no element of HTML that goes on over the rest."""
    line = " ".join(text.split())
    return line.replace("<", "\\<") if "<" in line and left_open(line) != [] else line
