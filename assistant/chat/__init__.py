"""Conversations and the prompt library."""

from assistant.chat.conversation import Conversation, Exchange
from assistant.chat.prompts import Prompt, PromptLibrary
from assistant.chat.turn import Turn

__all__ = ["Conversation", "Exchange", "Prompt", "PromptLibrary", "Turn"]
