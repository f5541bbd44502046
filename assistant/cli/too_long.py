"""What to do about a text that is too long, on a command line: there, nothing is called /new.

It refuses to know how long is too long.
"""

from __future__ import annotations

from assistant.errors import AssistantError, PromptTooLong


def on_command_line(error: AssistantError, *, in_chat: bool = False) -> AssistantError:
    """The same error with a way on that a command line has; `in_chat`, one went before."""
    if not isinstance(error, PromptTooLong):
        return error
    anew = ", or without -c and --chat" if in_chat else ""
    return PromptTooLong(error.message, f"Ask with a shorter text{anew}.")
