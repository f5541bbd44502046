"""What there is to say once answers have ended. It refuses to know how they were made."""

from __future__ import annotations

from assistant.commands.blocks import Block, Notice
from assistant.compare import Comparison, label
from assistant.compare.comparison import is_numbered
from assistant.engine.types import EngineInfo


def about_model(info: EngineInfo) -> list[Block]:
    """What settings a model could not follow, and what those it follows cost."""
    return [Notice(remark, "warning") for remark in info.remarks]


def same_again() -> list[Block]:
    """A word to those who asked again and got the same."""
    return [
        Notice(
            "The same answer again. For another one: /set temperature 0.7, "
            "or other adapters, then /retry."
        )
    ]


def left_out(count: int) -> list[Block]:
    """A word about turns that the model no longer reads."""
    if not count:
        return []
    turns = "turn no longer fits" if count == 1 else f"{count} turns no longer fit"
    return [Notice(f"The oldest {turns} into the model's context; /new starts afresh.")]


def partings(comparison: Comparison) -> list[Block]:
    """A line for each adapted column: where it parts from the base, and with what."""
    blocks: list[Block] = []
    for row in range(1, len(comparison.columns)):
        if comparison.finishes[0] is None or comparison.finishes[row] is None:
            continue
        name = label(comparison.columns[row])
        parting = comparison.agreement(row)
        index = parting.first_difference
        rests = (parting.base_continues, parting.other_continues)
        ends = (comparison.finishes[0], comparison.finishes[row])
        stopped = [end is not None and end.reason == "cancelled" for end in ends]
        if any(cut and not rest for cut, rest in zip(stopped, rests, strict=True)):
            if parting.shared_text:  # where one was stopped is not where they part
                blocks.append(Notice(f"base and {name} say the same as far as they were said."))
            continue
        if parting.same:
            how = "token for token" if is_numbered(comparison.finishes[0]) else "word for word"
            blocks.append(Notice(f"base and {name} say the same, {how}.", "info"))
            continue
        left = _first_words(parting.base_continues)
        right = _first_words(parting.other_continues)
        shared = len(parting.shared_text)
        where = f"part at character {shared + 1}" if index is None else f"part at token {index + 1}"
        blocks.append(Notice(f"base and {name} {where}: {left} ▸ {right}", "info"))
    return blocks


def _first_words(text: str, enough: int = 6, most: int = 32) -> str:
    """What a text goes on with: its first word, or a few short ones; a word for its end.

    Shown as text, so the marks of Markdown around code are left out.
    """
    shown = ""
    for word in text.replace("`", "").split():
        shown = f"{shown} {word}".strip()
        if len(shown) >= enough:
            break
    if not shown:
        return "(the end)"
    shown = shown.rstrip(".,;:")
    return shown if len(shown) <= most else shown[: most - 1] + "…"
