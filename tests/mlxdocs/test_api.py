"""Looking names up in the installed MLX."""

from __future__ import annotations

import pytest

from assistant.errors import DocsError
from assistant.mlxdocs import every_name, look_up, search


@pytest.mark.parametrize("query", ["softmax", "mx.softmax", "mlx.core.softmax", "`mx.softmax()`"])
def test_a_function_is_found_however_it_is_written(query: str) -> None:
    entry = look_up(query)
    assert entry.full == "mlx.core.softmax"
    assert entry.signature.startswith("mx.softmax(a: array")
    assert "softmax" in entry.summary.lower()


def test_a_layer_has_the_signature_of_its_constructor() -> None:
    assert look_up("nn.Linear").signature == (
        "nn.Linear(input_dims: int, output_dims: int, bias: bool = True)"
    )


def test_the_case_of_letters_may_be_wrong() -> None:
    assert look_up("adamw").short == "optim.AdamW"


def test_an_unknown_name_says_what_was_perhaps_meant() -> None:
    with pytest.raises(DocsError) as failure:
        look_up("sofmax")
    assert "mx.softmax" in failure.value.hint


def test_a_word_of_what_it_does_finds_functions() -> None:
    assert "mx.sort" in [entry.short for entry in search("sorted copy")]
    assert search("qqqq") == []


def test_a_misspelt_name_does_not_find_everything_of_its_module() -> None:
    assert search("mx.sofmax") == []
    assert {entry.name for entry in search("mx.argsor")} == {"argsort"}


def test_a_small_word_does_not_find_the_names_that_have_its_letters() -> None:
    found = [entry.short for entry in search("along an axis", limit=100)]
    assert "mx.take_along_axis" in found
    assert "mx.tan" not in found


def test_names_that_a_module_only_imported_are_not_its_own() -> None:
    shorts = {entry.short for entry in every_name()}
    assert {"mx.sort", "nn.Linear", "optim.Adam", "mlx.utils.tree_map"} <= shorts
    assert not {"optim.tree_map", "nn.losses.Optional", "mlx.utils.defaultdict"} & shorts
