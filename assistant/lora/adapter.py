"""What an adapter folder holds, whatever its format.

It refuses to know how a format is read, and any model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from assistant.errors import AdapterUnusable
from assistant.file_trouble import why

_PIECE = 1 << 18
"""Bytes that are hashed at a time; few enough to stay in the processor's cache."""

Stamp = tuple[int, int, int]
"""A file's inode, its size in bytes and when it was written, in nanoseconds."""


def stamp_of(file: Path) -> Stamp:
    """What changes when a file is written again or another takes its place."""
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


@dataclass(frozen=True)
class LoraPair:
    """One changed layer: its output gains scale · (x · A) · B, A (in, rank), B (rank, out).

    Of a layer of experts each expert has its own A and B. With a magnitude it is DoRA: every
    output of the layer is then brought to that length.
    """

    input_size: int
    rank: int
    output_size: int
    scale: float
    a: str
    """The tensor that holds A in the file."""
    b: str
    """The one that holds B."""
    transposed: bool
    """Whether the file holds A as (rank, in) and B as (out, rank)."""
    experts: int = 0
    """How many experts the tensors have, as (experts, rank, in) and (experts, out, rank); or 0."""
    magnitude: str | None = None
    """The tensor that holds DoRA's lengths."""
    magnitude_size: int = 0
    """How many lengths that is; 0 without."""
    input_only: bool = False
    """Of an embedding: whether a head that is tied to it stays as it is, as PEFT has it."""
    base_copy: str | None = None
    """A tensor with the base's own weights, which PEFT saves beside an embedding's update."""

    @property
    def parameters(self) -> int:
        """Numbers in its tensors."""
        pairs = self.rank * (self.input_size + self.output_size) * max(self.experts, 1)
        return pairs + self.magnitude_size


@dataclass(frozen=True)
class AdapterFolder:
    """One adapter on the disk, its config read and its tensors known by name and shape."""

    path: Path
    format: str
    """"mlx-lm" or "peft"."""
    weights_file: Path
    base: str
    """The model it was trained on, as its config names it, or ""."""
    pairs: Mapping[str, LoraPair]
    """Module path in the model, such as "model.layers.0.self_attn.q_proj", to its pair."""
    stamp: Stamp | None = None
    """The weights file's, from before its tensors' shapes were read."""

    @property
    def name(self) -> str:
        """The folder's name; of one from the hub, the repository's."""
        # The hub's cache has models--OWNER--NAME/snapshots/REVISION.
        *_, repository, snapshots, _ = ("", "", "", *self.path.parts)
        in_cache = snapshots == "snapshots" and repository.startswith("models--")
        return repository.rpartition("--")[2] if in_cache else self.path.name

    @property
    def method(self) -> str:
        """ "lora", or "dora" when any of its layers has a magnitude."""
        return "dora" if any(pair.magnitude for pair in self.pairs.values()) else "lora"

    @property
    def rank(self) -> int:
        """The largest rank of its layers."""
        return max(pair.rank for pair in self.pairs.values())

    @property
    def scale(self) -> float:
        """The factor it was trained with; the largest, should layers differ."""
        return max((pair.scale for pair in self.pairs.values()), key=abs)

    @property
    def targets(self) -> tuple[str, ...]:
        """The kinds of layers that are changed, in the order they first appear."""
        return tuple(dict.fromkeys(module.rsplit(".", 1)[-1] for module in self.pairs))

    @property
    def parameters(self) -> int:
        """Numbers in all its tensors."""
        return sum(pair.parameters for pair in self.pairs.values())

    @property
    def bytes(self) -> int:
        """Size of its weights on the disk."""
        return self.weights_file.stat().st_size

    def fingerprint(self) -> str:
        """BLAKE3 over the scales and the tensors: the same weights have it wherever they lie.

        Raises:
            AdapterUnusable: the file is gone.
        """
        scales = sorted((module, pair.scale) for module, pair in self.pairs.items())
        digest = blake3(repr(scales).encode())
        try:
            # Not mapped into memory: a mapped file that somebody cuts off ends the process.
            buffer = memoryview(bytearray(min(self.bytes + 1, _PIECE)))
            with self.weights_file.open("rb", buffering=0) as file:
                while count := file.readinto(buffer):
                    digest.update(buffer[:count])
        except OSError as error:
            raise AdapterUnusable(
                f"{self.weights_file} cannot be read: {why(error)}.",
                "Copy or train it again.",
            ) from None
        return digest.hexdigest()

    def refuse_if_changed(self) -> None:
        """Whoever reads a file in several turns asks at the end whether it was one file.

        Raises:
            AdapterUnusable: the weights were written while they were being read.
        """
        if self.stamp is not None and not self._is_as_it_was():
            raise AdapterUnusable(
                f"{self.weights_file} was written while it was being read.",
                "Load it again once that is done.",
            )

    def _is_as_it_was(self) -> bool:
        try:
            return stamp_of(self.weights_file) == self.stamp
        except OSError:
            return False
