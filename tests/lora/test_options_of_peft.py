"""Every option that PEFT's LoRA has is either run, refused by name, or of no effect on answers."""

from __future__ import annotations

from dataclasses import fields

import pytest

from assistant.lora.peft_refusals import _MORE_THAN_LORA

pytestmark = pytest.mark.peers

# What changes the arithmetic of an answer and is run; see test_logits_against_peft.
RUN = {
    "r",
    "lora_alpha",
    "use_rslora",
    "rank_pattern",
    "alpha_pattern",
    "use_dora",
    # Weights that lie turned round are turned when the model is read.
    "fan_in_fan_out",
}
# What the tensors' names say: which layers are changed.
IN_THE_NAMES = {
    "target_modules",
    "exclude_modules",
    "layers_to_transform",
    "layers_pattern",
    "ensure_weight_tying",
}
# Refused, or run, by what it is set to.
BY_VALUE = {"bias", "init_lora_weights", "peft_type"}
# How it was trained and stored, or a part of what another option asks for.
NO_EFFECT = {
    "auto_mapping",
    "base_model_name_or_path",
    "corda_config",
    "eva_config",
    "inference_mode",
    "loftq_config",
    "lora_dropout",
    "lora_ga_config",
    "megatron_core",
    "peft_version",
    "qalora_group_size",
    "revision",
    "runtime_config",
    "task_type",
    "velora_config",
}


def test_no_option_of_peft_is_passed_over() -> None:
    peft = pytest.importorskip("peft")
    options = {field.name for field in fields(peft.LoraConfig)}
    known = RUN | IN_THE_NAMES | BY_VALUE | NO_EFFECT | set(_MORE_THAN_LORA)
    assert options - known == set()
    assert set(_MORE_THAN_LORA) <= options
