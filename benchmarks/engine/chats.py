"""Turn two of a long chat: how many tokens of the prompt are processed, and how many are new.

Random weights say tokens that their own text is not read back as; from the first of those on, the
answer is processed again, and more than the new tokens with it.
"""

from __future__ import annotations

from assistant.engine import Engine, Finish, Message, Request, Sampling

SHORT = Sampling(max_tokens=8)


def ask(engine: Engine, messages: list[Message], adapters: dict[str, float]) -> Finish:
    for event in engine.generate([Request(messages, adapters, SHORT)]):
        if event.finish is not None:
            return event.finish
    raise RuntimeError("no end came")


def print_turns(engine: Engine, tokens: int) -> None:
    """Turn one under everything, then turn two of each, the others having been in between."""
    names = [adapter.name for adapter in engine.adapters()]
    variants: list[dict[str, float]] = [{}, *({name: 1.0} for name in names)]
    text = ""
    while engine.count_tokens(Request([{"role": "user", "content": text}])) < tokens:
        text += f" the sum of row {len(text)} and the mean of its columns"
    first: list[Message] = [{"role": "user", "content": text}]
    ones = [ask(engine, first, adapters) for adapters in variants]
    print("| turn 2 of a chat | prompt tokens | new | processed |\n|---|---|---|---|")
    for adapters, one in zip(variants, ones, strict=True):
        second: list[Message] = [
            *first,
            {"role": "assistant", "content": one.text},
            {"role": "user", "content": "and of its rows?"},
        ]
        two = ask(engine, second, adapters)
        # What turn one read and said is not new; the last token said was never read.
        known = one.usage.prompt_tokens + one.usage.completion_tokens
        processed = two.usage.prompt_tokens - two.usage.cached_tokens
        print(
            f"| {next(iter(adapters), 'base')} | {two.usage.prompt_tokens} "
            f"| {two.usage.prompt_tokens - known} | {processed} |"
        )
    print(flush=True)
