"""Pretraining: packed chats through the network, with checkpoints that a later run resumes from.

This module refuses to know where chats come from; it reads a file of them.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from assistant.training.cutting import cut_by_chance
from assistant.training.network import make_network
from assistant.training.recipe import Part, Places, Pretraining, Shape
from assistant.training.tokens import BEGIN, END, PAD, encode_chat, save_tokenizer, train_tokenizer


@dataclass(frozen=True)
class Stream:
    """All chats as one line of tokens, with the weight of each token in the loss.

    `ends` are the tokens at which the parts end.
    """

    ids: Any
    weights: Any
    ends: tuple[int, ...]


def read_chats(path: Path) -> Iterator[list[dict[str, str]]]:
    """The chats of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["messages"]


def make_tokenizer(places: Places, shape: Shape) -> Any:
    """Train the tokenizer on the base set, or read it back when it was trained before."""
    from tokenizers import Tokenizer

    path = places.build / "tokenizer" / "tokenizer.json"
    if path.exists():
        return Tokenizer.from_file(str(path))
    texts = (message["content"] for chat in read_chats(places.base_set) for message in chat)
    tokenizer = train_tokenizer(texts, shape.vocabulary)
    save_tokenizer(tokenizer, path.parent, shape.context)
    return tokenizer


def encode_stream(places: Places, tokenizer: Any, recipe: Pretraining) -> Stream:
    """Every chat after the other. A chat begins with its own token, which says "from here"."""
    import numpy

    ids: list[int] = []
    weights: list[float] = []
    ends: list[int] = []
    rng = Random(recipe.seed)
    chats = read_chats(places.base_set)
    for part in recipe.parts:
        was_cut = False
        for chat in islice(chats, part.chats):
            read = cut_by_chance(chat, rng, brief=part.gist, cut=part.cut)
            is_cut = read is not chat
            tokens, own = encode_chat(tokenizer, read)
            # Where a chat was cut, its end is none, and nobody should learn to begin anew there.
            tokens, own = (tokens[:-1], own[:-1]) if is_cut else (tokens, own)
            ids += tokens
            weights += [1.0 if mine else recipe.prompt_weight for mine in own]
            if was_cut:
                weights[-len(own)] = 0.0
            was_cut = is_cut
        ends.append(len(ids))
    return Stream(numpy.array(ids, numpy.uint16), numpy.array(weights, numpy.float32), tuple(ends))


@dataclass(frozen=True)
class Step:
    """One step of training: where it reads the stream, and how far its part has come."""

    number: int
    begin: int
    length: int
    share: float
    part: Part


def plan(ends: Sequence[int], recipe: Pretraining) -> list[Step]:
    """The steps of a run over a stream whose parts end at these tokens."""
    steps: list[Step] = []
    for part, end in zip(recipe.parts, ends, strict=False):
        first, last = len(steps), (end - 1) // recipe.tokens_per_step
        for number in range(first, last):
            share = (number - first) / (last - first)
            length = next(tokens for begin, tokens in reversed(part.lengths) if share >= begin)
            steps.append(Step(number, number * recipe.tokens_per_step, length, share, part))
    return steps


def rate(step: Step, recipe: Pretraining) -> float:
    """Learning rate as a share of its peak."""
    begin, end = step.part.rates
    if not step.part.cosine:
        return begin + (end - begin) * step.share
    if step.number < recipe.warm_up:
        return begin * (step.number + 1) / recipe.warm_up
    return end + (begin - end) * 0.5 * (1 + math.cos(math.pi * step.share))


def optimisers(network: Any, recipe: Pretraining) -> list[Any]:
    """Muon for the matrices inside, AdamW for the embedding and the norms.

    Muon needs fewer tokens for the same loss, and tokens are what costs here.
    """
    import torch

    inside = [w for n, w in network.named_parameters() if w.ndim == 2 and "embed" not in n]
    outside = [w for n, w in network.named_parameters() if w.ndim != 2 or "embed" in n]
    return [
        torch.optim.Muon(
            inside,
            lr=recipe.learning_rate,
            weight_decay=0.1,
            momentum=0.95,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(outside, lr=recipe.learning_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def fast_type(device: str) -> Any:
    """The type in which this machine multiplies matrices fastest, bfloat16 or float32.

    Which it is differs between processors, so it is tried.
    """
    import torch

    if device != "cpu":
        return torch.bfloat16
    times = {}
    for dtype in (torch.float32, torch.bfloat16):
        left, right = torch.ones(2048, 256, dtype=dtype), torch.ones(256, 768, dtype=dtype)
        left @ right
        started = time.perf_counter()
        for _ in range(30):
            left @ right
        times[dtype] = time.perf_counter() - started
    return min(times, key=lambda dtype: times[dtype])


def compiled(network: Any) -> Any:
    """The network's forward pass through PyTorch's compiler, a fifth faster; as it is where there
    is no C++ compiler, which PyTorch's compiler calls."""
    import torch

    if not (shutil.which("g++") or shutil.which("clang++")):
        return network
    # What cannot be compiled runs as it is.
    torch._dynamo.config.suppress_errors = True
    return torch.compile(network)


def pretrain(places: Places, shape: Shape, recipe: Pretraining) -> None:
    """Train the base to the end of its set and write it to `places.model`."""
    import torch
    from torch.nn import functional

    torch.manual_seed(recipe.seed)
    tokenizer = make_tokenizer(places, shape)
    stream = encode_stream(places, tokenizer, recipe)
    steps = plan(stream.ends, recipe)
    network = make_network(shape)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network.to(device)
    movers = optimisers(network, recipe)
    done = _resume(places.checkpoint, network, movers)
    size = sum(weight.numel() for weight in network.parameters())
    dtype = fast_type(device)
    forward = compiled(network)
    print(
        f"{size:,} parameters, {len(stream.ids):,} tokens, {len(steps)} steps, {dtype} on {device}",
        file=sys.stderr,
    )
    started, mean = time.monotonic(), 0.0
    for step in steps[done:]:
        ids, weights = (part.to(device) for part in _batch(stream, step, recipe))
        for mover in movers:
            for group in mover.param_groups:
                group["lr"] = recipe.learning_rate * rate(step, recipe)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            logits = forward(ids[:, :-1])
        losses = functional.cross_entropy(
            logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none"
        )
        loss = (losses * weights).sum() / weights.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for mover in movers:
            mover.step()
            mover.zero_grad(set_to_none=True)
        value = (losses * (weights == 1)).sum().item() / max(1, (weights == 1).sum().item())
        mean = value if not mean else 0.95 * mean + 0.05 * value
        if step.number % 10 == 9:
            _tell(step, steps, done, mean, time.monotonic() - started, recipe, places)
        if step.number % recipe.save_every == recipe.save_every - 1:
            _save(places.checkpoint, network, movers, step.number + 1)
            write_model(network, tokenizer, shape, places.model)
    _save(places.checkpoint, network, movers, len(steps))
    write_model(network, tokenizer, shape, places.model)
    print(
        f"\n| step | tokens | answer loss |\n|---|---|---|\n| {len(steps)} "
        f"| {len(stream.ids):,} | {mean:.3f} |"
    )


def _batch(stream: Stream, step: Step, recipe: Pretraining) -> tuple[Any, Any]:
    import numpy
    import torch

    # Rows overlap by one token: the last of a row is predicted there and read in the next.
    begins = range(step.begin, step.begin + recipe.tokens_per_step, step.length)
    rows = [slice(at, at + step.length + 1) for at in begins]
    last = len(stream.ids)
    rows = [row for row in rows if row.stop <= last]
    ids = numpy.stack([stream.ids[row].astype(numpy.int64) for row in rows])
    weights = numpy.stack([stream.weights[row][1:] for row in rows])
    return torch.from_numpy(ids), torch.from_numpy(weights).flatten()


def _tell(
    step: Step,
    steps: list[Step],
    done: int,
    mean: float,
    spent: float,
    recipe: Pretraining,
    places: Places,
) -> None:
    pace = (step.number + 1 - done) / spent
    left = (len(steps) - step.number - 1) / pace
    filled = 24 * (step.number + 1) // len(steps)
    print(
        f"\r[{'#' * filled}{'.' * (24 - filled)}] {step.number + 1}/{len(steps)}  loss {mean:.3f}"
        f"  {pace * recipe.tokens_per_step:,.0f} tokens/s  {left / 60:.0f} min left ",
        end="\n" if step.number % 50 == 49 else "",
        file=sys.stderr,
        flush=True,
    )
    with places.losses.open("a", encoding="utf-8") as log:
        log.write(json.dumps({"step": step.number + 1, "loss": round(mean, 4)}) + "\n")


def _save(path: Path, network: Any, movers: list[Any], done: int) -> None:
    import torch

    # Written beside and moved, so that a run stopped while writing leaves a whole checkpoint.
    fresh = path.with_suffix(".new")
    state = {"network": network.state_dict(), "movers": [m.state_dict() for m in movers]}
    torch.save({**state, "done": done}, fresh)
    fresh.replace(path)


def _resume(path: Path, network: Any, movers: list[Any]) -> int:
    import torch

    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    for mover, kept in zip(movers, state["movers"], strict=True):
        mover.load_state_dict(kept)
    return int(state["done"])


def write_model(network: Any, tokenizer: Any, shape: Shape, folder: Path) -> None:
    """The folder that `mlx_lm.load` and transformers read."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_tokenizer(tokenizer, folder, shape.context)
    begin, end, pad = (tokenizer.token_to_id(token) for token in (BEGIN, END, PAD))
    generation = {
        "bos_token_id": begin,
        "eos_token_id": end,
        "pad_token_id": pad,
        "do_sample": False,
        "repetition_guard": 4,
    }
    for name, content in (
        ("config.json", shape.config(end, begin, pad)),
        ("generation_config.json", generation),
    ):
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    tensors = {
        name: w.detach().to(torch.bfloat16).contiguous().cpu()
        for name, w in network.named_parameters()
    }
    fresh = folder / "model.safetensors.new"
    save_file(tensors, str(fresh), metadata={"format": "pt"})
    fresh.chmod(0o644)
    fresh.replace(folder / "model.safetensors")
