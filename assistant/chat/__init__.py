"""Conversations, how they are kept, and the prompt library."""

from assistant.chat.caches import ChatCaches
from assistant.chat.chats import ChatInfo, Found
from assistant.chat.conversation import Conversation
from assistant.chat.entry import Cut, Entry, Made, UsedAdapter
from assistant.chat.exchange import Exchange, Exchanges
from assistant.chat.keeper import Keeper, Setup
from assistant.chat.prompts import Prompt, PromptLibrary, read_prompt
from assistant.chat.reopening import reopen
from assistant.chat.store import Store
from assistant.chat.turn import Turn

__all__ = [
    "ChatCaches",
    "ChatInfo",
    "Conversation",
    "Cut",
    "Entry",
    "Exchange",
    "Exchanges",
    "Found",
    "Keeper",
    "Made",
    "Prompt",
    "PromptLibrary",
    "Setup",
    "Store",
    "Turn",
    "UsedAdapter",
    "read_prompt",
    "reopen",
]
