"""The first lines of an answer: the headline, the reasons, and the first lesson's questions.

It refuses to know how a rank is found, and what is told to those who read on (`sections`).
"""

from __future__ import annotations

from .decide import Finding
from .values import Relation
from .words import Writer, amount, count, measured

_REASONS_UP_TO = 4
_TERMS_UP_TO = 6


def headline(found: Finding) -> str:
    """The rank in one sentence, with the most it could be."""
    rank, rows, columns = found.rank, found.rows, found.columns
    most = min(rows, columns)
    start = f"Rank {rank:,} of at most {most:,}: "
    if not most:
        size = f" ({rows} × {columns})" if found.axes == 2 else ""
        return f"Rank 0: there are no entries{size}, so there is no information."
    if found.axes == 0:
        return start + ("one number that is not zero." if rank else "the number is zero.")
    if not rank:
        return start + "every entry is zero, so there is no information."
    if rank == rows > 1:
        return start + (
            "both rows add something new." if rows == 2 else "every row adds something new."
        )
    info = f"{count(rank, 'row')} of useful information"
    if rank == columns < rows:
        return f"{start}{info}, all that {count(columns, 'column')} can hold."
    return f"{start}{info}."


def reasons(found: Finding) -> tuple[str, ...]:
    """Why it is that: a sentence for each row that adds nothing, the first few of them."""
    if found.axes == 0 or not any(found.shape) or not found.rank:
        return ()  # the headline has said it
    if found.method == "numerical":
        return _numerical_reasons(found)
    assert found.exact is not None
    relations = found.exact.row_relations
    if relations is None:
        missing = found.rows - found.rank
        return (f"{count(missing, 'row').capitalize()} can be built from the others.",)
    if not relations:
        if found.rows == 1:
            return ("One row that is not all zeros always has rank 1.",)
        return (_independent(found.rows),)
    lines = [_reason(item, found.writer) for item in relations[:_REASONS_UP_TO]]
    if len(relations) > _REASONS_UP_TO:
        rest = len(relations) - _REASONS_UP_TO
        lines.append(
            f"{count(rest, 'more row').capitalize()} can be built from earlier ones as well."
        )
    return tuple(lines)


def _independent(rows: int) -> str:
    if rows == 2:
        return "Neither row is a multiple of the other, so both are needed."
    return f"No row can be built from the others, so all {count(rows, 'row')} are needed."


def _reason(relation: Relation, writer: Writer) -> str:
    if not relation.terms:
        return f"Row {relation.target + 1} is all zeros, so it adds nothing."
    if len(relation.terms) > _TERMS_UP_TO:
        terms = count(len(relation.terms), "other row")
        return (
            f"Row {relation.target + 1} is a sum of multiples of {terms}, so it adds nothing new."
        )
    return f"{_capital(writer.relation(relation, 'row'))}, so it adds nothing new."


def _numerical_reasons(found: Finding) -> tuple[str, ...]:
    assert found.numeric is not None
    lines = [
        f"{_capital(near(item, found.writer))} within the tolerance, so it adds nothing new."
        for item in (found.approximate or ())[:_REASONS_UP_TO]
        if len(item.terms) <= _TERMS_UP_TO
    ]
    values, rank = found.numeric.singular_values, found.numeric.rank
    line = measured(found.numeric.threshold)
    if rank == len(values):
        lines.append(
            f"Every singular value is above the tolerance, {line}; the smallest is"
            f" {measured(values[-1])}."
        )
    else:
        lost = len(values) - rank
        verb = "counts" if lost == 1 else "count"
        lines.append(
            f"Of {count(len(values), 'singular value')}, {amount(lost)} {verb} as zero: at most"
            f" {measured(values[rank])}, where the tolerance is {line}."
        )
    return tuple(lines)


def near(relation: Relation, writer: Writer) -> str:
    """A relation that holds within the tolerance, such as "row 2 ≈ 3 × row 1"."""
    return writer.relation(relation, "row").replace(" = ", " ≈ ", 1)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def checks(found: Finding) -> tuple[str, ...]:
    """The questions of the first lesson: is everything zero, is the determinant zero?"""
    if found.axes < 2 or found.matrix is None or found.exact is None or not min(found.shape):
        return ()
    if found.exact.rank == 0:
        return ("Is everything zero? Yes.",)
    zero = "Is everything zero? No."
    if not found.matrix.is_square:
        size = f"{found.rows} × {found.columns}"
        return (zero, f"Determinant: only a square matrix has one, and this one is {size}.")
    value = found.exact.determinant
    if value is None:
        return (zero,)
    shown = found.writer.number(value)
    if not value:
        end = ", so it cannot be undone."
    elif found.rank < found.exact.rank:
        end = ", not zero: exactly it can be undone, within the tolerance it cannot."
    else:
        end = ", not zero, so it can be undone."
    if found.rows != 2:
        return (zero, f"Determinant: {shown}{end}")
    (a, b), (c, d) = found.matrix.rows
    factor = found.writer.in_product
    formula = f"{factor(a)}·{factor(d)} − {factor(b)}·{factor(c)}"
    return (zero, f"Determinant: {formula} = {shown}{end}")
