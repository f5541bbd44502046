"""The numbers of the recipe, in one place, and where its intermediate files lie.

This module refuses to do any work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Shape:
    """The embedded model: a Llama with tied embeddings. Heads of 64, so that any engine runs it."""

    vocabulary: int = 4096
    width: int = 256
    layers: int = 6
    heads: int = 4
    key_heads: int = 2
    head_width: int = 64
    inner: int = 768
    context: int = 4096
    rope_theta: float = 10000.0
    norm_eps: float = 1e-5

    def config(self, end: int, begin: int, pad: int) -> dict[str, Any]:
        """config.json in the form of transformers."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "vocab_size": self.vocabulary,
            "hidden_size": self.width,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.key_heads,
            "head_dim": self.head_width,
            "intermediate_size": self.inner,
            "max_position_embeddings": self.context,
            "rope_theta": self.rope_theta,
            "rms_norm_eps": self.norm_eps,
            "hidden_act": "silu",
            "tie_word_embeddings": True,
            "attention_bias": False,
            "mlp_bias": False,
            "bos_token_id": begin,
            "eos_token_id": end,
            "pad_token_id": pad,
            "torch_dtype": "bfloat16",
        }


@dataclass(frozen=True)
class Part:
    """A stretch of pretraining: which chats are drawn for it, and how they are read."""

    chats: int
    rates: tuple[float, float]
    """Learning rate at its begin and its end, as shares of the peak."""
    lengths: tuple[tuple[float, int], ...]
    """(from this share of the part on, tokens of a row): short rows are cheapest."""
    cosine: bool = False
    """The rate falls along a cosine, after a warm-up; else along a line."""
    often: float = 0.0
    """Share of the draws among what people ask most."""
    usual: float = 0.0
    """Share of the questions in the usual wordings, which stand first in the tables."""
    rare: float = 0.3
    """How often what is asked seldom is drawn, as a share of the rest."""
    longest: int = 300
    """The longest noise, in characters."""
    cut: float = 0.0
    """Share of the short chats that are read to the end of the answer's first line only: the call
    is what there is to learn, and the program after it follows from the call."""
    alone: float = 0.55
    """Share of the chats that are one question with its answer."""
    gist: float = 0.0
    """Share of those that are read to the end of the call, or of the first sentence, only: three
    times as many questions are met in the same tokens."""


@dataclass(frozen=True)
class Pretraining:
    """How the base is trained: on one part after the other. Every chat is seen once."""

    parts: tuple[Part, ...] = (
        Part(
            chats=43_000,
            rates=(1.0, 0.04),
            cosine=True,
            lengths=((0.0, 256), (0.75, 512)),
            often=0.25,
        ),
        Part(
            chats=17_000,
            rates=(0.3, 0.0),
            lengths=((0.0, 2048), (0.75, 4096)),
            often=0.45,
            longest=4000,
        ),
        Part(
            chats=42_000,
            rates=(0.5, 0.0),
            lengths=((0.0, 256), (0.8, 1024)),
            often=0.5,
            usual=0.55,
            longest=1000,
            cut=0.7,
        ),
        Part(
            chats=75_000,
            rates=(0.5, 0.0),
            lengths=((0.0, 256), (0.9, 1024)),
            often=0.25,
            usual=0.3,
            rare=0.7,
            longest=1000,
            cut=0.9,
        ),
        Part(
            chats=62_000,
            rates=(0.5, 0.0),
            lengths=((0.0, 256), (0.9, 1024)),
            often=0.2,
            usual=0.15,
            rare=0.7,
            longest=1000,
            cut=0.9,
        ),
        Part(
            chats=280_000,
            rates=(0.7, 0.0),
            lengths=((0.0, 256),),
            often=0.15,
            usual=0.1,
            rare=0.8,
            longest=4000,
            alone=0.97,
            cut=0.5,
            gist=0.92,
        ),
        # Rows of 256 alone make a model forget what stands farther away.
        Part(
            chats=16_000,
            rates=(0.25, 0.0),
            lengths=((0.0, 2048),),
            often=0.15,
            usual=0.1,
            rare=0.8,
            longest=4000,
            alone=0.8,
            cut=0.5,
            gist=0.85,
        ),
        # And a gist alone makes it forget what follows.
        Part(
            chats=7_000,
            rates=(0.2, 0.0),
            lengths=((0.0, 512),),
            often=0.15,
            usual=0.1,
            rare=0.8,
            longest=1000,
            alone=0.8,
            cut=0.3,
        ),
    )
    tokens_per_step: int = 4096
    learning_rate: float = 3e-3
    warm_up: int = 60
    prompt_weight: float = 0.15
    seed: int = 7
    save_every: int = 100

    def shrunk(self, share: float) -> Pretraining:
        """The same with this share of the chats."""
        parts = tuple(
            replace(part, chats=max(_FEWEST_CHATS // 10, round(share * part.chats)))
            for part in self.parts
        )
        return replace(self, parts=parts)


@dataclass(frozen=True)
class Mix:
    """Which questions on MLX are drawn how often."""

    often: float = 0.3
    """Share of the draws among what people ask most."""
    hard: float = 0.0
    """Share of the draws among what is mixed up most."""
    seldom: float = 0.5
    """How often what is asked seldom is drawn, as a share of the rest."""
    about: float = 0.0
    """Share of all chats that are about MLX and not about a call."""


@dataclass(frozen=True)
class AdapterPart:
    """A stretch of the adapter's training, with chats and a cosine of its own."""

    chats: int
    iterations: int
    learning_rate: float
    base_share: float
    """Share of the base's own chats, so that it keeps what it knew."""
    mix: Mix = Mix()


@dataclass(frozen=True)
class AdapterTraining:
    """How the adapter is trained, by mlx-lm's own LoRA trainer, on one part after the other."""

    parts: tuple[AdapterPart, ...] = (
        AdapterPart(chats=520_000, iterations=15_000, learning_rate=7e-4, base_share=0.33),
        # What it still mixes up, and what there is to say about MLX beside its calls.
        AdapterPart(
            chats=176_500,
            iterations=5_500,
            learning_rate=3e-4,
            base_share=0.3,
            mix=Mix(often=0.15, hard=0.25, seldom=0.8, about=0.09),
        ),
    )
    noise_share: float = 0.012
    """Share of noise, most of it longer than in the base's own short chats."""
    usual: float = 0.15
    """Share of the questions in the usual wordings, which stand first in the tables."""
    gist: float = 0.8
    """Share of the chats with one question that are read to the end of the call, or of the first
    sentence, only."""
    cut: float = 0.5
    """Share of the other short chats that are read to the end of the answer's first line only."""
    rank: int = 32
    scale: float = 4.0
    batch: int = 32
    processes: int = 2
    """How many share the rows of a batch on a CPU, where there are as many cores."""
    length: int = 1024
    seed: int = 7
    spelling: tuple[tuple[str, ...], ...] = (("izer", "s"),)
    """The tokenizer has a token for "izers", which the base only ever met inside of "initializers":
    its vector has learnt nothing, and no adapter can make the head tell it from other such ones. In
    "optimizers" it is written with two that the base knows."""

    last_share: float = 0.95
    """What ships is this much of the weights at the end of the last part, and the rest of those at
    the end of the one before, which tells a few calls better apart."""

    def shrunk(self, share: float) -> AdapterTraining:
        """The same with this share of chats and iterations."""
        parts = tuple(
            replace(
                part,
                chats=max(_FEWEST_CHATS, round(share * part.chats)),
                iterations=max(2, round(share * part.iterations)),
            )
            for part in self.parts
        )
        return replace(self, parts=parts)


_FEWEST_CHATS = 400
"""200 of which are set aside to measure with."""


@dataclass(frozen=True)
class Places:
    """Where things lie: `build` can be thrown away, the other two are the result."""

    build: Path
    model: Path
    adapter: Path

    @property
    def base_set(self) -> Path:
        return self.build / "base.jsonl"

    def adapter_set(self, part: int) -> Path:
        """The chats of a part of the adapter's training, counted from 0."""
        return self.build / _numbered("mlx", part)

    def adapter_out(self, part: int) -> Path:
        """Checkpoints and weights of such a part."""
        return self.build / _numbered("adapter", part)

    @property
    def checkpoint(self) -> Path:
        return self.build / "checkpoint.pt"

    @property
    def losses(self) -> Path:
        return self.build / "losses.jsonl"


def _numbered(name: str, part: int) -> str:
    return f"{name}-{part + 1}" if part else name
