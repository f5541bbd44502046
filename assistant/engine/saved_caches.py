"""Keys and values of a chat in a file, so that a long one goes on at once another day.

A safetensors file: the tensors, and in its header the model's fingerprint, the adapters by content
and strength, the tokens, and a BLAKE3 of it all. Everything is checked before it is used, against
the header and against what this model makes itself; nothing in the file names code.
It refuses to know where such files are kept and which chat they belong to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import mlx.core as mx
from blake3 import blake3
from mlx.utils import tree_flatten
from mlx_lm.models.cache import KVCache, QuantizedKVCache

from assistant.engine.held import keys_and_values
from assistant.engine.rows import RowAdapters
from assistant.errors import AdapterUnusable, PromptCacheUnusable
from assistant.lora.safetensors import read_header

_FORMAT = "assistant prompt cache 2"


def refuse_other_kinds(cache: Sequence[Any]) -> None:
    """Only kinds that hold every token by itself can be cut and put together again.

    Raises:
        PromptCacheUnusable: naming a kind that is not.
    """
    for entry in cache:
        if type(entry) not in (KVCache, QuantizedKVCache):
            kind = type(entry).__name__
            raise PromptCacheUnusable(f"Keys and values of this model cannot be saved: {kind}.")


def save_cache(
    file: Path, model: str, identity: RowAdapters, tokens: Sequence[int], cache: Sequence[Any]
) -> None:
    """Write a cache (without its row's tag) that holds exactly these tokens.

    Raises:
        PromptCacheUnusable: the file cannot be written.
    """
    tensors: dict[str, mx.array] = {}
    for layer, entry in enumerate(cache):
        for name, array in _arrays(entry).items():
            tensors[f"{layer}.{name}"] = mx.contiguous(array)
    header = {
        "format": _FORMAT,
        "model": model,
        "adapters": json.dumps(identity),
        "tokens": json.dumps(list(tokens)),
    }
    header["blake3"] = _digest(header, tensors)
    # Beside it first: a file half written never has the name of a whole one.
    unfinished = file.with_name(f".{file.name}.unfinished.safetensors")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        mx.save_safetensors(str(unfinished), tensors, header)
        unfinished.replace(file)
    except (OSError, RuntimeError) as error:
        unfinished.unlink(missing_ok=True)
        raise PromptCacheUnusable(f"{file} cannot be written: {error}.") from None


def read_cache(
    file: Path, model: str, example: Sequence[Any]
) -> tuple[RowAdapters, list[int], list[Any]]:
    """(adapters by content, tokens, cache) of a file. `example` is a cache that this model made of
    one token.

    Raises:
        PromptCacheUnusable: the file is none, is damaged, or was made by another model.
    """
    refuse_other_kinds(example)
    try:
        read_header(file)
        tensors, header = cast(
            "tuple[dict[str, mx.array], dict[str, str]]",
            mx.load(str(file), format="safetensors", return_metadata=True),
        )
    except (AdapterUnusable, RuntimeError, ValueError) as error:
        raise PromptCacheUnusable(f"{file} is no saved chat: {error}") from None
    if header.get("format") != _FORMAT:
        raise PromptCacheUnusable(f"{file} is no saved chat of this program.")
    if header.get("model") != model:
        raise PromptCacheUnusable(
            f"{file} was made by another model.", "It is made anew by asking."
        )
    if header.pop("blake3", None) != _digest(header, tensors):
        raise PromptCacheUnusable(
            f"{file} is damaged: it holds other numbers than were written.",
            "It is made anew by asking.",
        )
    try:
        identity = tuple(
            (str(name), float(scale)) for name, scale in json.loads(header["adapters"])
        )
        tokens = [int(token) for token in json.loads(header["tokens"])]
        if not tokens:
            raise ValueError("no tokens")
        if not _same_form(example, tensors):
            raise PromptCacheUnusable(
                f"{file} keeps keys and values in another form than the model runs with now.",
                "It is made anew by asking; kv_bits and the type of the weights decide the form.",
            )
        cache = [_entry(layer, one, tensors, len(tokens)) for layer, one in enumerate(example)]
        if tensors:
            raise ValueError("more tensors than layers")
    except KeyError as missing:
        raise PromptCacheUnusable(f"{file} is damaged: it lacks {missing}.") from None
    except (TypeError, ValueError, RecursionError) as error:
        raise PromptCacheUnusable(f"{file} is damaged: {error}.") from None
    mx.eval([entry.state for entry in cache])
    return identity, tokens, cache


def _digest(header: Mapping[str, str], tensors: Mapping[str, mx.array]) -> str:
    """BLAKE3 of the header and of every tensor's name, form and bytes."""
    digest = blake3(json.dumps(header, sort_keys=True).encode())
    for name, array in sorted(tensors.items()):
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(memoryview(cast("Any", array.view(mx.uint8))))
    return digest.hexdigest()


def _arrays(entry: Any) -> dict[str, mx.array]:
    """Keys and values up to the last token, by name."""
    keys, values = keys_and_values(entry)
    return dict(tree_flatten({"keys": keys, "values": values}))


def _same_form(example: Sequence[Any], tensors: dict[str, mx.array]) -> bool:
    """Whether the first layer is kept as this model keeps it, whatever the number of tokens."""

    def form(name: str, array: mx.array) -> tuple[Any, ...]:
        return name, array.dtype, array.shape[:2], array.shape[3:]

    made = {form(f"0.{name}", array) for name, array in _arrays(example[0]).items()}
    found = {form(name, array) for name, array in tensors.items() if name.startswith("0.")}
    return not found or made == found


def _entry(layer: int, example: Any, tensors: dict[str, mx.array], count: int) -> Any:
    """One layer's cache from its tensors, which must be shaped as this model makes them."""
    found: dict[str, mx.array] = {}
    for name, made in _arrays(example).items():
        array = tensors.pop(f"{layer}.{name}")
        expected = (*made.shape[:2], count, *made.shape[3:])
        if array.shape != expected or array.dtype != made.dtype:
            raise ValueError(f"layer {layer} has {name} of {array.shape}, not {expected}")
        found[name] = array
    entry: Any
    if isinstance(example, QuantizedKVCache):
        entry = QuantizedKVCache(example.group_size, example.bits)
        parts = range(len(example.keys))
        entry.keys = tuple(found[f"keys.{part}"] for part in parts)
        entry.values = tuple(found[f"values.{part}"] for part in parts)
    else:
        entry = KVCache()
        entry.keys, entry.values = found["keys"], found["values"]
    entry.offset = count
    return entry
