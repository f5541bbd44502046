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
        lines += ["## System prompt", "", closed(info.system), ""]
    for message in spoken(conversation):
        lines += [f"## {message.who}", "", closed(message.text), ""]
        if message.details:
            lines += [f"*{message.details}*", ""]
    return "\n".join(lines)


def closed(text: str) -> str:
    """The text with an end for a code block that has none: a stopped answer would swallow what
    follows it."""
    # Only where a fence stands at all: most texts need no reader of Markdown.
    if "```" not in text and "~~~" not in text:
        return text
    from markdown_it import MarkdownIt

    last = MarkdownIt("commonmark").parse(f"{text}\n\n# Next\n")[-1]
    return f"{text}\n{last.markup}" if last.type == "fence" else text
