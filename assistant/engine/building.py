"""Turns an adapter's tensors into the arrays that run, once, and checks every number.

It refuses to know where in the model they go, beyond the layer that DoRA's lengths are relative to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import mlx.core as mx

from assistant.engine.dense import EMBEDDING, dense_weight, dora_gain
from assistant.engine.finite import all_finite
from assistant.engine.lora_weights import LoraWeights
from assistant.engine.placing import Piece, Placement
from assistant.engine.probing import update_at_least
from assistant.errors import AdapterMismatch, AdapterUnusable
from assistant.lora import AdapterFolder

# How far the base's own embedding, saved beside an update, may be from the model's: rounding and
# quantisation, not another embedding.
_SAME_BASE = 0.2


@dataclass(frozen=True)
class Built:
    """An adapter's weights for every (layer, end) of the model, evaluated and finite."""

    weights: Mapping[tuple[str, str], LoraWeights]
    at_least: float
    """How large the first layer's update is at least, as a Frobenius norm: a trained adapter's is
    seen there."""


def build(folder: AdapterFolder, placements: list[Placement]) -> Built:
    """The weights that run.

    Raises:
        AdapterUnusable: some number is not finite, or not to be had in this form, or the file was
            written meanwhile.
        AdapterMismatch: it was made on other weights.
    """
    built: dict[tuple[str, str], LoraWeights] = {}
    try:
        # mx.load's type also covers formats of several files; a safetensors file is one dict.
        tensors = cast("dict[str, mx.array]", mx.load(str(folder.weights_file)))
        for placement in placements:
            weights = _build(folder, placement, tensors)
            # One layer after the other: DoRA's lengths need a layer's whole weight for a moment.
            if weights.gain is not None:
                mx.eval(weights.arrays)
            built[placement.module, placement.end] = weights
        finite = all_finite([array for weights in built.values() for array in weights.arrays])
    except (OSError, RuntimeError) as error:  # mlx reads no sooner than it has to
        folder.refuse_if_changed()
        reason = str(error).partition("\n")[0].rstrip(".")
        raise AdapterUnusable(
            f"{folder.weights_file} cannot be read: {reason}.", "Copy or train it again."
        ) from None
    if not finite:
        folder.refuse_if_changed()
        _refuse_what_is_not_finite(folder, placements, built)
    return Built(built, update_at_least(next(iter(built.values()))))


def _refuse_what_is_not_finite(
    folder: AdapterFolder,
    placements: list[Placement],
    built: Mapping[tuple[str, str], LoraWeights],
) -> None:
    named = zip(placements, built.values(), strict=True)
    odd = next(placement for placement, weights in named if not all_finite(weights.arrays))
    raise AdapterUnusable(
        f"{folder.path} holds numbers that are not finite, in {odd.pieces[0].module!r}.",
        "Its training went wrong; train it again with a lower learning rate.",
    )


def _build(
    folder: AdapterFolder, placement: Placement, tensors: Mapping[str, mx.array]
) -> LoraWeights:
    first = placement.pieces[0]
    if placement.experts:
        a, b, scale = _experts(placement, tensors)
    elif placement.outputs:
        a, b, scale = _side_by_side(placement, tensors)
    else:
        a, b = _halves(first, tensors)
        scale = first.pair.scale
    if first.pair.base_copy:
        _check_base_copy(folder, placement, tensors[first.pair.base_copy])
    if first.pair.magnitude is None:
        return LoraWeights(a, b, scale, end=placement.end)
    lengths = _lengths(folder, placement, tensors)
    gain = dora_gain(placement.layer, a, b, scale, lengths, placement.end)
    # g multiplied into B, or into A where each token has its own.
    if gain.ndim == 2:
        return LoraWeights(a * (1 + gain), b, scale, gain, placement.end)
    return LoraWeights(a, b * (1 + gain), scale, gain, placement.end)


def _halves(piece: Piece, tensors: Mapping[str, mx.array]) -> tuple[mx.array, mx.array]:
    """A (in, rank) and B (rank, out); of experts (experts, in, rank) and (experts, rank, out)."""
    a, b = _as_running(tensors[piece.pair.a]), _as_running(tensors[piece.pair.b])
    if piece.pair.experts:
        # The CPU back end gathers float32 only.
        return a.astype(mx.float32).swapaxes(-1, -2), b.astype(mx.float32).swapaxes(-1, -2)
    if piece.pair.transposed:
        a, b = mx.contiguous(a.T), mx.contiguous(b.T)
    return a, b if piece.take is None else mx.contiguous(b[:, slice(*piece.take)])


def _as_running(tensor: mx.array) -> mx.array:
    # No device but the CPU has float64, and no layer runs in it.
    return tensor.astype(mx.float32) if tensor.dtype == mx.float64 else tensor


def _side_by_side(
    placement: Placement, tensors: Mapping[str, mx.array]
) -> tuple[mx.array, mx.array, float]:
    """Several pairs as one: ranks one after the other, each B in its own columns."""
    all_a, all_b = [], []
    for piece in placement.pieces:
        a, b = _halves(piece, tensors)
        after = placement.outputs - piece.at - b.shape[1]
        all_a.append(a)
        all_b.append(mx.pad(piece.pair.scale * b, [(0, 0), (piece.at, after)]))
    return mx.concatenate(all_a, axis=1), mx.concatenate(all_b, axis=0), 1.0


def _experts(
    placement: Placement, tensors: Mapping[str, mx.array]
) -> tuple[mx.array, mx.array, float]:
    """Pairs of single experts as one; experts without a pair get zeros."""
    rank = max(piece.pair.rank for piece in placement.pieces)
    pair = placement.pieces[0].pair
    all_a = [mx.zeros((pair.input_size, rank))] * placement.experts
    all_b = [mx.zeros((rank, pair.output_size))] * placement.experts
    for piece in placement.pieces:
        a, b = _halves(piece, tensors)
        missing = rank - piece.pair.rank
        all_a[piece.at] = mx.pad(a.astype(mx.float32), [(0, 0), (0, missing)])
        all_b[piece.at] = mx.pad(piece.pair.scale * b.astype(mx.float32), [(0, missing), (0, 0)])
    return mx.stack(all_a), mx.stack(all_b), 1.0


def _lengths(
    folder: AdapterFolder, placement: Placement, tensors: Mapping[str, mx.array]
) -> mx.array:
    """DoRA's lengths for all outputs of the layer."""
    if placement.experts:
        raise AdapterUnusable(
            f"{folder.path} is DoRA on single experts, which this version does not run.",
            "Train the experts with plain LoRA.",
        )
    by_token = isinstance(placement.layer, EMBEDDING) and placement.end == "both"
    found = [_lengths_of(folder, piece, tensors, by_token) for piece in placement.pieces]
    if not placement.outputs:
        return found[0]
    # A part of a fused layer that has no update keeps the lengths of its own.
    lengths = mx.linalg.norm(dense_weight(placement.layer).astype(mx.float32), axis=1)
    for piece, some in zip(placement.pieces, found, strict=True):
        lengths[piece.at : piece.at + some.size] = some
    return lengths


def _lengths_of(
    folder: AdapterFolder, piece: Piece, tensors: Mapping[str, mx.array], by_token: bool
) -> mx.array:
    lengths = _as_running(tensors[str(piece.pair.magnitude)])
    wanted = piece.pair.input_size if by_token else piece.pair.output_size
    if lengths.size != wanted:
        raise AdapterUnusable(
            f"{folder.path} has {lengths.size} magnitudes for the {wanted} outputs of "
            f"{piece.module!r}.",
            "Copy or train it again.",
        )
    return lengths[slice(*(piece.take or (None,)))]


def _check_base_copy(folder: AdapterFolder, placement: Placement, copy: mx.array) -> None:
    """PEFT saves the base's embedding beside an update of it; it must be the model's own."""
    own = dense_weight(placement.layer).astype(mx.float32)
    if copy.shape == own.shape:
        apart = mx.linalg.norm(copy.astype(mx.float32) - own)
        if (apart <= _SAME_BASE * mx.linalg.norm(own)).item():
            return
    raise AdapterMismatch(
        f"{folder.path} was made on another embedding than the model's, in "
        f"{placement.pieces[0].module!r}: its vocabulary was resized, or its base is another.",
        "Load it on the model it was trained on (assistant -m MODEL).",
    )
