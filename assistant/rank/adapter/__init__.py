"""The rank of a LoRA adapter's changes, read from its file, loaded or not."""

from .explaining import AdapterExplanation, explain_adapter
from .ranks import AdapterRanks, ModuleRank, adapter_ranks

__all__ = ["AdapterExplanation", "AdapterRanks", "ModuleRank", "adapter_ranks", "explain_adapter"]
