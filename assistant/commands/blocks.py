"""What a command yields: blocks of content, which each front end draws in its own way.

Every text in a block is data: a front end must never read it as markup or pass on its control
characters. Markdown is the one exception, and only in `Markdown` and in the text of answers.
This module refuses to know any screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from assistant.engine.protocol import Generation
from assistant.errors import AssistantError

Tone: TypeAlias = Literal["info", "good", "warning"]


@dataclass(frozen=True)
class Markdown:
    text: str


@dataclass(frozen=True)
class Preformatted:
    """Lines to be kept as they are, in a fixed-width face: pictures, steps, code."""

    text: str
    language: str = ""
    heard: str | None = None
    """What is read aloud instead of a text that is drawn with signs."""
    cuts: bool = False
    """Whether a line may be cut where the screen ends."""


@dataclass(frozen=True)
class Notice:
    """One sentence about what just happened."""

    text: str
    tone: Tone = "info"


@dataclass(frozen=True)
class Problem:
    """One sentence saying what is wrong, and one saying what to do."""

    message: str
    hint: str = ""
    kind: str = "error"

    @classmethod
    def of(cls, error: AssistantError) -> Problem:
        return cls(error.message, error.hint, error.kind)


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    accent: int | None = None
    """The column that holds adapter names, drawn in the adapter's colour."""


@dataclass(frozen=True)
class Matrix:
    """A grid of numbers as written; `pivots` are (row, column) pairs from 0 to be marked."""

    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    pivots: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Bar:
    label: str
    value: float


@dataclass(frozen=True)
class Chart:
    """Horizontal bars of values from 0 up; those at or below the threshold are drawn faint."""

    bars: tuple[Bar, ...]
    caption: str = ""
    threshold: float | None = None


@dataclass(frozen=True)
class Fold:
    """Blocks under a title that opens and closes; closed at first unless `open`."""

    title: str
    blocks: tuple[Block, ...]
    open: bool = False


@dataclass(frozen=True)
class Column:
    """One of the answers that stream side by side."""

    title: str
    adapters: Mapping[str, float] = field(default_factory=dict)
    """Empty for the base model; the front ends give the others the adapter's colour."""


class Job(Protocol):
    """Something under way in a thread of its own."""

    def __iter__(self) -> Iterator[str]:
        """What is being done, every fraction of a second until it has ended."""
        ...

    def cancel(self) -> None:
        """End it; from any thread."""
        ...

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; None when that cannot be known."""
        ...


@dataclass(frozen=True)
class Shade:
    """One token of an answer and what the adapter did to it."""

    text: str
    shift: float
    """log p(adapted) − log p(base): above 0 where the adapter makes it likelier."""
    kl: float
    """KL(adapted ‖ base) of the whole distribution at its place, in nats."""


@dataclass(frozen=True)
class Marked:
    """A column of answers with what can be marked in it."""

    column: Column
    """Who it is; for a blind comparison the answers did not say."""
    words: tuple[tuple[str, bool], ...] = ()
    """Its text in stretches, each with whether it is the same in the answer beside it."""
    shades: tuple[Shade, ...] = ()


@dataclass(frozen=True)
class Marks:
    """Marks for the answers that were shown last, a column each, in the order they stand in.

    A front end with a screen puts them into the columns when asked; one without has the same in
    the blocks that come with them.
    """

    columns: tuple[Marked, ...]


def _nothing() -> Sequence[Block]:
    return ()


@dataclass(frozen=True)
class Answers:
    """Live: answers that stream, one column for each row of `generation`.

    The front end iterates `generation` outside its drawing thread, and cancels it on Esc.
    `after` gives what there is to say once every row has ended.
    """

    question: str
    columns: tuple[Column, ...]
    generation: Generation
    after: Callable[[], Sequence[Block]] = _nothing
    goes_on: bool = False
    """The one column is the answer that was shown last, made longer; its first event, which has no
    token, has the text of before."""
    messages: tuple[int, int] | None = None
    """The question and its answer in the conversation, where they are part of it."""


@dataclass(frozen=True)
class Working:
    """Live: something that takes its time, with nothing to show until it has ended.

    The front end iterates `job` outside its drawing thread for how far it is, and cancels it on
    Esc or Ctrl-C. What came of it follows as blocks of its own.
    """

    job: Job


@dataclass(frozen=True)
class Panel:
    """Something to choose from. A front end with a screen opens its panel for it; one without
    draws `instead`."""

    name: Literal["adapters", "models"]
    instead: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A question of a conversation that is shown again."""

    text: str
    message: int | None = None
    """Which message it is, for those who go on from it."""


@dataclass(frozen=True)
class Answered:
    """An answer of before, as it looked once it had ended."""

    column: Column
    text: str
    remark: str = ""
    """How it ended, when that was not by itself."""
    thought: str = ""
    """What the model thought aloud before it; shown only to those who ask."""
    message: int | None = None


@dataclass(frozen=True)
class Earlier:
    """What was said before what is shown, oldest first. There may be thousands: a front end draws
    the last of them, and more, when the person asks for them."""

    blocks: Sequence[Block]


@dataclass(frozen=True)
class Pick:
    """Something to choose from. A front end with a screen opens its picker; one without writes the
    blocks."""

    what: Literal["chats", "branches"]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Spot:
    """The message of the chat that is shown that somebody came for. A front end that can scroll
    brings it into view; one that cannot writes the blocks, unless they were among the last."""

    message: int
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A text to go on with: it is put where the person types."""

    text: str
    edited: bool = False
    """It is what stood there, edited; else that is kept, and comes back with Up."""


@dataclass(frozen=True)
class Edit:
    """A file to open in the person's editor. The front end gives it the terminal (`editor.edit`),
    waits, and shows what `after` says."""

    file: Path
    after: Callable[[], Iterable[Block]]


@dataclass(frozen=True)
class Clip:
    """A text for the clipboard; the front end says what became of it."""

    text: str
    what: str
    """Such as "the answer"."""


@dataclass(frozen=True)
class Effect:
    """Something only a front end can do."""

    name: Literal["quit", "clear", "status", "theme"]
    """"clear" empties the transcript; "status" says that model or adapters have changed."""


Block: TypeAlias = (
    Markdown
    | Preformatted
    | Notice
    | Problem
    | Table
    | Matrix
    | Chart
    | Fold
    | Answers
    | Working
    | Marks
    | Panel
    | Asked
    | Answered
    | Earlier
    | Pick
    | Spot
    | Draft
    | Edit
    | Clip
    | Effect
)
