"""Finds the layers of a model that an adapter's pairs belong to, whatever they are called there.

    the same name              model.layers.0.self_attn.q_proj
    another prefix             language_model.model.layers.0...   of multimodal models
    fused or split             qkv_proj against q_proj, k_proj, v_proj; gate_up_proj likewise
    a head that is tied        lm_head becomes the output side of the embedding
    one expert at a time       mlp.experts.3.gate_proj becomes row 3 of mlp.switch_mlp.gate_proj

Nothing is loaded here, only names and sizes are compared. It refuses to know tensors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mlx.nn as nn
from mlx_lm.models.switch_layers import SwitchGLU, SwitchMLP

from assistant.engine.dense import EMBEDDING, EXPERTS, LINEAR, layer_sizes
from assistant.engine.lora_weights import End
from assistant.errors import AdapterMismatch, AdapterUnusable
from assistant.lora import AdapterFolder, LoraPair

# Projections that some models keep as one layer, their outputs one after the other.
FUSED = {"qkv_proj": ("q_proj", "k_proj", "v_proj"), "gate_up_proj": ("gate_proj", "up_proj")}
_FUSED_OF = {part: fused for fused, parts in FUSED.items() for part in parts}
# Hugging Face's names of an expert's three layers, to mlx-lm's of the mixture.
_EXPERT = re.compile(r"(.+)\.experts\.(\d+)\.(gate_proj|up_proj|down_proj|w1|w2|w3)")
# An expert that is a layer of its own sees some tokens, and not whose rows they are of (DBRX).
_LONE_EXPERT = re.compile(r".+\.experts\.\d+\..+")
_MIXTRAL = {"w1": "gate_proj", "w2": "down_proj", "w3": "up_proj"}
_EMBEDDINGS = ("embed_tokens", "wte", "tok_embeddings")
# The blocks of a text model, and what may stand before them in its names.
_BLOCK = re.compile(r"(?P<before>|.*?\.)(?P<rest>(?:layers|h|blocks)\.\d+\..+)")
_TEXT_PREFIX = re.compile(r"((model|language_model|text_model|transformer|backbone)\.)*")


@dataclass(frozen=True)
class Piece:
    """A pair, or some of its outputs, and where in the layer it goes."""

    module: str
    """Its name in the adapter."""
    pair: LoraPair
    take: tuple[int, int] | None = None
    """Which of the pair's outputs, from and up to; None is all."""
    at: int = 0
    """The layer's output that the first of them changes; of experts, the expert."""


@dataclass(frozen=True)
class Placement:
    """One layer of the model and everything that changes it."""

    module: str
    layer: Any
    pieces: tuple[Piece, ...]
    end: End = "both"
    outputs: int = 0
    """How many outputs the layer has, where the pieces cover a part of them each."""
    experts: int = 0
    """How many experts the layer has, where every piece is one of them."""


class Placer:
    """Places one adapter on one model's layers."""

    def __init__(
        self, layers: Mapping[str, Any], folder: AdapterFolder, name: str, model_name: str
    ) -> None:
        self._layers = layers
        self._folder = folder
        self._name = name
        self._model_name = model_name

    def place(self) -> list[Placement]:
        """
        Raises:
            AdapterMismatch: the model has no such layers, or of other sizes.
            AdapterUnusable: a layer of a kind that this version does not run.
        """
        direct: list[Placement] = []
        gathered: dict[str, list[Piece]] = {}
        for module, pair in self._folder.pairs.items():
            path = self._path(module)
            if path in self._layers:
                direct.append(self._whole(path, module, pair))
            elif (head := self._tied_head(path)) is not None:
                direct.append(self._head(head, module, pair))
            elif (expert := self._expert(path)) is not None:
                gathered.setdefault(expert[0], []).append(Piece(module, pair, at=expert[1]))
            elif (fused := self._fused(path)) is not None:
                gathered.setdefault(fused, []).append(Piece(module, pair))
            elif parts := self._split(path):
                direct += self._parts(parts, module, pair)
            else:
                raise self._mismatch(f"{self._model_name} has no layer {module!r}")
        direct += [self._together(path, pieces) for path, pieces in gathered.items()]
        self._refuse_doubles(direct)
        return direct

    # Names

    @cached_property
    def _prefix(self) -> str:
        """What stands before the blocks in the model's own names, where that is one thing.

        Only adapters with other names than the model's ask for it."""
        blocks = [block for name in self._layers if (block := _BLOCK.fullmatch(name))]
        found = {block["before"] for block in blocks if _TEXT_PREFIX.fullmatch(block["before"])}
        return found.pop() if len(found) == 1 else ""

    def _path(self, module: str) -> str:
        """The name with the model's prefix, when it is not there as it is."""
        if module in self._layers:
            return module
        block = _BLOCK.fullmatch(module)
        if block and _TEXT_PREFIX.fullmatch(block["before"]):
            return f"{self._prefix}{block['rest']}"
        last = module.rpartition(".")[2]
        if last in {*_EMBEDDINGS, "lm_head"} and _TEXT_PREFIX.fullmatch(module.removesuffix(last)):
            named = [name for name in self._layers if name.rpartition(".")[2] == last]
            return named[0] if len(named) == 1 else module
        return module

    def _tied_head(self, path: str) -> str | None:
        """The embedding that serves as the head too, for an `lm_head` that the model has not."""
        if path.rpartition(".")[2] != "lm_head":
            return None
        found = [name for name in self._layers if name.rpartition(".")[2] in _EMBEDDINGS]
        return found[0] if len(found) == 1 else None

    def _expert(self, path: str) -> tuple[str, int] | None:
        found = _EXPERT.fullmatch(path)
        if found is None:
            return None
        kind = _MIXTRAL.get(found[3], found[3])
        for mixture in ("switch_mlp", "experts", "switch_glu"):
            name = f"{found[1]}.{mixture}.{kind}"
            if isinstance(self._layers.get(name), EXPERTS):
                return name, int(found[2])
        return None

    def _fused(self, path: str) -> str | None:
        before, _, last = path.rpartition(".")
        if last not in _FUSED_OF:
            return None
        fused = f"{before}.{_FUSED_OF[last]}"
        return fused if fused in self._layers else None

    def _split(self, path: str) -> list[str]:
        before, _, last = path.rpartition(".")
        parts = [f"{before}.{part}" for part in FUSED.get(last, ())]
        return parts if all(part in self._layers for part in parts) else []

    # Sizes

    def _whole(self, path: str, module: str, pair: LoraPair) -> Placement:
        layer = self._layers[path]
        self._check_kind(layer, module, pair)
        self._check_sizes(module, pair, layer_sizes(layer))
        if _LONE_EXPERT.fullmatch(path):
            raise AdapterUnusable(
                f"The adapter {self._name!r} changes the expert {module!r}, which "
                f"{self._model_name} calls with single tokens that tell nothing of their rows.",
                "Fuse it into its model with mlx_lm.fuse.",
            )
        if pair.experts and pair.experts != layer.num_experts:
            raise self._mismatch(
                f"{module!r} has {layer.num_experts} experts in {self._model_name} and "
                f"{pair.experts} in the adapter"
            )
        if pair.experts and not isinstance(self._mixture(path), SwitchGLU | SwitchMLP):
            raise AdapterUnusable(
                f"The adapter {self._name!r} changes the experts of {module!r}, in a mixture of a "
                f"kind this version does not run ({type(self._mixture(path)).__name__}).",
                "Fuse it into its model with mlx_lm.fuse.",
            )
        end: End = "input" if pair.input_only else "both"
        return Placement(path, layer, (Piece(module, pair),), end)

    def _mixture(self, path: str) -> Any:
        return self._layers.get(path.rpartition(".")[0])

    def _head(self, embedding: str, module: str, pair: LoraPair) -> Placement:
        layer = self._layers[embedding]
        self._check_sizes(module, pair, layer_sizes(layer)[::-1])
        return Placement(embedding, layer, (Piece(module, pair),), "output")

    def _parts(self, paths: list[str], module: str, pair: LoraPair) -> list[Placement]:
        """A fused pair on the layers of its parts: all share A, each takes its columns of B."""
        sizes = [layer_sizes(self._layers[path]) for path in paths]
        self._check_sizes(module, pair, (sizes[0][0], sum(outputs for _, outputs in sizes)))
        placements, begin = [], 0
        for path, (_, outputs) in zip(paths, sizes, strict=True):
            layer = self._layers[path]
            self._check_kind(layer, module, pair)
            piece = Piece(module, pair, (begin, begin + outputs))
            placements.append(Placement(path, layer, (piece,)))
            begin += outputs
        return placements

    def _together(self, path: str, pieces: list[Piece]) -> Placement:
        """Pairs of several parts, or experts, on the one layer that holds them all."""
        layer = self._layers[path]
        inputs, outputs = layer_sizes(layer)
        if isinstance(layer, EXPERTS):
            for piece in pieces:
                self._check_sizes(piece.module, piece.pair, (inputs, outputs))
                if piece.at >= layer.num_experts:
                    raise self._mismatch(f"{self._model_name} has no {piece.module!r}")
            return Placement(path, layer, tuple(pieces), experts=layer.num_experts)
        given = {piece.module.rpartition(".")[2]: piece for piece in pieces}
        parts = FUSED[path.rpartition(".")[2]]
        sizes = _part_sizes(
            parts, outputs, {p: piece.pair.output_size for p, piece in given.items()}
        )
        placed, begin = [], 0
        for part in parts:
            if part in given:
                piece = given[part]
                self._check_kind(layer, piece.module, piece.pair)
                self._check_sizes(piece.module, piece.pair, (inputs, sizes[part]))
                placed.append(Piece(piece.module, piece.pair, at=begin))
            begin += sizes[part]
        return Placement(path, layer, tuple(placed), outputs=outputs)

    # Refusals

    def _check_kind(self, layer: Any, module: str, pair: LoraPair) -> None:
        kinds = EXPERTS if pair.experts else (*LINEAR, *EMBEDDING)
        if pair.input_only:
            kinds = EMBEDDING
        if not isinstance(layer, kinds):
            what = "experts in" if pair.experts else "an update to"
            raise AdapterUnusable(
                f"The adapter {self._name!r} has {what} {module!r}, which is of the kind "
                f"{type(layer).__name__} in {self._model_name}; this version runs adapters of "
                "linear layers, embeddings and experts.",
                "Fuse it into its model where it was trained.",
            )
        if pair.magnitude and pair.experts:
            raise AdapterUnusable(
                f"The adapter {self._name!r} is DoRA on the experts {module!r}, which no trainer "
                "is known to define.",
                "Train the experts with plain LoRA.",
            )

    def _check_sizes(self, module: str, pair: LoraPair, sizes: tuple[int, int]) -> None:
        if sizes != (pair.input_size, pair.output_size):
            raise self._mismatch(
                f"{module!r} is {sizes[0]} × {sizes[1]} in {self._model_name} and "
                f"{pair.input_size} × {pair.output_size} in the adapter"
            )

    def _mismatch(self, reason: str) -> AdapterMismatch:
        base = self._folder.base
        made_for = f" It was trained on {base!r}." if base else ""
        return AdapterMismatch(
            f"The adapter {self._name!r} is for another model: {reason}.{made_for}",
            "Load it on the model it was trained on (assistant -m MODEL).",
        )

    def _refuse_doubles(self, placements: list[Placement]) -> None:
        seen: dict[tuple[str, str], str] = {}
        for placement in placements:
            module = placement.pieces[0].module
            ends = ("input", "output") if placement.end == "both" else (placement.end,)
            for end in ends:
                first = seen.setdefault((placement.module, end), module)
                if first != module:
                    raise self._mismatch(
                        f"{first!r} and {module!r} are one layer, {placement.module!r}, in "
                        f"{self._model_name}"
                    )


def _part_sizes(parts: tuple[str, ...], total: int, known: Mapping[str, int]) -> dict[str, int]:
    """How many outputs each part of a fused layer has, keys and values having equally many."""
    if len(parts) == 2:
        return dict.fromkeys(parts, total // 2)
    keys = known.get("k_proj", known.get("v_proj"))
    if keys is None:
        keys = (total - known["q_proj"]) // 2
    return {"q_proj": total - 2 * keys, "k_proj": keys, "v_proj": keys}


def all_layers(model: nn.Module) -> dict[str, Any]:
    """Every module of the model by its path, the model itself under ""."""
    return dict(model.named_modules())
