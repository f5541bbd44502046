"""The parts of an explanation that can be folded, each from one Finding.

Every function gives a Section, or None where it has nothing to say. This module refuses to know
how the rank was found and how a section is drawn.
"""

from __future__ import annotations

from .decide import Finding
from .explanation import Bar, Bars, Part, Prose, Section
from .numeric import SVD_UP_TO
from .picture import arrows
from .steps import UP_TO, reduction
from .values import Relation
from .words import Writer, count, measured


def in_plain_words(found: Finding) -> Section | None:
    """What a rank counts, for someone who has never heard of one."""
    if found.axes < 2 or not found.rows or not found.columns:
        return None
    text = (
        "Think of each row as a message. The rank counts the messages that tell you something new."
    )
    relations = found.exact.row_relations if found.exact and found.method == "exact" else None
    told = next((item for item in relations or () if 0 < len(item.terms) <= 3), None)
    if not found.rank:
        text += " Here no row tells you anything."
    elif told is not None:
        known = _listed([index + 1 for index, _ in told.terms])
        rows = "row" if len(told.terms) == 1 else "rows"
        text += (
            f" Whoever knows {rows} {known} can write down row {told.target + 1} without looking."
        )
    elif relations and not relations[0].terms:
        text += " A row of zeros is an empty page."
    elif found.rank == found.rows > 1:
        text += " Here nobody can work out one row from the others: each has to be told."
    parts: list[Part] = [Prose(text)]
    if found.rows == found.columns > 1:
        parts.append(Prose(_undone(found)))
    return Section("In plain words", "simple", tuple(parts))


def _undone(found: Finding) -> str:
    machine = (
        f"A matrix is also a machine: {count(found.columns, 'number')} go in and"
        f" {count(found.rows, 'number')} come out. "
    )
    if found.rank == found.rows:
        return (
            machine + "Different numbers in always give different numbers out, so it can be undone."
        )
    return (
        machine
        + "This one sends different inputs to the same output, so nobody can tell afterwards"
        " which one went in: it cannot be undone."
    )


def row_reduction(found: Finding) -> Section | None:
    """Numbered elimination steps, or why there are none."""
    if found.matrix is None or found.axes < 2 or not found.rows or not found.columns:
        return None
    steps = reduction(found.matrix, found.writer)
    if steps is None:
        text = f"The steps are written out for up to {UP_TO} rows and {UP_TO} columns."
        return Section("Row reduction", "full", (Prose(text),))
    intro = Prose(
        "Taking a multiple of one row from another never changes the rank. Clear the numbers below"
        " each pivot, then count the rows that are not all zeros."
    )
    return Section("Row reduction", "full", (intro, steps))


def columns(found: Finding) -> Section | None:
    """The same rank seen from the columns."""
    if found.exact is None or found.axes < 2 or found.columns < 2 or not found.rows:
        return None
    relations = found.exact.column_relations
    if relations is None or found.method != "exact":
        return None
    parts: list[Part] = []
    if relations:
        shown = [found.writer.relation(item, "column") for item in relations if _short(item)][:8]
        hidden = len(relations) - len(shown)
        more = f" and {hidden:,} more like these" if hidden and shown else ""
        text = (
            "; ".join(shown) + more
            if shown
            else f"{count(hidden, 'column')} can be built from others"
        )
        parts.append(Prose(text[0].upper() + text[1:] + "."))
    else:
        parts.append(Prose("No column can be built from the others."))
    new = count(found.exact.rank, "column")
    verb = "adds" if found.exact.rank == 1 else "add"
    parts.append(
        Prose(
            f"That leaves {new} that {verb} something new: the same number as for the rows, as"
            " always. This is why a matrix has one rank and not two."
        )
    )
    return Section("Columns", "full", tuple(parts))


def _short(relation: Relation) -> bool:
    return len(relation.terms) <= 6


def singular_values(found: Finding) -> Section | None:
    """Bars with the threshold, and what they mean."""
    seen = found.numeric
    if seen is None or not seen.singular_values or found.axes < 2:
        return None
    bars = Bars(
        tuple(
            Bar(f"σ{number}", value, value > seen.threshold)
            for number, value in enumerate(seen.singular_values, 1)
        ),
        seen.threshold,
    )
    rule = _rule(found)
    counted = count(seen.rank, "singular value")
    stands = "stands" if seen.rank == 1 else "stand"
    first = Prose(
        "Programs that round, such as NumPy, measure how strongly the matrix stretches space in"
        " each direction. A stretch of (almost) zero is a direction that is lost."
    )
    last = Prose(
        f"{counted.capitalize()} {stands} above the line at {measured(seen.threshold)}, {rule}."
    )
    return Section("Singular values", "full", (first, bars, last))


def _rule(found: Finding) -> str:
    if found.tolerance.atol is not None:
        return "the absolute tolerance that was asked for"
    if found.tolerance.rtol is not None:
        return f"σ1 × {measured(found.tolerance.rtol)}, the relative tolerance that was asked for"
    kind = (
        "float32" if found.array is not None and found.array.dtype.itemsize in (4,) else "float64"
    )
    if found.array is not None and found.array.dtype.name == "complex64":
        kind = "float32"
    return f"σ1 × {max(found.shape)} × the rounding unit of {kind}, which is NumPy’s rule"


def picture(found: Finding) -> Section | None:
    """The rows as arrows, for two or three columns."""
    if found.array is None or found.columns not in (2, 3) or found.array.dtype.kind == "c":
        return None
    if not found.rank:
        return None
    dimension, of = found.rank, found.columns
    text = {
        1: "All arrows lie on one line: rank 1."
        if found.rows > 1
        else "One arrow, one line: rank 1.",
        2: "The arrows reach all of the plane: rank 2."
        if of == 2
        else "The arrows lie in one plane and not on one line: rank 2.",
        3: "The arrows do not fit into any plane, they fill space: rank 3.",
    }[dimension]
    if of == 2 and found.rank == 2:
        text = "The arrows do not lie on one line, so together they reach the whole plane: rank 2."
    drawn = arrows(found.array.tolist(), text)
    if drawn is None:
        return None
    intro = f"Each row is an arrow from 0, its number at the tip. {text}"
    return Section("Picture", "simple" if of == 2 else "full", (Prose(intro), drawn))


def nullity(found: Finding) -> Section | None:
    """Rank plus nullity, with a vector that is sent to zero."""
    if found.axes < 2 or not found.columns or not found.rows:
        return None
    free = found.columns - found.rank
    text = (
        f"Rank + nullity = columns: {found.rank} + {free} = {found.columns}. The nullity counts the"
        " independent directions that the matrix sends to zero."
    )
    parts: list[Part] = [Prose(text)]
    relations = found.exact.column_relations if found.exact and found.method == "exact" else None
    if relations and _short(relations[0]) and found.columns <= 8:
        parts.append(Prose(_lost(relations[0], found.columns, found.writer)))
    return Section("Nullity", "full", tuple(parts))


def _lost(relation: Relation, width: int, writer: Writer) -> str:
    """The vector of a column relation: its target's coefficient is −1."""
    factors = dict(relation.terms)
    entries = [writer.number(factors.get(column, 0)) for column in range(width)]
    entries[relation.target] = "−1"
    if not relation.terms:
        entries[relation.target] = "1"
    return f"For example, the matrix turns ({', '.join(entries)}) into all zeros."


def axes(found: Finding) -> Section | None:
    """Axes against rank: two meanings of one word."""
    dimensions = {0: "no axis", 1: "one axis", 2: "two axes"}.get(found.axes, f"{found.axes} axes")
    text = (
        f"Some programs call the number of axes the “rank” of an array. This array has {dimensions}"
        f" (NumPy: ndim = {found.axes}), which only says how its brackets are nested. The rank of a"
        f" matrix, here {found.rank}, says how much is in it."
    )
    if found.axes == 1:
        text += " A vector counts as one row: its rank is 1, unless all its entries are zero."
    return Section("Axes or rank", "simple" if found.axes < 2 else "full", (Prose(text),))


def two_views(found: Finding) -> Section | None:
    """Why exact and rounded arithmetic disagree, or why there is only one of them."""
    if found.numeric is None and found.matrix is not None and max(found.shape) <= SVD_UP_TO:
        text = "An entry is too large for floating point, so only the exact answer exists."
        return Section("Exact and rounded", "full", (Prose(text),))
    if not found.views_differ:
        return None
    assert found.exact is not None
    assert found.numeric is not None
    below, above = found.numeric.rank < found.exact.rank, found.matrix is not None
    if below:
        text = (
            f"Exactly {found.exact.rank}; within rounding, {found.numeric.rank}. Some rows differ"
            " from a combination of the others by so little that a program with 16 digits cannot"
            " see it."
        )
    else:
        text = (
            f"Exactly {found.exact.rank}; as floats, {found.numeric.rank}. Rounding the entries to"
            " floats has broken a relation that holds between the exact numbers."
        )
    if not above:
        text += " For measured data the rounded answer is the useful one."
    return Section("Exact and rounded", "simple", (Prose(text),))


def _listed(numbers: list[int]) -> str:
    texts = [str(number) for number in numbers]
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]
