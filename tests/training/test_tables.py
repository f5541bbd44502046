"""The hand-written tables can be read, and say what the data set needs."""

from __future__ import annotations

import re

import pytest

from assistant.training.checked import FORBIDDEN
from assistant.training.tables import concepts, fillings, operations, read_table, sequels

BASE_TABLES = (
    "operations.toml",
    "layers.toml",
    "python.toml",
    "rare.toml",
    "concepts.toml",
    "words.toml",
    "sequels.toml",
)


def test_every_operation_has_wordings_a_sentence_and_a_call() -> None:
    table = operations("operations.toml", "layers.toml", "python.toml", "rare.toml")
    assert len(table) > 700
    for operation in table:
        assert operation.do
        assert operation.words
        assert operation.says.endswith(".")
        assert operation.calls


def test_jax_follows_numpy_unless_the_table_says_otherwise() -> None:
    by_name = {operation.name: operation for operation in operations("operations.toml")}
    assert by_name["sort"].calls["jax"] == "jnp.sort(x)"
    assert by_name["normal"].calls["jax"].startswith("jax.random.normal")
    assert "numpy" not in by_name["softmax"].calls


@pytest.mark.parametrize("name", BASE_TABLES)
def test_the_tables_of_the_base_never_speak_of_mlx(name: str) -> None:
    assert not FORBIDDEN.search(repr(read_table(name)))


def test_every_gap_in_a_question_can_be_filled() -> None:
    gaps = {
        gap
        for concept in concepts()
        if concept.name == "unknown"
        for text in concept.ask
        for gap in re.findall(r"\{(\w+)\}", text)
    }
    assert gaps
    assert gaps <= set(fillings())


def test_what_it_does_not_know_is_the_last_table() -> None:
    assert concepts()[-1].name == "unknown"


def test_what_is_asked_most_exists() -> None:
    names = {operation.name for operation in operations(*BASE_TABLES[:4])}
    names |= {concept.name for concept in concepts()}
    assert set(fillings()["often"]) <= names


def test_a_sequel_leads_from_operations_that_exist_to_another_one() -> None:
    known = {operation.name for operation in operations("operations.toml", "rare.toml")}
    for sequel in sequels():
        assert {sequel.operation, *sequel.after} <= known
        assert sequel.operation not in sequel.after
        assert len(sequel.ask) >= 4
