"""The numbers of the recipe, in one place, and where its intermediate files lie.

This module refuses to do any work.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
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
class Pretraining:
    """How the base is trained: on `chats`, and then, with a falling rate, on `finishing_chats`

    in which what people ask most is drawn more often. Every chat is seen once. Short rows are
    cheapest, so each of `lengths` is read from that share of its part on: (from, tokens).
    """

    chats: int = 43_000
    finishing_chats: int = 9_000
    finishing_rate: float = 0.3
    tokens_per_step: int = 4096
    lengths: tuple[tuple[float, int], ...] = ((0.0, 256), (0.75, 512))
    finishing_lengths: tuple[tuple[float, int], ...] = ((0.0, 2048), (0.75, 4096))
    learning_rate: float = 3e-3
    warm_up: int = 60
    final_share: float = 0.04
    prompt_weight: float = 0.15
    seed: int = 7
    save_every: int = 100


@dataclass(frozen=True)
class AdapterTraining:
    """How the adapter is trained, by mlx-lm's own LoRA trainer.

    The finishing part goes on from the first with more of the base's own chats, those in which
    what people ask most is drawn more often: what the base knew comes back, and MLX stays.
    """

    chats: int = 18_000
    base_share: float = 0.35
    rank: int = 32
    scale: float = 4.0
    learning_rate: float = 7e-4
    batch: int = 16
    iterations: int = 1_100
    finishing_chats: int = 4_400
    finishing_base_share: float = 0.5
    finishing_iterations: int = 260
    finishing_rate: float = 3e-4
    length: int = 320
    seed: int = 7


@dataclass(frozen=True)
class Places:
    """Where things lie: `build` can be thrown away, the other two are the result."""

    build: Path
    model: Path
    adapter: Path

    @property
    def base_set(self) -> Path:
        return self.build / "base.jsonl"

    @property
    def adapter_set(self) -> Path:
        return self.build / "mlx"

    @property
    def finishing_set(self) -> Path:
        return self.build / "mlx-finishing"

    @property
    def checkpoint(self) -> Path:
        return self.build / "checkpoint.pt"

    @property
    def losses(self) -> Path:
        return self.build / "losses.jsonl"


def facts(of: Pretraining | AdapterTraining | Shape) -> dict[str, Any]:
    """The numbers as plain values, for files."""
    return asdict(of)
