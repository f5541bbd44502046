"""What a PEFT config can ask for that is more than LoRA and DoRA, refused by name.

Each of these changes the arithmetic, so an adapter that has it would give wrong answers if it were
run without. It refuses to know the tensors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable

# Keys that must be absent, empty or false, and what each means.
_MORE_THAN_LORA = {
    "modules_to_save": "carries whole layers beside its LoRA (modules_to_save)",
    "lora_bias": "adds biases (lora_bias)",
    "trainable_token_indices": "changes single token embeddings (trainable_token_indices)",
    "target_parameters": "changes bare parameters (target_parameters)",
    "layer_replication": "repeats layers of its base (layer_replication)",
    "alora_invocation_tokens": "is an activated LoRA, which starts at certain tokens",
    "use_qalora": "is a QA-LoRA adapter",
    "use_bdlora": "is a block-diagonal LoRA",
    "megatron_config": "is a Megatron adapter",
    "arrow_config": "routes between adapters (arrow_config)",
    "kasa_config": "is a KaSA adapter",
    "monteclora_config": "is a MonteCLoRA adapter",
}
# Ways to begin, in PEFT's words, that leave the base's own weights alone.
_LEAVES_BASE = ("gaussian", "eva", "orthogonal", "mica")
# Ways that change them, so that the adapter fits the changed base only.
_CHANGES_BASE = ("pissa", "olora", "corda", "loftq", "lora_ga")


def refuse_more_than_lora(path: Path, config: dict[str, Any]) -> None:
    """
    Raises:
        AdapterUnusable: the first thing that this program cannot honour.
    """
    kind = config.get("peft_type", "LORA")
    if kind != "LORA":
        named = " ".join(str(kind).split())[:60]
        raise AdapterUnusable(
            f"{path} is a PEFT adapter of type {named}; this version runs LoRA and DoRA.",
            "Merge it into its base with PEFT, or train it as LoRA.",
        )
    reasons = [reason for key, reason in _MORE_THAN_LORA.items() if config.get(key)]
    if config.get("bias", "none") != "none":
        reasons.append("changes the base's biases")
    if reasons:
        raise AdapterUnusable(
            f"{path} {reasons[0]}; this version runs LoRA and DoRA.",
            "Merge it into its base with PEFT, or train it as plain LoRA.",
        )
    _refuse_changed_base(path, config.get("init_lora_weights"))


def _refuse_changed_base(path: Path, start: Any) -> None:
    if not isinstance(start, str) or start.lower() in _LEAVES_BASE:
        return
    if start.lower().startswith(_CHANGES_BASE):
        raise AdapterUnusable(
            f"{path} expects a base that its start changed (init_lora_weights {start[:60]!r}).",
            "Save it as plain LoRA: PEFT's save_pretrained with "
            "path_initial_model_for_weight_conversion.",
        )
    raise AdapterUnusable(
        f"{path} began in a way this version does not know (init_lora_weights {start[:60]!r}), "
        "which may have changed its base.",
        "Merge it into its base with PEFT, or train it as plain LoRA.",
    )
