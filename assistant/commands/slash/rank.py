"""/rank: the rank of a matrix, and why. Turns an Explanation into blocks.

It refuses to know how a rank is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.commands import blocks, ranking
from assistant.commands.blocks import Block, Fold, Notice, Preformatted
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.job import Calculation, awaited
from assistant.commands.session import Session
from assistant.errors import Stopped, UsageError
from assistant.paths import search_folders

if TYPE_CHECKING:
    from assistant.commands.ranking import Explained
    from assistant.rank.explanation import Part, Steps

_OPTION = re.compile(r"(?:^|(?<=\s))--(?P<name>[a-z]+)(?:=|[ \t]+)(?P<value>\S+)(?=\s|$)")
_QUOTED_UP_TO = 300  # characters of a matrix that the conversation repeats


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    text, options = _options(arguments.text)
    if not text:
        raise UsageError(
            "There is no matrix after /rank.",
            "Write one in brackets, [[1, 2], [3, 6]], or its rows, 1 2; 3 6",
        )
    job = _begin(session, text, options)
    try:
        explained = yield from awaited(job)
    except Stopped:
        yield Notice("Stopped before there was an answer.", "warning")
        return
    session.tell(_question(text), _facts(explained))
    yield from explanation_blocks(explained, simple=options.get("level") == "simple")
    if "svg" in options:
        yield Notice(f"The picture is in {ranking.draw(explained, options['svg'])}.", "good")


def _options(text: str) -> tuple[str, dict[str, str]]:
    """What is typed without its options, and those; no matrix has "--" in it."""
    found = {match["name"]: match["value"] for match in _OPTION.finditer(text)}
    unknown = found.keys() - {"tol", "rtol", "level", "svg"}
    if unknown:
        raise UsageError(
            f"There is no option --{min(unknown)}.", "There are --tol, --rtol, --level and --svg."
        )
    if found.get("level", "full") not in ("simple", "full"):
        raise UsageError(
            f"There is no level {found['level']}.", "Write --level simple or --level full."
        )
    return _OPTION.sub("", text).strip(), found


def _begin(session: Session, text: str, options: dict[str, str]) -> Calculation[Explained]:
    tol, rtol = (_number(name, options.get(name)) for name in ("tol", "rtol"))
    ranking.tolerances(tol, rtol)
    words = Arguments(text).words
    if words[0] != ranking.ADAPTER:
        return ranking.of_matrix(text, tol=tol, rtol=rtol)
    # The weights it changes, for comparison, when the model lies in a folder.
    path = session.engine.info.path if session.is_open else None
    base = path if path is not None and path.is_dir() else None
    loaded = session.engine.adapters() if session.is_open else []
    folder = next((a.path for a in loaded if words[1:2] == (a.name,)), None)
    return ranking.of_adapter(words[1:], session.places, base=base, folder=folder)


def _number(name: str, text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        raise UsageError(f"--{name} {text} is no number.", "Write one, such as 1e-6.") from None


def _question(text: str) -> str:
    """What the conversation shows as asked, so that the facts are the answer to something."""
    if text.startswith(f"{ranking.ADAPTER} "):
        return f"What rank do the changes of the {text} really have?"
    matrix = text if len(text) <= _QUOTED_UP_TO else "my matrix"
    return f"What is the rank of {matrix}, and why?"


def _facts(explained: Explained) -> str:
    from assistant.rank import to_facts

    return to_facts(explained)


def explanation_blocks(explanation: Explained, *, simple: bool = False) -> Iterator[Block]:
    """The answer and its reasons in sight, everything else folded; `simple` leaves out what is for
    those who know mathematics."""
    yield Notice(explanation.headline, "good")
    for reason in explanation.reasons:
        yield Notice(reason)
    if explanation.checks:
        yield Notice(" ".join(explanation.checks))
    for section in explanation.sections:
        if not simple or section.level == "simple":
            inside = [block for part in section.parts for block in _part(part)]
            yield Fold(section.title, tuple(inside))


def _part(part: Part) -> Iterator[Block]:
    from assistant.rank import explanation as rank

    if isinstance(part, rank.Prose):
        yield Notice(part.text)
    elif isinstance(part, rank.MatrixState):
        yield blocks.Matrix(part.rows, pivots=frozenset(part.pivots))
    elif isinstance(part, rank.Steps):
        yield from _steps(part)
    elif isinstance(part, rank.Bars):
        bars = tuple(blocks.Bar(bar.label, bar.value) for bar in part.items)
        yield blocks.Chart(bars, threshold=part.threshold)
    elif isinstance(part, rank.Picture):
        yield Preformatted("\n".join(part.lines), heard="It is drawn for those who see it.")
    elif isinstance(part, rank.Table):
        yield blocks.Table(part.head, part.rows)
    else:
        yield Notice(part.title)
        yield Preformatted(part.text, part.language)


def _steps(steps: Steps) -> Iterator[Block]:
    for number, step in enumerate(steps.items, 1):
        text = f"{number}. {step.text}"
        if step.state is None:
            yield Notice(text)
        else:
            yield blocks.Matrix(step.state.rows, text, frozenset(step.state.pivots))


def _choices(session: Session, arguments: Arguments) -> Iterator[Choice]:
    """Adapters after the word `adapter`."""
    words = arguments.text.split(" ")
    if len(words) == 2 and words[0] == "adapter":
        from assistant.lora import list_adapters

        for found in list_adapters(search_folders("adapters", session.places)):
            yield Choice(found.name)


COMMAND = Command(
    name="rank",
    summary="Find the rank of a matrix, and say why",
    forms=(
        Form("MATRIX", "explain the rank of a matrix; its rows may stand on lines"),
        Form("FILE", "explain the matrix in a .npy, .npz, .safetensors, .csv, .tsv or .txt file"),
        Form("adapter NAME [MODULE]", "say what rank an adapter's changes really have"),
        Form("… --tol X", "count singular values above X; --rtol X: above X times the largest"),
        Form("… --level simple", "leave out what is for those who know mathematics"),
        Form("… --svg FILE", "draw the arrows and the singular values into a file as well"),
    ),
    run=run,
    needs="nothing",
    complete=_choices,
    examples=("/rank [[1, 2], [3, 6]]", "/rank 1 2; 3 4", "/rank np.array([[1, 0], [0, 1]])"),
    details=(
        "A matrix can be typed as nested lists, as rows with semicolons or line breaks between "
        "them, or as NumPy, PyTorch or MLX code. Whole numbers and fractions are reckoned with "
        "exactly. No model is needed for it; afterwards the model knows the answer and can be "
        "asked about it. Esc or Ctrl-C stops a matrix that takes long."
    ),
)
