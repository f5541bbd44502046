"""Ways in which an adapter's folder can be spoilt, each with words of the sentence that refuses it.

Ways of one sentence, such as a number that is not finite in either half, are listed apart.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.small_models import make_adapter

Spoil = Callable[[Path], object]

B = "model.layers.0.self_attn.q_proj.lora_b"
A = B.replace("lora_b", "lora_a")
ONE = {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 32]}


def config(text: str) -> Spoil:
    return lambda folder: (folder / "adapter_config.json").write_text(text)


def told(**parts: Any) -> Spoil:
    """Another config; its scale is right unless it is among the parts."""
    return config(json.dumps({"lora_parameters": {"scale": 1.0}, **parts}))


def weights(content: bytes) -> Spoil:
    return lambda folder: (folder / "adapters.safetensors").write_bytes(content)


def header(text: str | bytes, data: int = 32) -> Spoil:
    """A safetensors file with this header and so many bytes of zeros."""
    encoded = text if isinstance(text, bytes) else text.encode()
    return weights(len(encoded).to_bytes(8, "little") + encoded + bytes(data))


def tensor(**changes: Any) -> Spoil:
    """A file with one tensor, otherwise sound."""
    return header(json.dumps({"a.lora_a": {**ONE, **changes}}))


def tensors(change: Callable[[dict[str, Any]], object]) -> Spoil:
    """The adapter's own tensors, changed."""

    def spoil(folder: Path) -> None:
        import mlx.core as mx

        file = str(folder / "adapters.safetensors")
        found: dict[str, Any] = mx.load(file)  # type: ignore[assignment]  # of one file, a dict
        mx.eval(list(found.values()))
        change(found)
        mx.save_safetensors(file, found)

    return spoil


def put(name: str, shape: tuple[int, ...], fill: float = 0.0, kind: str = "float32") -> Spoil:
    """One tensor more, or another in its place."""

    def change(found: dict[str, Any]) -> None:
        import mlx.core as mx

        found[name] = mx.full(shape, fill).astype(getattr(mx, kind))

    return tensors(change)


def both(*spoils: Spoil) -> Spoil:
    return lambda folder: [spoil(folder) for spoil in spoils]


def instead(name: str, put_there: Spoil) -> Spoil:
    """Something else in the place of a file."""
    return lambda folder: ((folder / name).unlink(), put_there(folder / name))


def moved(name: str, to: str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / to).parent.mkdir(exist_ok=True)
        (folder / name).rename(folder / to)

    return spoil


def peft(**parts: Any) -> Spoil:
    """The folder in PEFT's format, with more in its config."""

    def spoil(folder: Path) -> None:
        import mlx.core as mx

        file = folder / "adapters.safetensors"
        found: dict[str, Any] = mx.load(str(file))  # type: ignore[assignment]  # of one file, a dict
        theirs = {}
        for name, array in found.items():
            module, _, leaf = name.rpartition(".")
            half = leaf[-1].upper()
            theirs[f"base_model.model.{module}.lora_{half}.weight"] = mx.contiguous(array.T)
        mx.eval(list(theirs.values()))
        mx.save_safetensors(str(folder / "adapter_model.safetensors"), theirs)
        file.unlink()
        settings = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, **parts}
        (folder / "adapter_config.json").write_text(json.dumps(settings))

    return spoil


def of_another_shape(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    make_adapter(folder, hidden=128)


CONFIG, WEIGHTS = "adapter_config.json", "adapters.safetensors"
LENGTHS = tensors(
    lambda found: found.update(
        {n.replace("lora_b", "m"): found[n][0, :3] for n in list(found) if n.endswith("lora_b")}
    )
)

WAYS: dict[str, tuple[Spoil, str]] = {
    # The folder
    "no config": (lambda f: (f / CONFIG).unlink(), "adapter_config.json is missing"),
    "no weights": (lambda f: (f / WEIGHTS).unlink(), "adapters.safetensors is missing"),
    "config a folder": (instead(CONFIG, Path.mkdir), "adapter_config.json is a folder"),
    "config a pipe": (instead(CONFIG, os.mkfifo), "adapter_config.json is no ordinary file"),
    "weights a loop of links": (
        instead(WEIGHTS, lambda file: file.symlink_to(file)),
        "adapters.safetensors is a link that leads in a circle",
    ),
    "weights that are gone": (
        instead(WEIGHTS, lambda file: file.symlink_to("blob")),
        "adapters.safetensors is a link that leads nowhere",
    ),
    "a whole model": (moved(CONFIG, "config.json"), "is a whole model, not an adapter"),
    "adapters within": (moved(CONFIG, f"inner/{CONFIG}"), "there are adapters in it: inner"),
    "a pickle": (moved(WEIGHTS, "adapter_model.bin"), "is a pickle"),
    "numpy's archive": (moved(WEIGHTS, "adapters.npz"), "before adapters were safetensors"),
    "llama.cpp's": (moved(WEIGHTS, "adapter.gguf"), "llama.cpp's format"),
    # The config
    "config cut off": (config('{"lora_parameters": {"sc'), "not valid JSON: Unterminated"),
    "config not UTF-8": (
        lambda f: (f / CONFIG).write_bytes("{}".encode("utf-16")),
        "adapter_config.json is not valid JSON: it is not UTF-8",
    ),
    "config nested without end": (config("[" * 200_000), "JSON: it is nested too deeply"),
    "config with a bomb of a number": (config("1" * 5000), "JSON: it has a number of thousands"),
    "config says a thing twice": (
        config('{"lora_parameters": {"scale": 1, "scale": 2}}'),
        "JSON: the name 'scale' stands twice",
    ),
    "config of megabytes": (config(" " * 5_000_000), "is 5,000,000 bytes long"),
    "config a list": (config("[]"), "must hold a JSON object"),
    "no scale": (told(lora_parameters={"rank": 4}), "no usable lora_parameters.scale"),
    "a full fine-tune": (told(fine_tune_type="full"), "is a full fine-tune"),
    "an unknown kind": (told(fine_tune_type="soup"), "unknown fine_tune_type 'soup'"),
    # The weights' file
    "weights empty": (weights(b""), "is empty"),
    "weights text": (weights(b"these are not the weights"), "is text and no safetensors file"),
    "weights a pointer": (weights(b"version https://git-lfs"), "is a pointer of Git LFS"),
    "a header of ten gigabytes": (
        weights((10 * 2**30).to_bytes(8, "little") + b"{}"),
        "claims a header of 10,737,418,240 bytes",
    ),
    "header cut off": (weights((40).to_bytes(8, "little") + b"{}"), "cut off within its header"),
    "weights cut off": (
        lambda f: (f / WEIGHTS).write_bytes((f / WEIGHTS).read_bytes()[:-64]),
        "is cut off within 'model.layers",
    ),
    "header no JSON": (header("{'a': 1}"), "is damaged: Expecting property name"),
    "header not UTF-8": (header(b'{"\xff": 1}'), "is damaged: it is not UTF-8"),
    "header a list": (header("[]"), "is damaged: it is no object"),
    "header nested without end": (header('{"a":' * 100_000), "is damaged: it is nested too deeply"),
    "header with a bomb of a number": (
        header('{"a": ' + "9" * 5000 + "}"),
        "is damaged: it has a number of thousands",
    ),
    "a tensor twice": (
        header(f'{{"a.lora_a": {json.dumps(ONE)}, "a.lora_a": {json.dumps(ONE)}}}'),
        "is damaged: the name 'a.lora_a' stands twice",
    ),
    "two tensors in one place": (
        header(json.dumps({"a.lora_a": ONE, "a.lora_b": ONE})),
        "two tensors lie in one place",
    ),
    "bytes between tensors": (
        header(json.dumps({"a.lora_a": {**ONE, "data_offsets": [8, 40]}}), 40),
        "has bytes between its tensors",
    ),
    "bytes left over": (header(json.dumps({"a.lora_a": ONE}), 40), "bytes after its last tensor"),
    # A tensor's place in it
    "no place": (header('{"a": {"dtype": "F32", "shape": [8]}}'), "lacks a type, a shape or a"),
    "a place below zero": (tensor(data_offsets=[-32, 0]), "its place is not two whole numbers"),
    "a shape of words": (tensor(shape=["2", 4]), "its shape is no list of whole numbers"),
    "a shape too large": (tensor(shape=[2**62, 2**62]), "its shape does not take the bytes"),
    "a shape of a thousand axes": (tensor(shape=[1] * 1000), "its shape has 1,000 axes"),
    "a type that is no text": (tensor(dtype=32), "its type is no text"),
    "eight-bit floats": (tensor(dtype="F8_E4M3"), "is of type F8_E4M3"),
    "a path for a name": (put("../../etc/passwd.lora_a", (8, 4)), "is a path and no layer's"),
    "a name without end": (put("a" * 5000, (8, 4)), "whose name has 5,000 characters"),
    "a name that clears the screen": (put("\x1b[2J.lora_a", (8, 4)), "name cannot be printed"),
    # What the tensors are
    "no tensors": (tensors(lambda found: found.clear()), "holds no tensors"),
    "half a pair": (tensors(lambda found: found.pop(B)), f"lacks the other half of '{A}'"),
    "ranks differ": (put(B, (5, 64)), "do not fit together: 64 × 4 and 5 × 64"),
    "whole numbers": (put(B, (4, 64), kind="int32"), "is 4 × 64 of type I32"),
    "a tensor of the model": (put("model.norm.weight", (64,)), "is no tensor of a LoRA adapter"),
    "not finite": (put(B, (4, 64), float("nan")), "holds numbers that are not finite"),
    "lengths missing": (told(fine_tune_type="dora"), "lacks the magnitude of"),
    "a length too many": (put(B.replace("lora_b", "m"), (64,), 1.0), "has the magnitude of"),
    "too few lengths": (
        both(told(fine_tune_type="dora"), LENGTHS),
        "has 3 magnitudes for the 64 outputs of 'model.layers.0.mlp.down_proj'",
    ),
    "lengths a matrix": (
        put(B.replace("lora_b", "m"), (8, 8), 1.0),
        "must be a row of floats",
    ),
    # PEFT's
    "whole layers beside it": (peft(modules_to_save=["lm_head"]), "modules_to_save"),
    "biases": (peft(bias="all"), "changes the base's biases"),
    "another kind of adapter": (peft(peft_type="IA3"), "of type IA3"),
    "an activated LoRA": (peft(alora_invocation_tokens=[1]), "is an activated LoRA"),
    "a changed base": (peft(init_lora_weights="pissa"), "expects a base that its start changed"),
    "no alpha": (peft(lora_alpha=None), "no usable lora_alpha"),
    "a rank that is not the tensors'": (peft(r=16), "says rank 16"),
    "a pattern that never ends": (peft(rank_pattern={"(a+)+": 7}), "too intricate"),
    "no pattern": (peft(alpha_pattern={"q_proj(": 7}), "which is no pattern"),
    # The model
    "a layer that is not there": (
        lambda f: (put("model.nose.lora_a", (64, 4))(f), put("model.nose.lora_b", (4, 64))(f)),
        "has no layer 'model.nose'",
    ),
    "another model's": (of_another_shape, "and 256 × 128 in the adapter"),
}

SAME_SENTENCE: dict[str, tuple[Spoil, str]] = {
    "infinite": (put(A, (64, 4), float("inf")), "not finite"),
    "not finite in half precision": (put(B, (4, 64), float("nan"), "bfloat16"), "not finite"),
    "scale not finite": (config('{"lora_parameters": {"scale": NaN}}'), "no usable"),
    "scale beyond floats": (told(lora_parameters={"scale": 10**400}), "no usable"),
    "scale beyond float32": (told(lora_parameters={"scale": 1e39}), "no usable"),
    "scale a truth": (told(lora_parameters={"scale": True}), "no usable"),
    "alpha beyond floats": (peft(lora_alpha=10**400), "no usable lora_alpha"),
    "weights a folder": (instead(WEIGHTS, Path.mkdir), "adapters.safetensors is a folder"),
    "config a loop of links": (
        instead(CONFIG, lambda file: file.symlink_to(file)),
        "leads in a circle",
    ),
    "rank zero": (both(put(A, (64, 0)), put(B, (0, 64))), "64 × 0 and 0 × 64"),
    "three axes": (put(B, (2, 4, 64)), "2 × 4 × 64"),
    "a place of three numbers": (tensor(data_offsets=[0, 32, 64]), "its place is not two"),
    "a shape of fractions": (tensor(shape=[2.0, 4.0]), "its shape is no list"),
    "a lone surrogate for a name": (
        header(json.dumps({"\ud800.lora_a": ONE})),
        "cannot be printed",
    ),
}
