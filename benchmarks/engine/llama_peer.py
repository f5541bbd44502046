"""llama.cpp with the same model and adapter, where xllamacpp and gguf are installed.

    pip install xllamacpp gguf

xllamacpp holds llama.cpp's server in this process, and comes built: for any CPU with AVX2, so what
it is built without (AVX-512, AMX) is missing in its times. It refuses to know how time is taken.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# As many tokens as the longest question and its answer here.
_CONTEXT = 2048


class LlamaPeer:
    """One model twice: bare, and with one adapter (`--lora`).

    As llama.cpp comes, keys and values are float16. `exact` keeps them in float32, on one thread,
    so that a test can hold its numbers against others.
    """

    def __init__(self, model: Path, adapter: Path, home: Path, *, exact: bool = False) -> None:
        from benchmarks.engine.gguf_files import write_adapter, write_model

        model_file, adapter_file = home / "model.gguf", home / "adapter.gguf"
        write_model(model, model_file)
        write_adapter(model, adapter, adapter_file)
        self._bare = _open(model_file, None, exact)
        self._adapted = _open(model_file, adapter_file, exact)

    def answer(self, prompt: list[int], tokens: int, *, adapted: bool) -> list[int]:
        """Greedy tokens, the prompt read anew."""
        return list(self._say(prompt, tokens, adapted)["tokens"])

    def answer_with_logprobs(
        self, prompt: list[int], tokens: int, *, adapted: bool
    ) -> tuple[list[int], list[tuple[int, float]]]:
        """The same, and (token, log-probability) of each but those that end within a character,
        of which the server tells none."""
        said = self._say(prompt, tokens, adapted, logprobs=1)
        told = [(each["id"], each["logprob"]) for each in said["completion_probabilities"]]
        return list(said["tokens"]), told

    def _say(self, prompt: list[int], tokens: int, adapted: bool, **more: Any) -> dict[str, Any]:
        wanted = {
            "prompt": prompt,
            "max_tokens": tokens,
            "temperature": 0.0,
            "samplers": ["temperature"],
            "cache_prompt": False,
            "return_tokens": True,
            "verbose": True,  # the tokens are told among this only
            **more,
        }
        said = (self._adapted if adapted else self._bare).handle_completions(wanted)
        found: dict[str, Any] = said["__verbose"]
        return found


def _open(model: Path, adapter: Path | None, exact: bool) -> Any:
    import xllamacpp

    asked = xllamacpp.CommonParams()
    asked.model.path = str(model)
    asked.n_ctx, asked.n_parallel, asked.n_gpu_layers = _CONTEXT, 1, 0
    threads = 1 if exact else os.cpu_count()
    asked.cpuparams.n_threads = asked.cpuparams_batch.n_threads = threads
    asked.verbosity = 0
    asked.cache_ram_mib = 0  # no prompt is kept for later
    if adapter is not None:
        asked.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    if exact:
        asked.cache_type_k = asked.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
        asked.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    return xllamacpp.Server(asked)


def load(model: Path, adapter: Path, home: Path, *, exact: bool = False) -> LlamaPeer | None:
    """The peer, or None where it cannot run. Its files are written below `home`."""
    try:
        import gguf  # noqa: F401  # only whether they are there
        import xllamacpp  # noqa: F401
    except ImportError:
        print("xllamacpp or gguf is not installed: llama.cpp is left out.\n")
        return None
    return LlamaPeer(model, adapter, home, exact=exact)
