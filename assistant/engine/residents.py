"""The adapters resident on a model: attaching them atomically, detaching them exactly.

Everything about an adapter is checked against the model before the first layer is touched; a
refusal leaves the model as it was. When the last adapter leaves a layer, the original layer object
goes back to its place.
It refuses to know requests and rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_unflatten

from assistant.engine.describing import describe
from assistant.engine.row_lora import LoraWeights, RowLoRALinear
from assistant.engine.rows import CurrentRows
from assistant.engine.types import AdapterInfo
from assistant.errors import AdapterMismatch, AdapterNotLoaded, AdapterUnusable
from assistant.lora import AdapterFolder


@dataclass(frozen=True)
class Resident:
    info: AdapterInfo
    modules: tuple[str, ...]


class Residents:
    """All adapters on one model. Used on the engine's own thread only."""

    def __init__(self, model: nn.Module, current: CurrentRows, model_name: str) -> None:
        self._model = model
        self._current = current
        self._model_name = model_name
        self._residents: dict[str, Resident] = {}
        self._wrappers: dict[str, RowLoRALinear] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._residents

    def infos(self) -> list[AdapterInfo]:
        return [resident.info for resident in self._residents.values()]

    def get(self, name: str) -> Resident:
        if name not in self._residents:
            known = ", ".join(self._residents) or "none"
            raise AdapterNotLoaded(f"The adapter {name!r} is not loaded.", f"Loaded: {known}.")
        return self._residents[name]

    def attach(self, folder: AdapterFolder, name: str) -> AdapterInfo:
        """Check everything, load the tensors, then put them on the model's layers."""
        self._check_fit(folder, name)
        weights = self._load(folder)
        info = describe(
            folder,
            name=name,
            fingerprint=folder.fingerprint(),
            loaded=True,
            warnings=self._warnings(folder, name, weights),
        )
        if name in self._residents:
            self.detach(name)
        for module, pair in weights.items():
            self._wrapper(module).put(name, pair)
        self._residents[name] = Resident(info, tuple(weights))
        return info

    def detach(self, name: str) -> None:
        resident = self.get(name)
        del self._residents[name]
        originals: list[tuple[str, nn.Module]] = []
        for module in resident.modules:
            wrapper = self._wrappers[module]
            wrapper.drop(name)
            if not wrapper.names:
                originals.append((module, wrapper.linear))
                del self._wrappers[module]
        if originals:
            self._model.update_modules(tree_unflatten(originals))
        # Freed now, so that the memory shown is the memory used.
        mx.clear_cache()

    def _wrapper(self, module: str) -> RowLoRALinear:
        if module not in self._wrappers:
            wrapper = RowLoRALinear(self._layer(module), self._current)
            self._model.update_modules(tree_unflatten([(module, wrapper)]))
            self._wrappers[module] = wrapper
        return self._wrappers[module]

    def _layer(self, module: str) -> Any:
        """The original layer at a path, or None."""
        if module in self._wrappers:
            return self._wrappers[module].linear
        layer: Any = self._model
        for part in module.split("."):
            try:
                layer = layer[int(part)] if isinstance(layer, list) else layer[part]
            except (KeyError, IndexError, ValueError, TypeError):
                return None
        return layer

    def _check_fit(self, folder: AdapterFolder, name: str) -> None:
        made_for = f" It was trained on {folder.base!r}." if folder.base else ""
        for module, pair in folder.pairs.items():
            layer = self._layer(module)
            if layer is None:
                raise AdapterMismatch(
                    f"The adapter {name!r} is for another model: {self._model_name} has no layer "
                    f"{module!r}.{made_for}",
                    "Load it on the model it was trained on (assistant -m MODEL).",
                )
            if not isinstance(layer, nn.Linear | nn.QuantizedLinear):
                raise AdapterUnusable(
                    f"The adapter {name!r} changes {module!r}, a {type(layer).__name__}; "
                    "this version runs adapters of linear layers.",
                )
            inputs, outputs = layer_sizes(layer)
            if (inputs, outputs) != (pair.input_size, pair.output_size):
                raise AdapterMismatch(
                    f"The adapter {name!r} is for another model: {module!r} is "
                    f"{inputs} × {outputs} in {self._model_name} and "
                    f"{pair.input_size} × {pair.output_size} in the adapter.{made_for}",
                    "Load it on the model it was trained on (assistant -m MODEL).",
                )

    def _load(self, folder: AdapterFolder) -> dict[str, LoraWeights]:
        # mx.load's type also covers formats of several files; a safetensors file is one dict.
        tensors = cast("dict[str, mx.array]", mx.load(str(folder.weights_file)))
        weights = {}
        for module, pair in folder.pairs.items():
            a, b = tensors[pair.a], tensors[pair.b]
            if pair.transposed:
                a, b = mx.contiguous(a.T), mx.contiguous(b.T)
            weights[module] = LoraWeights(a, b, pair.scale)
        finite = {m: mx.isfinite(w.a).all() & mx.isfinite(w.b).all() for m, w in weights.items()}
        mx.eval([(w.a, w.b) for w in weights.values()], list(finite.values()))
        for module, is_finite in finite.items():
            if not is_finite.item():
                raise AdapterUnusable(
                    f"{folder.path} holds numbers that are not finite, in {module!r}.",
                    "Its training went wrong; train it again with a lower learning rate.",
                )
        return weights

    def _warnings(
        self, folder: AdapterFolder, name: str, weights: dict[str, LoraWeights]
    ) -> tuple[str, ...]:
        warnings = []
        if folder.base and _last_part(folder.base) != _last_part(self._model_name):
            warnings.append(
                f"{name} was trained on {folder.base!r}; the model is {self._model_name!r}."
            )
        if all(w.scale == 0 for w in weights.values()) or all(
            not w.b.any().item() for w in weights.values()
        ):
            warnings.append(f"{name} changes nothing: its update is zero everywhere.")
        return tuple(warnings)


def layer_sizes(layer: nn.Linear | nn.QuantizedLinear) -> tuple[int, int]:
    """(numbers in, numbers out) of a layer, quantised or not."""
    outputs, columns = layer.weight.shape
    if isinstance(layer, nn.QuantizedLinear):
        # Packed into 32-bit words: bits × inputs = 32 × columns, for odd bit widths too.
        columns = columns * 32 // layer.bits
    return columns, outputs


def _last_part(model: str) -> str:
    return model.rstrip("/").rsplit("/", 1)[-1].lower()
