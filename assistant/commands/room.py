"""Room for an answer in the model's context: the oldest exchanges make it.

It refuses to know what is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from assistant.chat import Conversation
from assistant.engine.protocol import Engine
from assistant.engine.types import Request
from assistant.errors import NotOnServer


def make_room(
    engine: Engine,
    conversation: Conversation,
    request: Callable[[], Request],
    full: float = 0.75,
    counted: Callable[[int], None] = lambda tokens: None,
) -> int:
    """Leave the oldest exchanges out once the chat fills the context; how many, by this call.

    A quarter of the context is kept for the answer. When that is gone, the chat shrinks to half of
    it at once, so that the model's prompt cache serves the turns that follow. `counted` is told the
    tokens of the prompt, the last time of what stays.
    """
    context = engine.info.context_length

    def fills(share: float) -> bool:
        tokens = engine.count_tokens(request())
        counted(tokens)
        return tokens > context * share

    whole = request()
    first = [message for message in whole.messages[:1] if message["role"] == "system"]
    alone = replace(whole, messages=[*first, whole.messages[-1]])
    with suppress(NotOnServer):  # of a server, the answer will say whether it fits
        # One question alone has nothing before it, and may be too long to be read twice.
        if fills(full) and alone != whole and engine.count_tokens(alone) < context:
            count = conversation.leave_out(lambda: not fills(0.5), lambda: not fills(full))
            counted(engine.count_tokens(request()))  # the last one tried need not be the one taken
            return count
    return 0  # it fits as it is, or would not even by itself
