"""Answers show a call, a sentence, and a program that runs."""

from __future__ import annotations

import pytest

from assistant.training.answers import PLAIN, Variant, answer, call_of, name_of, variants
from assistant.training.docstrings import first_sentence, tells, wish
from assistant.training.examples import program, try_program
from assistant.training.libraries import MLX, NUMPY, PYTHON, TORCH
from assistant.training.tables import operations

BY_NAME = {operation.name: operation for operation in operations("operations.toml")}


def test_an_axis_is_put_into_the_call_as_the_library_spells_it() -> None:
    over = Variant(axis=-1)
    assert call_of(BY_NAME["sum"], NUMPY, over) == "np.sum(a, axis=-1)"
    assert call_of(BY_NAME["sum"], TORCH, over) == "torch.sum(a, dim=-1)"
    assert call_of(BY_NAME["softmax"], TORCH, Variant(axis=0)) == "torch.softmax(a, dim=0)"
    assert call_of(BY_NAME["max"], TORCH, over) == "torch.amax(a, dim=-1)"
    kept = Variant(axis=1, keep=True)
    assert call_of(BY_NAME["mean"], NUMPY, kept) == "np.mean(a, axis=1, keepdims=True)"


def test_an_operation_without_axes_has_one_variant() -> None:
    assert variants(BY_NAME["inv"], NUMPY) == [PLAIN]
    assert len(variants(BY_NAME["sum"], NUMPY)) == 7


def test_a_program_imports_what_it_uses_and_defines_its_data() -> None:
    assert program(NUMPY, "np.sort(x)") == (
        "import numpy as np\n\nx = np.array([3.0, 1.0, 2.0])\nprint(np.sort(x))"
    )
    assert program(PYTHON, "math.sqrt(16)") == "import math\n\nprint(math.sqrt(16))"


@pytest.mark.parametrize(
    ("library", "call", "printed"),
    [
        (NUMPY, "np.sort(x)", "[1. 2. 3.]"),
        (MLX, "mx.sort(x)", "array([1, 2, 3], dtype=float32)"),
        (MLX, "mx.softmax(a, axis=-1)", "array([["),
        (PYTHON, "values.append(4)", "[3, 1, 2, 4]"),
    ],
)
def test_a_program_runs_and_prints(library: object, call: str, printed: str) -> None:
    tried = try_program(program(library, call))  # type: ignore[arg-type]
    assert tried.ran
    assert tried.output.startswith(printed)


def test_a_program_that_fails_is_told_from_one_that_runs() -> None:
    tried = try_program(program(NUMPY, "np.no_such_function(x)"))
    assert not tried.ran
    assert "no_such_function" in tried.failure


def test_the_answer_holds_call_sentence_and_code() -> None:
    text = answer("np.sort(x)", "returns a sorted copy.", "print(1)")
    assert text == "Use `np.sort(x)`. It returns a sorted copy.\n\n```python\nprint(1)\n```"


def test_a_call_is_asked_for_by_the_name_of_its_function() -> None:
    assert name_of("np.linalg.inv(s)") == "np.linalg.inv"
    assert name_of("values.append(4)") == "list.append"
    assert name_of("list(enumerate(words))") == "enumerate"
    assert name_of("text[::-1]") == ""
    assert name_of("n.astype(np.float32)") == ""


def test_the_first_sentence_of_a_docstring_is_found_behind_the_signature() -> None:
    text = "softmax(a: array, /) -> array\n\nPerform the ``softmax`` along :attr:`axis`.\n\nArgs:"
    assert first_sentence(text, "softmax") == "Perform the softmax along axis."


def test_a_docstring_becomes_a_predicate_and_a_wish() -> None:
    assert tells("Return the sum of x.") == "returns the sum of x."
    assert tells("Inverse of a matrix.") == ""
    assert wish("Return the sum of x.") == "get the sum of x"
