"""Every way to spoil an adapter is refused in its own words, and the model is as it was."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.engine import Engine, open_engine
from assistant.errors import AdapterError, AdapterMismatch, AdapterNotFound, AdapterUnusable
from assistant.lora import find_adapter
from tests.engine.conftest import Lab
from tests.engine.logits import row_logits
from tests.engine.test_adapters import linear_layers
from tests.malformed_adapters import SAME_SENTENCE, WAYS
from tests.small_models import make_adapter


@pytest.fixture(scope="module")
def calm(lab: Lab) -> Any:
    """One engine for all refusals: each must leave it as it was, a resident adapter included."""
    opened = open_engine(str(lab.model))
    opened.load_adapter(str(lab.second))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def refusals() -> dict[str, str]:
    """What was said to each of `WAYS`."""
    return {}


@pytest.mark.parametrize("way", [*WAYS, *SAME_SENTENCE])
def test_it_is_refused_in_its_own_words_and_changes_nothing(
    calm: Engine, tmp_path: Path, way: str, refusals: dict[str, str]
) -> None:
    before, said = linear_layers(calm), row_logits(calm, {}, {"second": 1.0})
    spoil, words = {**WAYS, **SAME_SENTENCE}[way]
    folder = make_adapter(tmp_path / "adapter")
    spoil(folder)
    with pytest.raises((AdapterUnusable, AdapterMismatch)) as caught:
        calm.load_adapter(str(folder))
    message = caught.value.message
    assert words in message
    assert caught.value.hint
    assert str(caught.value).isprintable(), "one line, and nothing that steers a terminal"
    assert len(message.replace(str(tmp_path), "")) < 400
    assert linear_layers(calm) == before
    assert [info.name for info in calm.adapters()] == ["second"]
    assert np.array_equal(row_logits(calm, {}, {"second": 1.0}), said)
    if way in WAYS:
        # What is only a name or a number does not make another sentence of it.
        refusals[way] = re.sub(r"'[^']*'|[\d,]+", "…", message.replace(str(tmp_path), ""))


def test_no_two_of_them_share_a_sentence(refusals: dict[str, str]) -> None:
    if len(refusals) < len(WAYS):
        pytest.skip("only some of the ways were run")
    assert len(WAYS) >= 40
    assert len(set(refusals.values())) == len(WAYS)


def test_a_spoilt_successor_leaves_the_adapter_of_its_name_answering(
    lab: Lab, tmp_path: Path
) -> None:
    engine = open_engine(str(lab.model))
    try:
        engine.load_adapter(str(lab.first), name="mine")
        said = row_logits(engine, {"mine": 1.0})
        folder = make_adapter(tmp_path / "mine", seed=9)
        WAYS["not finite"][0](folder)
        with pytest.raises(AdapterUnusable):
            engine.load_adapter(str(folder))
        assert np.array_equal(row_logits(engine, {"mine": 1.0}), said)
    finally:
        engine.close()


@pytest.mark.parametrize(
    "ref",
    ["x" * 5000, "./" + "x" * 5000, "~nobody-is-called-this/x", "a\0b", "\udcff", "a/..", "loop"],
    ids=["endless", "endless path", "nobody's", "a zero", "no text", "up", "a loop of links"],
)
def test_a_name_of_any_kind_is_not_found_in_one_sentence(tmp_path: Path, ref: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    WAYS["config nested without end"][0](make_adapter(tmp_path / "spoilt"))
    with pytest.raises(AdapterError) as caught:
        find_adapter(ref, [tmp_path])
    assert isinstance(caught.value, AdapterNotFound)
    assert str(caught.value).isprintable()
    assert len(caught.value.message) < 400
