"""A short list of models that run well with mlx-lm, for people who have none yet.

Parameters and sizes follow from the models' published shapes: weights of 4 bits and a 16-bit scale
and bias for each 64 of them make 4.5 bits a parameter. It refuses to know what is on this machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.engine.memory import CHAT_TOKENS, Need


@dataclass(frozen=True)
class Recommended:
    """A repository of the hub, quantised to 4 bits."""

    repository: str
    parameters: int
    bytes: int
    """Of the weights, on disk and in memory."""
    bytes_per_token: int
    """Of keys and values: layers x key heads x their size, twice, in 16 bits."""
    remark: str

    @property
    def need(self) -> Need:
        """What it takes with a chat as long as the memory check asks for."""
        return Need(self.bytes, CHAT_TOKENS * self.bytes_per_token, CHAT_TOKENS)


def _model(
    name: str, parameters: float, bytes: float, bytes_per_token: int, remark: str
) -> Recommended:
    millions = round(parameters * 1_000_000), round(bytes * 1_000_000)
    return Recommended(f"mlx-community/{name}", *millions, bytes_per_token, remark)


RECOMMENDED: tuple[Recommended, ...] = (
    _model("Qwen3-0.6B-4bit", 596, 335, 114_688, "runs anywhere; thinks before it answers"),
    _model("Llama-3.2-1B-Instruct-4bit", 1_236, 695, 32_768, "small and quick"),
    _model("Qwen3-1.7B-4bit", 1_721, 968, 114_688, "thinks before it answers"),
    _model("Llama-3.2-3B-Instruct-4bit", 3_213, 1_807, 114_688, "all-round"),
    _model("Qwen3-4B-Instruct-2507-4bit", 4_022, 2_263, 147_456, "all-round, good for its size"),
    _model("Mistral-7B-Instruct-v0.3-4bit", 7_248, 4_077, 131_072, "many adapters exist for it"),
    _model("Qwen3-8B-4bit", 8_191, 4_608, 147_456, "thinks before it answers"),
    _model("Qwen3-14B-4bit", 14_768, 8_308, 163_840, "for 16 GB and more"),
    _model(
        "Qwen3-30B-A3B-Instruct-2507-4bit",
        30_532,
        17_175,
        98_304,
        "a mixture of experts, quick for its size",
    ),
)
