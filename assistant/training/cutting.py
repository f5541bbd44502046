"""Reading only the beginning of an answer: its first line names the call, which is what there is
to learn; the program after it follows from the call.

A chat that is cut has no end that anybody should learn. This module refuses to know tokens.
"""

from __future__ import annotations

Chat = list[dict[str, str]]


def is_short(chat: Chat) -> bool:
    """Whether a chat is one question about a call, with its answer."""
    return len(chat) < 4 and chat[-1]["content"].startswith("Use `")


def first_line(chat: Chat) -> Chat:
    """The chat with only the first line of its last message."""
    last = chat[-1]
    return [*chat[:-1], {**last, "content": last["content"].partition("\n")[0]}]
