"""PEFT's adapter folders, as Hugging Face's trainers write them.

    adapter_config.json          r, lora_alpha, use_rslora, rank_pattern, alpha_pattern, ...
    adapter_model.safetensors    "base_model.model.<module>.lora_A.weight" (rank, in),
                                 "base_model.model.<module>.lora_B.weight" (out, rank);
                                 for DoRA ".lora_magnitude_vector" (out); of an embedding
                                 ".lora_embedding_A" (rank, vocabulary), ".lora_embedding_B"
                                 (size, rank), and often ".base_layer.weight", the base's own

The scale of a module is alpha / rank, or alpha / √rank for rsLoRA; the patterns change rank and
alpha for modules whose name they match. Which layers are changed is read off the tensors' names.
What the config asks for beyond that is refused by name (`peft_refusals`). It refuses to know any
model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.json_text import usable_number
from assistant.lora.adapter import AdapterFolder
from assistant.lora.pairing import Part, Role, named_tensors, pair_up
from assistant.lora.peft_refusals import refuse_more_than_lora

WEIGHTS_NAME = "adapter_model.safetensors"

_TENSOR = re.compile(
    r"(?:base_model\.model\.)?(?P<module>.+)\."
    r"(?:lora_(?P<half>[AB])(?:\.default)?\.weight"
    r"|lora_embedding_(?P<embedding>[AB])(?:\.default)?"
    r"|(?P<magnitude>lora_magnitude_vector)(?:\.default)?(?:\.weight)?"
    r"|(?P<copy>base_layer)\.weight)"
)
# What VeLoRA saved of its way back through a layer; the way forward is LoRA's.
_OF_TRAINING = (".lora_velora_embed", ".lora_velora_embed.default")
# A repeated group can take time exponential in a name's length, and each repetition multiplies it;
# patterns of layers' names need neither, and a folder from elsewhere may be hostile.
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPETITION = re.compile(r"(?<!\()[*+{?]")
_MOST_REPETITIONS = 4
_LONGEST_PATTERN = 500


def read(path: Path, config: dict[str, Any]) -> AdapterFolder:
    """The folder's content.

    Raises:
        AdapterUnusable: with the reason.
    """
    refuse_more_than_lora(path, config)
    alpha = usable_number(config.get("lora_alpha"))
    if alpha is None:
        raise AdapterUnusable(
            f"{path}'s adapter_config.json has no usable lora_alpha.",
            "It is the number the adapter was trained with.",
        )
    alphas = _patterns(path, config, "alpha_pattern")
    ranks = _patterns(path, config, "rank_pattern")

    def scale(module: str, rank: int) -> float:
        said = _chosen(ranks, module, config.get("r"))
        if said is not None and said != rank:
            raise AdapterUnusable(
                f"{path} says rank {said} for {module!r}, and its tensors have rank {rank}.",
                "Config and weights are of different adapters: copy it again.",
            )
        chosen = _chosen(alphas, module, alpha)
        divisor = math.sqrt(rank) if config.get("use_rslora") else rank
        return float(chosen / divisor)

    headers = named_tensors(path / WEIGHTS_NAME)
    parts = {n: _part(path, n) for n in headers if not n.endswith(_OF_TRAINING)}
    pairs = pair_up(path, headers, parts, scale, transposed=True)
    is_dora = bool(config.get("use_dora"))
    odd = [module for module, pair in pairs.items() if bool(pair.magnitude) != is_dora]
    if odd:
        how = "is a DoRA adapter and lacks" if is_dora else "is no DoRA adapter and has"
        raise AdapterUnusable(
            f"{path} {how} the magnitude of {odd[0]!r}.", "Copy or train it again."
        )
    base = config.get("base_model_name_or_path")
    named = base if isinstance(base, str) else ""
    return AdapterFolder(path, "peft", path / WEIGHTS_NAME, named, pairs)


def _part(path: Path, name: str) -> Part:
    found = _TENSOR.fullmatch(name)
    if found is None:
        # A whole layer in the file changes the model, whatever the config says of it.
        kind = (
            "a bias, which a LoRA adapter does not change"
            if name.endswith("bias")
            else "a whole layer (modules_to_save, or a resized vocabulary)"
            if name.endswith(".weight")
            else "no tensor of a LoRA adapter"
        )
        raise AdapterUnusable(
            f"{path} holds {name!r}, which is {kind}.",
            "Merge it into its base with PEFT, or train it without.",
        )
    half = found["half"] or found["embedding"]
    role: Role = "magnitude" if found["magnitude"] else "base copy"
    if half:
        role = "A" if half == "A" else "B"
    return Part(found["module"], role, bool(found["embedding"]))


def _patterns(path: Path, config: Mapping[str, Any], key: str) -> dict[str, Any]:
    patterns = config.get(key) or {}
    if not isinstance(patterns, dict) or None in map(usable_number, patterns.values()):
        raise AdapterUnusable(
            f"{path}'s adapter_config.json has no usable {key}.",
            "It gives a number to each name of a layer.",
        )
    for pattern in patterns:
        repetitions = len(_REPETITION.findall(pattern))
        intricate = repetitions > _MOST_REPETITIONS or _REPEATED_GROUP.search(pattern)
        if intricate or len(pattern) > _LONGEST_PATTERN:
            raise AdapterUnusable(
                f"{path}'s {key} has an entry too intricate for a layer's name: {pattern[:60]!r}.",
                "Name the layers plainly, such as q_proj.",
            )
        try:
            re.compile(pattern)
        except re.error as error:
            raise AdapterUnusable(
                f"{path}'s {key} has {pattern[:60]!r}, which is no pattern: {error}.",
                "Name the layers plainly, such as q_proj.",
            ) from None
    return patterns


def _chosen(patterns: Mapping[str, Any], module: str, otherwise: Any) -> Any:
    """PEFT's rule: the first pattern that matches the end of the module's name."""
    found = (v for key, v in patterns.items() if re.fullmatch(rf"(.*\.)?({key})", module))
    return next(found, otherwise)
