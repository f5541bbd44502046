"""Messages and conversations as rows of their tables, and back.

Any text comes back as it was, halves of characters and NULs included. What a newer version wrote
into the JSON and this one does not know is left out. It refuses to know queries.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any, TypeVar

from assistant.chat.chats import ChatInfo
from assistant.chat.entry import Cut, Entry, Made, UsedAdapter
from assistant.chat.kept import Kept
from assistant.engine.types import Finish, Sampling, Timing, Usage

Value = TypeVar("Value")

MESSAGE = (
    "id, parent, role, text, sent, told, created, model, adapters, sampling, seed, system, prompt, "
    "finish_reason, tokens, usage, timing, more"
)
CHAT = ", ".join(
    f"chat.{name}"
    for name in (
        "id",
        "title",
        "created",
        "changed",
        "tip",
        "model",
        "adapters",
        "system",
        "prompt",
    )
)


def put_text(text: str) -> str | bytes:
    """A text as SQLite takes it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def get_text(value: str | bytes | None) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogatepass")
    return value or ""


def message_row(entry: Entry) -> tuple[Any, ...]:
    """In the order of MESSAGE."""
    made, finish = entry.made, entry.finish
    more = _more(entry)
    return (
        entry.id,
        entry.parent,
        entry.role,
        put_text(entry.text),
        None if entry.sent is None else put_text(entry.sent),
        entry.told,
        entry.created,
        made and made.model,
        made and _adapters_json(made.adapters),
        made and json.dumps(asdict(made.sampling)),
        finish and finish.seed,
        made and put_text(made.system),
        made and made.prompt,
        finish and finish.reason,
        finish and json.dumps(finish.tokens),
        finish and json.dumps(asdict(finish.usage)),
        finish and json.dumps(asdict(finish.timing)),
        json.dumps(more) if more else None,
    )


def entry_of(row: sqlite3.Row) -> Entry:
    sent = row["sent"]
    try:
        made = _made(row) if row["role"] == "assistant" and row["sampling"] else None
        finish = _finish(row) if row["finish_reason"] else None
        cuts = _cuts(row["more"])
    except (ValueError, TypeError, KeyError, AttributeError):
        # Someone else wrote into the file: what was said is worth more than how it was made.
        made, finish, cuts = None, None, ()
    return Entry(
        id=row["id"],
        parent=row["parent"],
        role=row["role"],
        text=get_text(row["text"]),
        created=row["created"],
        sent=None if sent is None else get_text(sent),
        told=bool(row["told"]),
        made=made,
        finish=finish,
        cuts=cuts,
    )


def kept_of(row: sqlite3.Row) -> Kept:
    """A message that is made of its row when it is looked at."""
    return Kept(row["id"], row["parent"], row["role"], bool(row["told"]), row, entry_of)


def chat_of(row: sqlite3.Row, questions: int = 0) -> ChatInfo:
    return ChatInfo(
        id=row["id"],
        title=get_text(row["title"]),
        created=row["created"],
        changed=row["changed"],
        tip=row["tip"],
        questions=questions,
        model=row["model"],
        adapters=_adapters(row["adapters"]),
        system=get_text(row["system"]),
        prompt=json.loads(row["prompt"]),
    )


def chat_row(chat: ChatInfo) -> tuple[Any, ...]:
    """In the order of CHAT."""
    return (
        chat.id,
        put_text(chat.title),
        chat.created,
        chat.changed,
        chat.tip,
        chat.model,
        _adapters_json(chat.adapters),
        put_text(chat.system),
        json.dumps(dict(chat.prompt)),
    )


def _more(entry: Entry) -> dict[str, Any]:
    """What the engine says of an ending beyond the columns there are, and the ends of before."""
    columns = {"reason", "text", "tokens", "usage", "timing", "seed"}
    finish = entry.finish
    names = [f.name for f in fields(Finish) if f.name not in columns] if finish else []
    more = {name: getattr(finish, name) for name in names}
    return {**more, "cuts": [asdict(cut) for cut in entry.cuts]} if entry.cuts else more


def _cuts(more: str | None) -> tuple[Cut, ...]:
    found = json.loads(more).get("cuts", ()) if more else ()
    return tuple(
        _known(
            Cut,
            {
                **cut,
                "usage": _known(Usage, cut["usage"]) if cut.get("usage") else None,
                "timing": _known(Timing, cut["timing"]) if cut.get("timing") else None,
            },
        )
        for cut in found
    )


def _made(row: sqlite3.Row) -> Made:
    return Made(
        model=row["model"] or "",
        adapters=_adapters(row["adapters"]),
        sampling=_sampling(row["sampling"]),
        system=get_text(row["system"]),
        prompt=row["prompt"] or "",
    )


def _finish(row: sqlite3.Row) -> Finish:
    more = json.loads(row["more"]) if row["more"] else {}
    return _known(
        Finish,
        {
            **more,
            "reason": row["finish_reason"],
            "text": get_text(row["text"]),
            "tokens": tuple(json.loads(row["tokens"])),
            "usage": _known(Usage, json.loads(row["usage"])),
            "timing": _known(Timing, json.loads(row["timing"])),
            "seed": row["seed"],
        },
    )


def _known(kind: type[Value], values: Mapping[str, Any]) -> Value:
    names = _names(kind)  # type: ignore[arg-type]  # a class is hashable
    return kind(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if name in names
        }
    )


@lru_cache(maxsize=16)
def _names(kind: type[Any]) -> frozenset[str]:
    return frozenset(f.name for f in fields(kind))


def _adapters_json(adapters: tuple[UsedAdapter, ...]) -> str:
    return json.dumps([asdict(adapter) for adapter in adapters])


# Answers of one chat are mostly made alike: what is the same is read once.
@lru_cache(maxsize=256)
def _sampling(text: str) -> Sampling:
    return _known(Sampling, json.loads(text))


@lru_cache(maxsize=256)
def _adapters(text: str | None) -> tuple[UsedAdapter, ...]:
    return tuple(_known(UsedAdapter, adapter) for adapter in json.loads(text or "[]"))
