"""Loading checks everything before it touches the model; unloading leaves no trace."""

from __future__ import annotations

from pathlib import Path

import mlx.core as mx
import pytest

from assistant.engine import Engine
from assistant.errors import (
    AdapterError,
    AdapterInUse,
    AdapterMismatch,
    AdapterNotFound,
    AdapterNotLoaded,
    AdapterUnusable,
)
from assistant.lora import AdapterFolder
from tests.engine.conftest import Lab, answers, ask
from tests.small_models import make_adapter


def linear_layers(engine: Engine) -> dict[str, int]:
    """Identity of every layer object and of its weight: the model, to the object."""
    loaded = engine._loaded  # type: ignore[attr-defined]  # the proof needs the model itself
    return {name: id(module) for name, module in loaded.model.named_modules()}


def test_unloading_puts_back_the_very_same_layers(engine: Engine, lab: Lab) -> None:
    before = linear_layers(engine)
    (said,) = answers(engine, ask())
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.second))
    assert linear_layers(engine) != before
    engine.unload_adapter("first")
    engine.unload_adapter("second")
    assert linear_layers(engine) == before
    assert answers(engine, ask())[0].tokens == said.tokens


def test_unloading_one_leaves_the_other_as_it_was(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.second))
    (alone,) = answers(engine, ask({"second": 1.0}))
    engine.load_adapter(str(lab.first))
    engine.unload_adapter("first")
    assert answers(engine, ask({"second": 1.0}))[0].tokens == alone.tokens
    assert [adapter.name for adapter in engine.adapters()] == ["second"]


def test_what_is_loaded_is_described(engine: Engine, lab: Lab) -> None:
    info = engine.load_adapter(str(lab.first))
    assert (info.name, info.rank, info.trained_scale, info.modules) == ("first", 4, 2.0, 9)
    assert info.targets == ("down_proj", "q_proj", "v_proj")
    assert info.parameters == 3 * (4 * (64 + 64) + 4 * (64 + 32) + 4 * (128 + 64))
    assert info.warnings == ()
    assert engine.adapters() == [info]


def test_a_name_can_be_given(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first), name="mine")
    assert answers(engine, ask({"mine": 1.0}))[0].text


def test_an_adapter_in_use_is_not_unloaded_under_its_answer(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    generation = engine.generate([ask({"first": 1.0}, max_tokens=200, temperature=1.0, seed=1)])
    next(generation)
    with pytest.raises(AdapterInUse):
        engine.unload_adapter("first")
    generation.cancel()
    list(generation)
    engine.unload_adapter("first")
    assert engine.adapters() == []


def test_unloading_what_is_not_loaded_names_what_is(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    with pytest.raises(AdapterNotLoaded) as caught:
        engine.unload_adapter("secnd")
    assert "first" in caught.value.hint


def test_another_base_and_a_zero_update_are_warned_about(engine: Engine, tmp_path: Path) -> None:
    import mlx.core as mx

    folder = make_adapter(tmp_path / "idle", base="some/other-model")
    tensors = mx.load(str(folder / "adapters.safetensors"))
    zeroed = {n: mx.zeros_like(t) if n.endswith("lora_b") else t for n, t in tensors.items()}
    mx.save_safetensors(str(folder / "adapters.safetensors"), zeroed)
    warnings = engine.load_adapter(str(folder)).warnings
    assert any("other-model" in warning for warning in warnings)
    assert any("changes nothing" in warning for warning in warnings)


def test_matrices_that_cancel_change_nothing_and_it_is_said(engine: Engine, tmp_path: Path) -> None:
    """Neither half is zero, their product is."""
    import mlx.core as mx

    folder = make_adapter(tmp_path / "idle")
    file = str(folder / "adapters.safetensors")
    half = mx.array([1.0, 0.0, 1.0, 0.0])
    idle = {
        name: array * half if name.endswith("lora_a") else array * (1 - half)[:, None]
        for name, array in mx.load(file).items()
    }
    mx.eval(list(idle.values()))
    mx.save_safetensors(file, idle)
    assert engine.load_adapter(str(folder)).warnings == (
        "idle changes nothing: its update is zero everywhere.",
    )


@pytest.mark.parametrize(("scale", "is_warned"), [(1e-12, True), (1e-3, False), (2.0, False)])
def test_an_update_that_is_lost_in_rounding_is_warned_about(
    engine: Engine, tmp_path: Path, scale: float, is_warned: bool
) -> None:
    info = engine.load_adapter(str(make_adapter(tmp_path / "faint", scale=scale)))
    assert info.warnings == (("faint changes nothing: it is lost in rounding.",) * is_warned)
    assert engine.adapters() == [info]


def test_an_update_that_no_text_passes_is_warned_about(lab: Lab, tmp_path: Path) -> None:
    """Such as one of the layers that a model has for pictures."""
    import mlx.core as mx
    import mlx.nn as nn
    from mlx_lm import load

    from assistant.engine.residents import Residents
    from assistant.engine.rows import CurrentRows
    from assistant.lora import read_folder

    model, _ = load(str(lab.model))
    model.tower = nn.Linear(64, 64)
    folder = make_adapter(tmp_path / "seeing", layers=(0,), targets=("self_attn.q_proj",))
    file = str(folder / "adapters.safetensors")
    moved = {f"tower.{n.rpartition('.')[2]}": array for n, array in mx.load(file).items()}
    mx.eval(list(moved.values()))
    mx.save_safetensors(file, moved)
    residents = Residents(model, CurrentRows(), "model")
    (warning,) = residents.attach(read_folder(folder), "seeing", lambda: "").warnings
    assert warning == "seeing changes nothing: no text passes the layers that it changes."
    assert residents.attach(read_folder(lab.first), "first", lambda: "").warnings == ()


@pytest.mark.parametrize(
    ("ref", "kind"),
    [("no-such-adapter", AdapterNotFound), ("./nowhere", AdapterNotFound), ("", AdapterNotFound)],
)
def test_an_unknown_adapter_is_not_found(
    engine: Engine, ref: str, kind: type[AdapterError]
) -> None:
    with pytest.raises(kind) as caught:
        engine.load_adapter(ref)
    assert caught.value.hint


def test_an_adapter_for_another_model_says_where_it_does_not_fit(
    engine: Engine, tmp_path: Path
) -> None:
    before = linear_layers(engine)
    wide = make_adapter(tmp_path / "wide", hidden=128, base="big-model")
    with pytest.raises(AdapterMismatch, match=r"128.*big-model"):
        engine.load_adapter(str(wide))
    deep = make_adapter(tmp_path / "deep", layers=(0, 7))
    with pytest.raises(AdapterMismatch, match=r"model\.layers\.7"):
        engine.load_adapter(str(deep))
    assert linear_layers(engine) == before


def test_one_that_is_cut_off_while_it_is_read_is_refused(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_adapter(tmp_path / "cut")
    load = mx.load

    def cut_off(path: str) -> object:
        found = load(path)
        Path(path).write_bytes(Path(path).read_bytes()[:-40])
        return found

    before = linear_layers(engine)
    with monkeypatch.context() as patched:
        patched.setattr(mx, "load", cut_off)
        with pytest.raises(AdapterUnusable, match="written while it was being read"):
            engine.load_adapter(str(folder))
    assert linear_layers(engine) == before


def test_one_that_is_written_while_it_is_read_is_refused(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_adapter(tmp_path / "torn")
    weights = folder / "adapters.safetensors"
    content, hashed = weights.read_bytes(), AdapterFolder.fingerprint

    def written_meanwhile(read: AdapterFolder) -> str:
        weights.write_bytes(content)
        return hashed(read)

    before = linear_layers(engine)
    with monkeypatch.context() as patched:
        patched.setattr(AdapterFolder, "fingerprint", written_meanwhile)
        with pytest.raises(AdapterUnusable, match="written while it was being read"):
            engine.load_adapter(str(folder))
    assert linear_layers(engine) == before
    assert engine.load_adapter(str(folder)).name == "torn"
