"""Puts row layers in the place of a model's layers, and the very same layers back.

It refuses to know adapters' files and whether they fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mlx.nn as nn

from assistant.engine.dense import EMBEDDING, EXPERTS
from assistant.engine.lora_weights import LoraWeights
from assistant.engine.row_embedding import RowLoRAEmbedding
from assistant.engine.row_experts import RowLoRAExperts, RowMixture
from assistant.engine.row_lora import RowLayer, RowLoRALinear
from assistant.engine.rows import CurrentRows


class Wrapping:
    """The row layers on one model. `layers` are the model's own, by path, "" being the model."""

    def __init__(self, layers: Mapping[str, Any], current: CurrentRows) -> None:
        self._layers = layers
        self._current = current
        self._wrapped: dict[str, RowLayer] = {}
        self._mixtures: dict[str, RowMixture] = {}

    def put(self, module: str, name: str, weights: LoraWeights) -> None:
        """Let an adapter change a layer, which is wrapped when it is the first to do so."""
        if module not in self._wrapped:
            self._wrapped[module] = self._make(module)
            self._assign(module, self._wrapped[module])
        self._wrapped[module].put(name, weights)

    def drop(self, module: str, name: str) -> None:
        """Take an adapter off a layer; when it was the last, the layer itself comes back."""
        wrapper = self._wrapped[module]
        wrapper.drop(name)
        if wrapper.names:
            return
        del self._wrapped[module]
        self._assign(module, self._layers[module])
        mixture = module.rpartition(".")[0]
        others = any(path.rpartition(".")[0] == mixture for path in self._wrapped)
        if mixture in self._mixtures and not others:
            del self._mixtures[mixture]
            self._assign(mixture, self._layers[mixture])

    def serves_as_head(self, embedding: str, run: Callable[[], object]) -> bool:
        """Whether the model calls an embedding for its head; `run` runs the model once."""
        standing = self._wrapped.get(embedding)
        watched = standing or self._make(embedding)
        if standing is None:
            self._assign(embedding, watched)
        try:
            run()
        finally:
            if standing is None:
                self._assign(embedding, self._layers[embedding])
        return bool(watched.served_as_head)

    def _make(self, module: str) -> RowLayer:
        layer = self._layers[module]
        if isinstance(layer, EMBEDDING):
            return RowLoRAEmbedding(layer, self._current)
        if isinstance(layer, EXPERTS):
            return RowLoRAExperts(layer, self._current, self._mixture(module).routing)
        return RowLoRALinear(layer, self._current)

    def _mixture(self, module: str) -> RowMixture:
        path = module.rpartition(".")[0]
        if path not in self._mixtures:
            self._mixtures[path] = RowMixture(self._layers[path], self._current)
            self._assign(path, self._mixtures[path])
        return self._mixtures[path]

    def _assign(self, path: str, module: nn.Module) -> None:
        """Set a module where its original parent holds it, in an attribute or a list."""
        parent, _, leaf = path.rpartition(".")
        if parent in self._layers:
            setattr(self._layers[parent], leaf, module)
            return
        holder, _, attribute = parent.rpartition(".")
        self._layers[holder][attribute][int(leaf)] = module
