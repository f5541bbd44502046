"""Ways to write a matrix of exact numbers, for tests that read back what they wrote."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from assistant.rank.values import Gaussian, Number

Rows = list[list[Number]]


def ratio(number: Fraction | int) -> str:
    return str(number)


def entry(number: Number, unit: str = "j") -> str:
    """The number without spaces: 3, -1/2, 1/2-3j."""
    if isinstance(number, Gaussian):
        sign = "" if number.im < 0 else "+"
        return f"{number.re}{sign}{number.im}{unit}"
    return str(number)


def nested(rows: Rows) -> str:
    return str([[entry(x) for x in row] for row in rows]).replace("'", "")


def tuples(rows: Rows) -> str:
    return "(" + "".join("(" + "".join(f"{entry(x)}, " for x in r) + "), " for r in rows) + ")"


def braces(rows: Rows) -> str:
    return nested(rows).replace("[", "{").replace("]", "}").replace("j", " I")


def matlab(rows: Rows) -> str:
    return "[" + "; ".join(" ".join(entry(x, "i") for x in row) for row in rows) + "]"


def matlab_commas(rows: Rows) -> str:
    return "[" + "; ".join(", ".join(entry(x, "i") for x in row) for row in rows) + ";]"


def numpy_call(rows: Rows) -> str:
    return f"np.array({nested(rows)}, dtype=np.complex128)"


def numpy_print(rows: Rows) -> str:
    return "[" + "\n ".join("[" + "  ".join(entry(x) for x in row) + "]" for row in rows) + "]"


def mlx_repr(rows: Rows) -> str:
    return "array(" + nested(rows).replace("], [", "],\n       [") + ", dtype=float32)"


def torch_repr(rows: Rows) -> str:
    return "tensor(" + nested(rows).replace("], [", "],\n        [") + ", device='cuda:0')"


def sympy_text(rows: Rows) -> str:
    return "Matrix(" + nested(rows).replace("j", "*I") + ")"


def sympy_box(rows: Rows) -> str:
    lines = ["  ".join(entry(x, "⋅i").replace("⋅", "*") for x in row) for row in rows]
    if len(lines) == 1:
        return f"[{lines[0]}]"
    middle = [f"⎢{line}⎥" for line in lines[1:-1]]
    return "\n⎢ ⎥\n".join([f"⎡{lines[0]}⎤", *middle, f"⎣{lines[-1]}⎦"])


def _latex_ratio(number: Fraction | int) -> str:
    if isinstance(number, Fraction) and number.denominator != 1:
        sign = "-" if number < 0 else ""
        return rf"{sign}\frac{{{abs(number.numerator)}}}{{{number.denominator}}}"
    return str(number)


def _latex_entry(number: Number) -> str:
    if isinstance(number, Gaussian):
        plus = "+" if number.im >= 0 else ""
        return f"{_latex_ratio(number.re)} {plus}{_latex_ratio(number.im)} i"
    return _latex_ratio(number)


def latex(rows: Rows) -> str:
    body = r" \\ ".join(" & ".join(_latex_entry(x) for x in row) for row in rows)
    return rf"$A = \begin{{bmatrix}} {body} \end{{bmatrix}}$"


def csv(rows: Rows) -> str:
    return "\n".join(",".join(entry(x) for x in row) for row in rows)


def tsv(rows: Rows) -> str:
    return "\n".join("\t".join(entry(x) for x in row) for row in rows)


def spaces(rows: Rows) -> str:
    return "\n".join(" ".join(entry(x) for x in row) for row in rows)


def markdown(rows: Rows) -> str:
    lines = ["| " + " | ".join(entry(x) for x in row) + " |" for row in rows]
    head = "| " + " | ".join("abcdefgh"[: len(rows[0])]) + " |"
    return "\n".join([head, "|---" * len(rows[0]) + "|", *lines])


def fenced(rows: Rows) -> str:
    return f"Here it is:\n```python\nA = {nested(rows)}\n```\nThanks, 2 of us wonder."


def in_a_sentence(rows: Rows) -> str:
    return f"Hello! What is the rank of {nested(rows)} (my homework), please?"


def unicode_minus(rows: Rows) -> str:
    return nested(rows).replace("-", "−")


def full_width(rows: Rows) -> str:
    return nested(rows).translate({ord(a): ord(a) + 0xFEE0 for a in "0123456789[],/"})


# With one column, lines of single numbers are a column; with one row, a flat line is a vector.
MATRIX_NOTATIONS: list[Callable[[Rows], str]] = [
    nested,
    tuples,
    braces,
    numpy_call,
    numpy_print,
    mlx_repr,
    torch_repr,
    sympy_text,
    latex,
    fenced,
    in_a_sentence,
    unicode_minus,
    full_width,
    markdown,
]
ROW_NOTATIONS: list[Callable[[Rows], str]] = [matlab, matlab_commas, csv, tsv, spaces, sympy_box]
