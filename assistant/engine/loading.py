"""Loads a model and its tokenizer with mlx-lm, and says what it is.

Runs on the engine's own thread. It refuses to know adapters and rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mlx.core as mx
from mlx.utils import tree_flatten

from assistant.engine.blas import open_fast_blas
from assistant.engine.fetching import fetch_model
from assistant.engine.generation_config import GenerationConfig, read_generation_config
from assistant.engine.memory import refuse_if_too_large
from assistant.engine.model_facts import context_length
from assistant.engine.models import ModelLocation
from assistant.engine.options import EngineOptions
from assistant.engine.types import EngineInfo
from assistant.engine.vocabulary import vocabulary_size
from assistant.engine.widening import widen_here
from assistant.errors import ModelError, ModelUnusable
from assistant.file_trouble import first_line

# Where a config names no length; the usual one of the models that leave it out.
_USUAL_CONTEXT = 4096


@dataclass(frozen=True)
class LoadedModel:
    model: Any
    tokenizer: Any
    info: EngineInfo
    generation: GenerationConfig
    vocabulary: int
    """How many tokens it has numbers for."""


def load_model(location: ModelLocation, options: EngineOptions) -> LoadedModel:
    """Load what `mlx_lm.load` loads: a local folder, or a repository through its hub cache.

    Raises:
        ModelNotFound: the repository is neither in the cache nor to be had.
        ModelUnusable: the files are no model that mlx-lm can run.
        ModelTooLarge: it does not fit into memory.
    """
    # transformers takes over a second to import: not before a model is wanted.
    from mlx_lm import load

    try:
        folder = location.path or fetch_model(str(location.repository))
        if options.memory_check:
            refuse_if_too_large(location.name, folder, options.max_kv_size)
        model, tokenizer, config = load(str(folder), return_config=True)
    except ModelError:
        raise
    except Exception as error:  # whatever a loader of foreign files raises is one refusal
        raise _refusal(location, error) from error
    if tokenizer.eos_token_id is not None:
        # mlx-lm forgets it before 0.32 where the generation config names other ends.
        tokenizer.eos_token_ids = {*tokenizer.eos_token_ids, tokenizer.eos_token_id}
    model.eval()
    on_cpu = mx.default_device() == mx.Device(mx.cpu)
    stored = _dtype(model)
    if on_cpu:
        widen_here(model)
    mx.eval(model.parameters())
    weights = [array for _, array in tree_flatten(model.parameters())]
    running = _dtype(model)
    generation = read_generation_config(folder)
    info = EngineInfo(
        model=location.name,
        path=folder,
        architecture=str(config.get("model_type", "unknown")),
        parameters=_count_parameters(model),
        context_length=context_length(config) or _USUAL_CONTEXT,
        dtype=running if running == stored else f"{stored}, run as {running}",
        quantisation=_quantisation(config),
        device="cpu" if on_cpu else "gpu",
        memory_bytes=sum(array.nbytes for array in weights),
        blas=open_fast_blas(),
        sampling=generation.sampling,
    )
    vocabulary = vocabulary_size(model, tokenizer)
    return LoadedModel(model, tokenizer, info, generation, vocabulary)


def _refusal(location: ModelLocation, error: Exception) -> ModelUnusable:
    reason = first_line(error)
    return ModelUnusable(
        f"The model {location.name!r} cannot be loaded: {reason}.",
        "It must be a folder in the format of mlx-lm: config.json, tokenizer and safetensors.",
    )


def _dtype(model: Any) -> str:
    floats = [a for _, a in tree_flatten(model.parameters()) if mx.issubdtype(a.dtype, mx.floating)]
    largest = max(floats, key=lambda array: array.size)
    return str(largest.dtype).removeprefix("mlx.core.")


def _count_parameters(model: Any) -> int:
    # Imported here like `load` above: it comes with transformers.
    from mlx_lm.utils import get_total_parameters

    return int(get_total_parameters(model))


def _quantisation(config: dict[str, Any]) -> str | None:
    quantised = config.get("quantization") or config.get("quantization_config")
    if not isinstance(quantised, dict) or "bits" not in quantised:
        return None
    mode = quantised.get("mode", "affine")
    return f"{quantised['bits']}-bit {mode}, groups of {quantised.get('group_size', '?')}"
