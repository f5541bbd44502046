"""/rank adapter: what rank the changes of an adapter really have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from assistant.commands import Session, submit
from assistant.commands.blocks import Fold, Notice, Problem
from assistant.paths import Places
from assistant.settings import Settings
from tests.small_models import make_adapter


def test_an_adapter_is_explained_whole_or_by_module(places: Places, tmp_path: Path) -> None:
    make_adapter(places.data / "adapters" / "mine", rank=4)
    session = Session(Settings(), places)
    whole = list(submit(session, "/rank adapter mine"))
    assert isinstance(whole[0], Notice)
    assert any(isinstance(block, Fold) for block in whole)
    one = list(submit(session, "/rank adapter mine model.layers.0.self_attn.q_proj"))
    assert isinstance(one[0], Notice)
    assert "q_proj" in one[0].text
    assert "4" in one[0].text


def test_an_unknown_adapter_is_a_problem_with_a_way_on(places: Places) -> None:
    (problem,) = submit(Session(Settings(), places), "/rank adapter nobody")
    assert isinstance(problem, Problem)
    assert problem.kind == "adapter_not_found"
    assert problem.hint


def test_a_file_that_is_no_folder_is_read_as_it_stands(places: Places, tmp_path: Path) -> None:
    file = tmp_path / "style.safetensors"
    down, up = np.ones((2, 6), np.float32), np.ones((5, 2), np.float32)
    names = "lora_unet_to_q.lora_down.weight", "lora_unet_to_q.lora_up.weight"
    save_file(dict(zip(names, (down, up), strict=True)), file)
    blocks = list(submit(Session(Settings(), places), f"/rank adapter {file}"))
    assert isinstance(blocks[0], Notice)
    assert "uses 1 of its two directions" in blocks[0].text


def test_the_facts_about_an_adapter_are_told_as_well(places: Places) -> None:
    make_adapter(places.data / "adapters" / "mine", rank=4)
    session = Session(Settings(), places)
    list(submit(session, "/rank adapter mine"))
    (exchange,) = session.conversation.exchanges
    assert exchange.question == "What rank do the changes of the adapter mine really have?"
