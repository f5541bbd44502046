"""The values that cross the engine's door: plain Python, nothing of mlx, safe in any thread.

It refuses to know how any of them comes about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict


class _Said(TypedDict):
    role: Literal["system", "user", "assistant"]
    content: str


class Message(_Said, total=False):
    """One turn of a chat, in the shape chat templates take."""

    reasoning_content: str
    """What the model thought aloud before it; only for those of `EngineInfo.keeps_thoughts`."""


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen."""

    max_tokens: int = 512
    temperature: float = 0.0
    """0 takes the likeliest token every time."""
    top_p: float = 1.0
    seed: int | None = None
    """Two rows with one seed draw with the same dice, whatever else runs. None: a fresh seed."""
    top_k: int = 0
    """Draws from so many of the likeliest tokens only; 0 from all."""
    min_p: float = 0.0
    """Leaves out what is less than so many times as likely as the likeliest token; 0 nothing."""
    stop: Sequence[str] = ()
    """Texts that end the answer; they are not part of it."""
    repetition_penalty: float | None = None
    """Divides the scores of tokens that were there before. None: what the model's
    generation_config.json asks for; 1 switches it off."""


@dataclass(frozen=True)
class AskedSampling:
    """How a model asks to be sampled, where nobody says otherwise; the defaults ask for nothing."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0


@dataclass(frozen=True)
class Begun:
    """An answer as far as it was said, to go on with."""

    text: str = ""
    tokens: tuple[int, ...] = ()
    """`Finish.tokens` of before, which make the rest what it would have been. Empty: the text is
    read anew, and where it was cut in a word, the model may go on with other pieces of it."""
    thought: str = ""
    """What was thought aloud before the text; in the tokens already, where there are any."""


@dataclass(frozen=True)
class Request:
    """One answer to generate: one row of a batch."""

    messages: Sequence[Message]
    adapters: Mapping[str, float] = field(default_factory=dict)
    """Name of a loaded adapter to its strength: 1.0 is as trained. Empty: the base model."""
    sampling: Sampling = Sampling()
    """With an answer that goes on, `max_tokens` counts what is said from now on."""
    begun: Begun | None = None
    """The answer goes on after this; None begins one."""
    keep_logits: bool = False
    """Keep what the model says at each token, within a bound on memory: a `Scoring` of the answer
    under the same adapters then takes it from there instead of reading the answer again."""


@dataclass(frozen=True)
class Usage:
    prompt_tokens: int
    """Tokens of the whole prompt; those of an answer that goes on are among them."""
    cached_tokens: int
    """Those of them that an earlier answer had already processed."""
    completion_tokens: int
    """Those that were generated in answer to this request."""


@dataclass(frozen=True)
class Timing:
    """Seconds from the moment the request was made, waiting included."""

    first_token_s: float
    total_s: float
    tokens_per_s: float
    """Decoding speed: tokens after the first by the time they took."""


FinishReason = Literal["stop", "length", "cancelled"]


@dataclass(frozen=True)
class Finish:
    """How a row ended, and all of it."""

    reason: FinishReason
    text: str
    """The answer; nothing of what the model thought aloud before it."""
    tokens: tuple[int, ...]
    """All that were generated, thoughts included, the end of the turn left out. Empty where a
    server does not number them."""
    usage: Usage
    timing: Timing
    seed: int
    thought: str = ""
    """What the model thought aloud first, between its thinking tags; "" for most models."""

    @property
    def grew(self) -> bool:
        """Whether the request brought anything: a token, or word that there is none."""
        return bool(self.usage.completion_tokens) or self.reason == "stop"


@dataclass(frozen=True)
class Event:
    """One token of one row, or one piece of a server that tells no tokens apart. The last event of
    a row, and only that, has a `finish`."""

    row: int
    text: str
    """What this token adds to the answer; may be empty while a character is incomplete."""
    token: int | None
    """None for the last event, for one that is `before`, and where a server tells no numbers."""
    logprob: float | None
    finish: Finish | None = None
    thought: str = ""
    """What this token adds to what the model thinks aloud; then `text` is empty."""
    before: bool = False
    """The first event of an answer that goes on: its text and thought are all that was said."""


@dataclass(frozen=True)
class EngineInfo:
    """What is running, for the status line and `doctor`."""

    model: str
    path: Path
    architecture: str
    parameters: int
    context_length: int
    """Tokens the model can attend to, prompt and answer together."""
    dtype: str
    quantisation: str | None
    """Such as "4-bit affine, groups of 64"; None for full weights."""
    device: str
    memory_bytes: int
    """Memory that the weights take; 0 where a server has them."""
    blas: str | None
    """The fast BLAS that was opened for CPU prefill, if one was."""
    remarks: tuple[str, ...] = ()
    """What was asked for and cannot be had, and what it costs, in sentences."""
    keeps_thoughts: bool = False
    """Whether the model's chat template wants to read what was thought in earlier turns."""
    server: str = ""
    """The host that runs it; "" for this process. What a server does not say is 0 or ""."""
    served: tuple[str, ...] = ()
    """The models that the server has."""
    sampling: AskedSampling = field(default_factory=AskedSampling)
    """How its generation_config.json asks for it to be sampled."""
    goes_on: bool = False
    """Whether it goes on with an answer that was cut (`Request.begun`). Others are not asked to."""


@dataclass(frozen=True)
class AdapterInfo:
    """An adapter, as far as its folder (and, once loaded, the model) tells."""

    name: str
    path: Path
    format: str
    """"mlx-lm" or "peft"."""
    rank: int
    """The largest rank among its modules."""
    trained_scale: float
    """The factor the adapter was trained with; a strength of 1.0 means exactly this. The largest,
    should its layers differ."""
    targets: tuple[str, ...]
    """Kinds of layers it changes, such as "q_proj"."""
    modules: int
    """How many layers it changes."""
    parameters: int
    bytes: int
    base: str
    """The base model that the adapter names, or ""."""
    fingerprint: str
    """BLAKE3 over the tensors and the scale: the adapter's identity, whatever its name. "" where
    only a server has it."""
    method: str = "lora"
    """"lora" or "dora"."""
    loaded: bool = False
    warnings: tuple[str, ...] = ()
