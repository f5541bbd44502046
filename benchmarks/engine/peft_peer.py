"""PEFT on PyTorch's CPU with the same model and adapters, where both are installed.

It runs weights that are not quantised. It refuses to know how time is taken.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class PeftPeer:
    """A PEFT model with all adapters loaded."""

    def __init__(self, model: Any, names: list[str]) -> None:
        self._model = model
        self._names = names
        self._active = 0

    def switch(self) -> int:
        """Make another adapter the active one."""
        self._active = (self._active + 1) % len(self._names)
        self._model.set_adapter(self._names[self._active])
        return 0

    def answer(self, prompt: list[int], tokens: int, rows: list[int | None]) -> int:
        """Greedy answers of one length; None is the base model. One row: the active adapter."""
        import torch

        inputs = torch.tensor([prompt] * len(rows))
        # Its mixed batch; for a single row its usual, faster way.
        mixed = {}
        if len(rows) > 1:
            mixed["adapter_names"] = [self._names[r] if r is not None else "__base__" for r in rows]
        with torch.inference_mode():
            said = self._model.generate(
                input_ids=inputs,
                attention_mask=torch.ones_like(inputs),
                max_new_tokens=tokens,
                min_new_tokens=tokens,
                do_sample=False,
                pad_token_id=0,
                **mixed,
            )
        return int(said[:, len(prompt) :].numel())


def load(model: Path, adapters: list[Path]) -> PeftPeer | None:
    """The peer, or None where it cannot run."""
    if "quantization" in json.loads((model / "config.json").read_text()):
        return None
    try:
        import torch
        from peft import PeftModel
        from transformers import AutoModelForCausalLM
    except ImportError:
        print("PEFT or PyTorch is not installed: left out.\n")
        return None
    # float32, its fastest type on a CPU.
    base = AutoModelForCausalLM.from_pretrained(str(model), dtype=torch.float32)
    folders = [adapter.with_name(f"{adapter.name}-peft") for adapter in adapters]
    adapted = PeftModel.from_pretrained(base, str(folders[0]), adapter_name=adapters[0].name)
    for adapter, folder in zip(adapters[1:], folders[1:], strict=True):
        adapted.load_adapter(str(folder), adapter_name=adapter.name)
    adapted.set_adapter(adapters[0].name)
    adapted.eval()
    return PeftPeer(adapted, [adapter.name for adapter in adapters])
