"""Adapters from the hub: what the cache holds is used, what is not to be had is one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.errors import AdapterNotFound, AdapterUnusable
from assistant.lora import find_adapter, is_repository
from tests.small_models import make_adapter


def test_an_adapter_in_the_hub_cache_is_found_by_its_repository() -> None:
    repository = Path(os.environ["HF_HUB_CACHE"]) / "models--somebody--docs"
    make_adapter(repository / "snapshots" / "abc123")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123")
    folder = find_adapter("somebody/docs", [])
    assert sorted(path.name for path in folder.iterdir()) == [
        "adapter_config.json",
        "adapters.safetensors",
    ]


def test_a_repository_without_weights_is_no_adapter() -> None:
    repository = Path(os.environ["HF_HUB_CACHE"]) / "models--somebody--pickles"
    (make_adapter(repository / "snapshots" / "abc123") / "adapters.safetensors").unlink()
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123")
    with pytest.raises(AdapterUnusable, match="holds no adapter") as caught:
        find_adapter("somebody/pickles", [])
    assert "Pickled weights are never fetched" in caught.value.hint


def test_a_repository_that_is_not_to_be_had_is_one_sentence() -> None:
    with pytest.raises(AdapterNotFound) as caught:
        find_adapter("nobody/no-such-adapter", [])
    assert "nobody/no-such-adapter" in caught.value.message
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("ref", "is_one"),
    [("owner/name", True), ("name", False), ("./here", False), ("a/b/c", False), ("../x", False)],
)
def test_a_repository_is_an_owner_and_a_name(ref: str, is_one: bool) -> None:
    assert is_repository(ref) is is_one
