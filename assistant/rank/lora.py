"""What a rank means for LoRA: a product of two thin matrices, and how much of a matrix it keeps.

The best approximation of rank r keeps the r largest singular values (Eckart and Young, 1936), so
its share of the energy is Σ σ² of those over all. This module refuses to know adapter files.
"""

from __future__ import annotations

from .decide import Finding
from .explanation import Part, Picture, Prose, Section, Table
from .values import Matrix
from .words import Writer

_FACTORS_UP_TO = 6  # rows and columns of a product that is written out


def meaning(found: Finding) -> Section | None:
    """The rank as the width of a LoRA adapter, with the factors when they are small."""
    if found.axes < 2 or not found.rows or not found.columns:
        return None
    rows, columns, rank = found.rows, found.columns, found.rank
    intro = (
        "A LoRA adapter does not store its change to a weight matrix. It stores two thin matrices,"
        " m × r and r × n, whose product is the change, so the change has rank r at most."
    )
    if not rank:
        text = (
            f"{intro} Before training one of the two is all zeros, and so is the product: rank 0,"
            " just like this matrix."
        )
        return Section("What this has to do with LoRA", "simple", (Prose(text),))
    fit = "nothing thinner than" if rank == min(found.shape) else "it fits exactly into"
    if found.method == "numerical" and rank < min(found.shape):
        fit = "within the tolerance it fits into"
    whole = " holds all of it" if rank == min(found.shape) else ""
    parts: list[Part] = [Prose(f"{intro} This matrix has rank {rank}: {fit} r = {rank}{whole}.")]
    product = _product(found)
    if product is not None:
        parts.append(product)
    thin, dense = rank * (rows + columns), rows * columns
    saved = "" if thin < dense else ", nothing gained at this size"
    parts.append(
        Prose(
            f"Numbers to store: r·(m + n) = {rank}·({rows} + {columns}) = {thin:,} instead of"
            f" m·n = {dense:,}{saved}. For a 4,096 × 4,096 weight and r = 8 it is 65,536 instead of"
            " 16,777,216."
        )
    )
    return Section("What this has to do with LoRA", "simple", tuple(parts))


def approximation(found: Finding) -> Section | None:
    """For each r: how many numbers, and how much of the matrix they keep."""
    seen = found.numeric
    if found.axes < 2 or seen is None or seen.rank < 2 or found.rank < 2:
        return None
    squares = [(value / seen.singular_values[0]) ** 2 for value in seen.singular_values]
    total = sum(squares)
    ranks = _worth_showing(seen.rank)
    rows = tuple(
        (
            str(rank),
            f"{rank * (found.rows + found.columns):,}",
            _percent(sum(squares[:rank]) / total, rank >= seen.rank),
        )
        for rank in ranks
    )
    text = (
        "The best matrix of a smaller rank r keeps the r largest singular values. How much of the"
        " matrix (its energy, Σσ²) that is, and how many numbers it takes:"
    )
    table = Table(("r", "numbers", "keeps"), rows)
    return Section("Best approximation of each rank", "full", (Prose(text), table))


def _worth_showing(rank: int) -> list[int]:
    """Every r up to 8, then doublings."""
    ranks = list(range(1, min(rank, 8) + 1))
    while ranks[-1] * 2 < rank:
        ranks.append(ranks[-1] * 2)
    return ranks if ranks[-1] == rank else [*ranks, rank]


def _percent(share: float, all_of_it: bool) -> str:
    if all_of_it:
        return "100 %"
    text = f"{share * 100:.2f}"
    return f"{text} %" if text != "100.00" else "almost 100 %"


def _product(found: Finding) -> Picture | None:
    """The pivot columns times the reduced rows: an exact factorisation of width r."""
    matrix, exact = found.matrix, found.exact
    if matrix is None or exact is None or exact.pivots is None or exact.rref is None:
        return None
    if exact.rank != found.rank or max(found.shape) > _FACTORS_UP_TO:
        return None
    if found.rank == min(found.shape):
        return None  # one factor would be the matrix itself
    tall = Matrix(tuple(tuple(r[p] for p in exact.pivots) for r in matrix.rows), exact.rank)
    flat = Matrix(exact.rref, matrix.width)
    blocks = [boxed(matrix, found.writer), boxed(tall, found.writer), boxed(flat, found.writer)]
    height = max(len(block) for block in blocks)
    padded = [block + [" " * len(block[0])] * (height - len(block)) for block in blocks]
    signs = [(" = ", " × ") if line == 0 else ("   ", "   ") for line in range(height)]
    lines = tuple(
        f"{a}{equals}{b}{times}{c}".rstrip()
        for a, b, c, (equals, times) in zip(*padded, signs, strict=True)
    )
    if max(map(len, lines)) > 78:
        return None
    return Picture(lines, f"The matrix is a product of width {exact.rank}.")


def boxed(matrix: Matrix, writer: Writer) -> list[str]:
    """The matrix in square brackets, one line for each row, all of one length."""
    texts = [[writer.number(entry) for entry in row] for row in matrix.rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [
        "[" + "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) + "]"
        for row in texts
    ]
