"""Adapter folders on disk: formats, checks, and finding them."""

from assistant.lora.adapter import AdapterFolder, LoraPair
from assistant.lora.convert import Format, convert
from assistant.lora.folder import read_folder
from assistant.lora.hub import fetch_adapter, is_repository
from assistant.lora.library import Listed, find_adapter, folder_of, list_adapters

__all__ = [
    "AdapterFolder",
    "Format",
    "Listed",
    "LoraPair",
    "convert",
    "fetch_adapter",
    "find_adapter",
    "folder_of",
    "is_repository",
    "list_adapters",
    "read_folder",
]
