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
    after: int | None
    """The message it answers, or goes on from."""
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
        return Row(entry.id, entry.parent, lines, "you", text, here)
    adapters = entry.made.scales if entry.made else {}
    who = "assistant" if entry.told else label(adapters)
    said = text or "(nothing said)"
    return Row(entry.id, entry.parent, lines, who, said, here, bool(adapters))


def as_text(many: list[Row]) -> str:
    """The rows as numbered lines."""
    digits = len(str(len(many)))
    return "\n".join(
        f"{number:>{digits}} {'●' if row.here else '○'} {row.lines}{row.who}: {row.text}"
        for number, row in enumerate(many, 1)
    )


def as_heard(many: list[Row]) -> str:
    """The same in words: on which branch each is, and where another branch begins."""
    numbers = {row.message: number for number, row in enumerate(many, 1)}
    lines = []
    for number, row in enumerate(many, 1):
        where = "" if row.here else ", on another branch"
        after = numbers.get(row.after or 0, 0)
        if after != number - 1:
            where += f", after {after}" if after else ", at the beginning"
        lines.append(f"{number}{where}, {row.who}: {row.text}")
    return "\n".join(lines)
