"""The adapters resident on a model: attaching them atomically, detaching them exactly.

Everything about an adapter is checked against the model before the first layer is touched; a
refusal leaves the model as it was. When the last adapter leaves a layer, the original layer object
goes back to its place.
It refuses to know requests and rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import mlx.core as mx
import mlx.nn as nn

from assistant.engine.building import build
from assistant.engine.dense import EMBEDDING
from assistant.engine.describing import describe
from assistant.engine.placing import Placement, Placer, all_layers
from assistant.engine.probing import changes_answers, is_plain, largest_update, probe
from assistant.engine.rows import CurrentRows
from assistant.engine.types import AdapterInfo
from assistant.engine.wrapping import Wrapping
from assistant.errors import AdapterNotLoaded, AdapterUnusable
from assistant.lora import AdapterFolder


@dataclass(frozen=True)
class Resident:
    info: AdapterInfo
    modules: tuple[str, ...]
    """The layers of the model that it changes."""


class Residents:
    """All adapters on one model. Used on the engine's own thread only."""

    def __init__(self, model: nn.Module, current: CurrentRows, model_name: str) -> None:
        self._model = model
        self._current = current
        self._model_name = model_name
        self._residents: dict[str, Resident] = {}
        self._layers = all_layers(model)
        self._wrapping = Wrapping(self._layers, current)
        self._heads: dict[str, bool] = {}
        """Embeddings that serve as the head too, and whether an adapter reaches them there."""
        self._blocks: tuple[str, ...] | None = None

    def __contains__(self, name: str) -> bool:
        return name in self._residents

    def infos(self) -> list[AdapterInfo]:
        return [resident.info for resident in self._residents.values()]

    def get(self, name: str) -> Resident:
        if name not in self._residents:
            known = ", ".join(self._residents) or "none"
            raise AdapterNotLoaded(f"The adapter {name!r} is not loaded.", f"Loaded: {known}.")
        return self._residents[name]

    def attach(
        self, folder: AdapterFolder, name: str, fingerprint: Callable[[], str]
    ) -> AdapterInfo:
        """Check everything, load the tensors, then put them on the model's layers.

        `fingerprint` gives the folder's, and is asked late: another thread may be finding it.

        Raises:
            AdapterUnusable: some number does not run, or the file was written meanwhile.
            AdapterMismatch: it belongs to another model.
        """
        placements = Placer(self._layers, folder, name, self._model_name).place()
        self._refuse_unreached_head(placements, name)
        built = build(folder, placements)
        content = fingerprint()
        folder.refuse_if_changed()
        info = describe(
            folder,
            name=name,
            fingerprint=content,
            loaded=True,
            warnings=self._warnings_of_base(folder, name),
        )
        # From here on nothing is refused.
        if name in self._residents:
            self.detach(name)
        modules = tuple(dict.fromkeys(module for module, _ in built.weights))
        self._residents[name] = Resident(info, modules)
        for (module, _), weights in built.weights.items():
            self._wrapping.put(module, name, weights)
        in_blocks = any(self._is_in_block(module) for module in modules)
        if in_blocks and is_plain(built.at_least):
            return info
        size = largest_update(built.weights.values())
        return info if in_blocks and is_plain(size) else self._with_verdict(name, size)

    def _is_in_block(self, module: str) -> bool:
        """Whether a layer is in one of the blocks that every token passes. What else a model has,
        such as a tower for pictures, a text may never reach."""
        if self._blocks is None:
            blocks = set(map(id, getattr(self._model, "layers", ())))
            self._blocks = tuple(
                f"{p}." for p, layer in self._layers.items() if id(layer) in blocks
            )
        return module.startswith(self._blocks)

    def _refuse_unreached_head(self, placements: list[Placement], name: str) -> None:
        """Some models multiply by the embedding's bare weight for their head, past any adapter."""
        if not getattr(getattr(self._model, "args", None), "tie_word_embeddings", False):
            return
        for placement in placements:
            if not isinstance(placement.layer, EMBEDDING) or placement.end == "input":
                continue
            path = placement.module
            if path not in self._heads:
                run = partial(probe, self._model, self._current, ())
                self._heads[path] = self._wrapping.serves_as_head(path, run)
            if not self._heads[path]:
                raise AdapterUnusable(
                    f"The adapter {name!r} changes {placement.pieces[0].module!r}, whose weights "
                    f"{self._model_name} uses for its head in a way no adapter can join.",
                    "Fuse it into its model: assistant adapter fuse NAME FOLDER.",
                )

    def _with_verdict(self, name: str, size: float) -> AdapterInfo:
        """Add a warning when an adapter that is on the model changes nothing."""
        resident = self._residents[name]
        if not changes_answers(self._model, self._current, name, size):
            what = "it is lost in rounding"
            if is_plain(size):
                what = "no text passes the layers that it changes"
            elif size == 0:
                what = "its update is zero everywhere"
            warnings = (*resident.info.warnings, f"{name} changes nothing: {what}.")
            resident = replace(resident, info=replace(resident.info, warnings=warnings))
            self._residents[name] = resident
        return resident.info

    def detach(self, name: str) -> None:
        resident = self.get(name)
        del self._residents[name]
        for module in resident.modules:
            self._wrapping.drop(module, name)
        # Freed now, so that the memory shown is the memory used.
        mx.clear_cache()

    def _warnings_of_base(self, folder: AdapterFolder, name: str) -> tuple[str, ...]:
        if not folder.base or _last_part(folder.base) == _last_part(self._model_name):
            return ()
        return (f"{name} was trained on {folder.base!r}; the model is {self._model_name!r}.",)


def _last_part(model: str) -> str:
    return model.rstrip("/").rsplit("/", 1)[-1].lower()
