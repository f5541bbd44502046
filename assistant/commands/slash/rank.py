"""/rank: the rank of a matrix, and why. Turns an Explanation into blocks.

It refuses to know how a rank is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.commands import blocks
from assistant.commands.blocks import Block, Fold, Notice, Preformatted
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session
from assistant.errors import UsageError
from assistant.paths import search_folders

if TYPE_CHECKING:
    from assistant.rank import AdapterExplanation
    from assistant.rank.explanation import Explanation, Part, Steps


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.text:
        raise UsageError(
            "There is no matrix after /rank.",
            "Write one in brackets, [[1, 2], [3, 6]], or its rows, 1 2; 3 6",
        )
    if arguments.words[0] == "adapter":
        yield from _adapter(session, arguments.words[1:])
        return
    from assistant.rank import explain, explain_file, looks_like_file

    of_text = explain_file if looks_like_file(arguments.text) else explain
    yield from explanation_blocks(of_text(arguments.text))


def _adapter(session: Session, words: Sequence[str]) -> Iterator[Block]:
    """The ranks that an adapter's changes really have, all of them or those of one module."""
    if not 1 <= len(words) <= 2:
        raise UsageError("Name an adapter, and a module if you like.", "/rank adapter mlx-docs")
    from assistant.lora import find_adapter
    from assistant.rank import explain_adapter

    folder = find_adapter(words[0], search_folders("adapters", session.places))
    # The weights it changes, for comparison, when the model lies in a folder.
    base = session.engine.info.path if session.is_open else None
    explained = explain_adapter(
        folder,
        module=words[1] if len(words) == 2 else "",
        base=base if base is not None and base.is_dir() else None,
    )
    yield from explanation_blocks(explained)


def explanation_blocks(explanation: Explanation | AdapterExplanation) -> Iterator[Block]:
    """The answer and its reasons in sight, everything else folded."""
    yield Notice(explanation.headline, "good")
    for reason in explanation.reasons:
        yield Notice(reason)
    if explanation.checks:
        yield Notice(" ".join(explanation.checks))
    for section in explanation.sections:
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
        yield Preformatted("\n".join(part.lines))
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


COMMAND = Command(
    name="rank",
    summary="Find the rank of a matrix, and say why",
    forms=(
        Form("MATRIX", "explain the rank of a matrix; its rows may stand on lines"),
        Form("FILE", "explain the matrix in a .npy, .npz, .safetensors, .csv, .tsv or .txt file"),
        Form("adapter NAME [MODULE]", "say what rank an adapter's changes really have"),
    ),
    run=run,
    examples=("/rank [[1, 2], [3, 6]]", "/rank 1 2; 3 4", "/rank np.array([[1, 0], [0, 1]])"),
    details=(
        "A matrix can be typed as nested lists, as rows with semicolons or line breaks between "
        "them, or as NumPy, PyTorch or MLX code. Whole numbers and fractions are reckoned with "
        "exactly. No model is needed for it."
    ),
)
