"""All branches of a conversation as rows that stand below each other.

The branch one is on goes straight down; what branches off stands indented before it goes on:

    ● you    How do I sort?
    ├ tiny   With sorted().
    │ you    And in place?
    ● tiny   Use mx.sort.

It refuses to know what rows are drawn with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.chat import Conversation, Entry
from assistant.compare import label


@dataclass(frozen=True)
class Row:
    """One message."""

    message: int
    lines: str
    """Signs of the branches it stands between."""
    who: str
    text: str
    here: bool
    """Whether it is on the branch one is on."""
    adapted: bool = False


def rows(conversation: Conversation) -> list[Row]:
    """Every message that was said, the program's own left out of who asks and answers."""
    return list(_rows(conversation))


def _rows(conversation: Conversation) -> Iterator[Row]:
    children: dict[int | None, list[Entry]] = {}
    for entry in conversation.entries:
        children.setdefault(entry.parent, []).append(entry)
    path = {entry.id for entry in conversation.path}
    # A chat may be thousands of messages deep, so no recursion.
    waiting = _below(children.get(None, []), "", path)
    while waiting:
        entry, first, others = waiting.pop()
        yield _row(entry, first, entry.id in path)
        waiting += _below(children.get(entry.id, []), others, path)


def _below(children: list[Entry], lines: str, path: set[int]) -> list[tuple[Entry, str, str]]:
    """Those that follow one message, in the order they are taken from the end: each with the signs
    before it, and before what follows it."""
    if not children:
        return []
    main = next((child for child in children if child.id in path), children[-1])
    aside = [(c, f"{lines}├ ", f"{lines}│ ") for c in reversed(children) if c is not main]
    return [(main, lines, lines), *aside]


def _row(entry: Entry, lines: str, here: bool) -> Row:
    text = " ".join(entry.text.split())
    if entry.role == "user":
        return Row(entry.id, lines, "you", text, here)
    adapters = entry.made.scales if entry.made else {}
    who = "assistant" if entry.told else label(adapters)
    return Row(entry.id, lines, who, text or "(nothing said)", here, bool(adapters))


def as_text(many: list[Row], width: int = 100) -> str:
    """The rows as numbered lines."""
    digits = len(str(len(many)))
    return "\n".join(
        f"{number:>{digits}} {'●' if row.here else '○'} {row.lines}{row.who}: {row.text}"[:width]
        for number, row in enumerate(many, 1)
    )
