"""Adapters of a server: those it lists, loading and unloading as vLLM offers it, and the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Engine, Request, Scoring
from assistant.errors import (
    AdapterInUse,
    AdapterNotFound,
    AdapterNotLoaded,
    AdapterUnusable,
    NotOnServer,
    PromptCacheUnusable,
)
from assistant.lora import convert, read_folder
from assistant.paths import shipped
from tests.engine.remote.conftest import VLLM, request
from tests.engine.remote.server import Asked, Reply, ScriptedServer, as_json, chunk, sse

LOAD, UNLOAD = "/v1/load_lora_adapter", "/v1/unload_lora_adapter"


@pytest.fixture
def vllm(server: ScriptedServer) -> ScriptedServer:
    """Lists, loads and unloads as vLLM does with run-time LoRA."""
    listed: list[dict[str, Any]] = [dict(entry) for entry in VLLM]

    def load(asked: Asked) -> Reply:
        if "lora_path" not in asked.body:
            return as_json({"error": {"message": "Both are needed"}}, 400)
        if asked.body["lora_path"].endswith("broken"):
            return as_json({"error": {"message": "No adapter found for broken"}}, 404)
        listed.append(
            {"id": asked.body["lora_name"], "parent": "base", "root": asked.body["lora_path"]}
        )
        return Reply([b"Success: it was added."], content_type="text/plain")

    def unload(asked: Asked) -> Reply:
        listed[:] = [entry for entry in listed if entry["id"] != asked.body["lora_name"]]
        return Reply([b"Success: it was removed."], content_type="text/plain")

    server.others["/v1/models"] = lambda asked: as_json({"data": listed})
    server.others |= {LOAD: load, UNLOAD: unload}
    return server


@pytest.fixture(scope="module")
def peft_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("peft") / "mine"
    convert(read_folder(shipped("adapters") / "mlx-docs"), folder, "peft")
    return folder


def test_adapters_are_the_models_with_a_parent(
    vllm: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    engine = open_on()
    assert [adapter.name for adapter in engine.adapters()] == ["mlx-docs"]
    assert (engine.info.model, engine.info.context_length) == ("base", 1024)
    rows = [request("hi"), request("hi", "mlx-docs")]
    ends = {e.row: e.finish.text for e in engine.generate(rows) if e.finish}
    assert ends == {0: "[base] You said: hi", 1: "[mlx-docs] You said: hi"}


@pytest.mark.parametrize("scale", [0.5, 0.0, 2.0])
def test_another_strength_is_refused_before_anything_is_asked(
    vllm: ScriptedServer, open_on: Callable[..., Engine], scale: float
) -> None:
    engine = open_on()
    with pytest.raises(NotOnServer, match="runs an adapter as it was trained"):
        engine.generate([Request(request("hi").messages, {"mlx-docs": scale})])
    assert vllm.bodies == []


def test_a_blend_is_refused(vllm: ScriptedServer, open_on: Callable[..., Engine]) -> None:
    engine = open_on()
    engine.load_adapter("owner/other")
    with pytest.raises(NotOnServer, match="one adapter at a time"):
        engine.generate([request("hi", "mlx-docs", "other")])
    with pytest.raises(AdapterNotLoaded, match="has no adapter 'none'"):
        engine.generate([request("hi", "none")])


def test_a_folder_here_is_loaded_there_and_unloaded_again(
    vllm: ScriptedServer, open_on: Callable[..., Engine], peft_folder: Path
) -> None:
    engine = open_on()
    info = engine.load_adapter(str(peft_folder))
    assert (info.name, info.format, info.rank) == ("mine", "peft", 32)
    assert {"lora_name": "mine", "lora_path": str(peft_folder)} in [a.body for a in vllm.asked]
    assert engine.load_adapter("mine") == info
    assert [adapter.name for adapter in engine.adapters()] == ["mlx-docs", "mine"]
    assert list(engine.generate([request("hi", "mine")]))
    engine.unload_adapter("mine")
    assert [adapter.name for adapter in engine.adapters()] == ["mlx-docs"]
    with pytest.raises(AdapterNotLoaded):
        engine.unload_adapter("mine")


def test_one_that_somebody_else_loaded_is_found(
    vllm: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    first, second = open_on(), open_on()
    first.load_adapter("owner/other")
    assert second.load_adapter("other").name == "other"
    assert len([a for a in vllm.asked if a.path == LOAD and a.body]) == 1


def test_mlx_lms_format_is_refused_with_the_way_to_convert_it(
    vllm: ScriptedServer, open_on: Callable[..., Engine], tmp_path: Path
) -> None:
    folder = shipped("adapters") / "mlx-docs"
    engine = open_on()
    engine.unload_adapter("mlx-docs")
    with pytest.raises(AdapterUnusable, match="in mlx-lm's format") as caught:
        engine.load_adapter(str(folder))
    assert "assistant adapter convert" in caught.value.hint


def test_what_the_server_says_of_an_adapter_that_it_does_not_take(
    vllm: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    with pytest.raises(AdapterUnusable, match="does not take 'owner/broken': No adapter found"):
        open_on().load_adapter("owner/broken")


def test_a_name_that_is_nowhere(vllm: ScriptedServer, open_on: Callable[..., Engine]) -> None:
    with pytest.raises(AdapterNotFound):
        open_on().load_adapter("nowhere")


def test_a_server_that_loads_none_says_so(
    server: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    with pytest.raises(NotOnServer, match="loads none while it runs"):
        open_on().load_adapter("mlx-docs")
    server.list_models(*VLLM)
    with pytest.raises(NotOnServer, match="unloads no adapters"):
        open_on().unload_adapter("mlx-docs")


def test_an_adapter_that_answers_is_not_unloaded(
    vllm: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    vllm.chats.append(Reply([sse(chunk("a"), done=False)] * 1000, pause_s=0.01))
    engine = open_on()
    generation = engine.generate([request("hi", "mlx-docs")])
    next(generation)
    with pytest.raises(AdapterInUse):
        engine.unload_adapter("mlx-docs")
    generation.cancel()
    list(generation)
    engine.unload_adapter("mlx-docs")


def test_what_only_a_model_in_this_process_can_do_is_refused(
    server: ScriptedServer, open_on: Callable[..., Engine], tmp_path: Path
) -> None:
    engine = open_on()
    with pytest.raises(NotOnServer, match="cannot read a given answer again"):
        engine.score([Scoring(request("hi").messages, "hello")])
    for call in (
        lambda: engine.save_prompt_cache(request("hi"), tmp_path / "cache"),
        lambda: engine.load_prompt_cache(tmp_path / "cache"),
    ):
        with pytest.raises(PromptCacheUnusable):
            call()
    with pytest.raises(NotOnServer, match="counts no tokens"):
        engine.count_tokens(request("hi"))


def test_tokens_are_counted_as_vllm_counts_and_the_answer_fits(
    vllm: ScriptedServer, open_on: Callable[..., Engine]
) -> None:
    vllm.others["/tokenize"] = as_json({"count": 1000, "max_model_len": 1024, "tokens": []})
    engine = open_on()
    long = request("word " * 400, max_tokens=512)
    assert engine.count_tokens(long) == 1000
    list(engine.generate([long]))
    assert vllm.bodies[-1]["max_tokens"] == 24
    assert json.dumps(vllm.asked[-1].body["messages"])
