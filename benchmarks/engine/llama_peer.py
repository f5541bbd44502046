"""llama.cpp with the same model and adapter, where llama-cpp-python and gguf are installed.

    pip install llama-cpp-python gguf

It refuses to know how time is taken.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import Any

# As many tokens as the longest question and its answer here.
_CONTEXT = 2048


class LlamaPeer:
    """One model twice: bare, and with one adapter (`--lora`)."""

    def __init__(self, model: Path, adapter: Path, home: Path) -> None:
        from benchmarks.engine.gguf_files import write_adapter, write_model

        model_file, adapter_file = home / "model.gguf", home / "adapter.gguf"
        write_model(model, model_file)
        write_adapter(model, adapter, adapter_file)
        self._bare = _open(model_file)
        self._adapted = _open(model_file, lora_path=str(adapter_file))

    def answer(self, prompt: list[int], tokens: int, *, adapted: bool) -> list[int]:
        """Greedy tokens, the prompt read anew."""
        llama = self._adapted if adapted else self._bare
        llama.reset()
        return list(islice(llama.generate(prompt, temp=0.0, repeat_penalty=1.0), tokens))


def _open(file: Path, **more: Any) -> Any:
    from llama_cpp import Llama

    return Llama(
        str(file), n_ctx=_CONTEXT, n_threads=os.cpu_count(), n_gpu_layers=0, verbose=False, **more
    )


def load(model: Path, adapter: Path, home: Path) -> LlamaPeer | None:
    """The peer, or None where it cannot run. Its files are written below `home`."""
    try:
        import gguf  # noqa: F401  # only whether they are there
        import llama_cpp  # noqa: F401
    except ImportError:
        print("llama-cpp-python or gguf is not installed: llama.cpp is left out.\n")
        return None
    return LlamaPeer(model, adapter, home)
