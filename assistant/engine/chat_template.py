"""From messages to the tokens a model reads, through the model's own chat template.

It refuses to know what is done with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.engine.thinking import thinking_tokens
from assistant.engine.types import Message
from assistant.errors import EngineError
from assistant.plain_text import whole

_MARK = "a thought of before"


def encode_messages(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """The prompt's tokens, ending where the model's answer begins.

    A model without a chat template reads the texts one after the other. A template that takes no
    system message gets it as the beginning of the first question.
    """
    if not messages:
        raise EngineError("There is nothing to answer.", "Type a question.")
    messages = [{**message, "content": whole(message["content"])} for message in messages]
    if not getattr(tokenizer, "has_chat_template", False):
        text = "\n\n".join(message["content"] for message in messages)
        return list(tokenizer.encode(text)) or [start_token(tokenizer)]
    special = [token for token in special_tokens(tokenizer).values() if len(token) > 1]
    messages = [_as_data(message, special) for message in messages]
    # Imported here: jinja2 is the template engine of transformers and comes with it.
    from jinja2 import TemplateError

    try:
        return _apply(tokenizer, messages)
    except TemplateError as first:
        if messages[0]["role"] == "system" and len(messages) > 1:
            try:
                return _apply(tokenizer, _fold_system(messages))
            except TemplateError:
                pass
        raise EngineError(f"The model's chat template refuses this chat: {first}.") from None


def keeps_thoughts(tokenizer: Any) -> bool:
    """Whether the chat template shows the model what it thought in turns of before: it is asked,
    as most templates that know such thoughts leave them out once the next question comes."""
    if not getattr(tokenizer, "has_chat_template", False):
        return False
    from jinja2 import TemplateError

    turns: list[Message] = [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "two", "reasoning_content": _MARK},
        {"role": "user", "content": "three"},
    ]
    try:
        text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except (TemplateError, TypeError, ValueError):  # templates are other people's programs
        return False
    return _MARK in str(text)


def opening_tokens(tokenizer: Any) -> list[int]:
    """What the template writes after the last message for the answer to begin; the next turn may
    begin it otherwise, such as without a thought."""
    if not getattr(tokenizer, "has_chat_template", False):
        return []
    from jinja2 import TemplateError

    turns: list[Message] = [{"role": "user", "content": "one"}]
    try:
        opened = _apply(tokenizer, turns)
        closed = list(tokenizer.apply_chat_template(turns, tokenize=True))
    except (TemplateError, TypeError, ValueError):
        return []
    return opened[len(closed) :] if opened[: len(closed)] == closed else []


def special_tokens(tokenizer: Any) -> dict[int, str]:
    """The tokens that steer a model instead of being text: turns, ends, padding."""
    added = getattr(tokenizer, "added_tokens_decoder", {})
    return {number: token.content for number, token in added.items() if token.special}


def silent_tokens(tokenizer: Any) -> frozenset[int]:
    """The tokens of an answer that are not shown; tags of thinking are, to be told apart later."""
    return frozenset(special_tokens(tokenizer)) - thinking_tokens(tokenizer)


def _as_data(message: Message, special: Sequence[str]) -> Message:
    """The message with the special tokens in its text broken, so that they stay text.

    Otherwise a pasted "<|assistant|>" would begin a turn. What the model said itself is its own.
    """
    content = message["content"]
    if message["role"] != "assistant":
        for token in special:
            content = content.replace(token, f"{token[0]} {token[1:]}")
    plain: Message = {"role": message["role"], "content": content}
    if thought := message.get("reasoning_content"):
        plain["reasoning_content"] = thought
    return plain


def _apply(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    return list(
        tokenizer.apply_chat_template(list(messages), tokenize=True, add_generation_prompt=True)
    )


def _fold_system(messages: Sequence[Message]) -> list[Message]:
    system, first, *rest = messages
    joined = f"{system['content']}\n\n{first['content']}"
    return [{"role": first["role"], "content": joined}, *rest]


def start_token(tokenizer: Any) -> int:
    """The token a text begins after: the model's own, else an end of turn, else its first."""
    start = getattr(tokenizer, "bos_token_id", None)
    return int(start if start is not None else min(tokenizer.eos_token_ids, default=0))
