"""An adapter's fingerprint is that of its scales and its bytes, read piece by piece."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assistant.errors import AdapterUnusable
from assistant.lora import read_folder
from tests.small_models import make_adapter


def test_it_is_the_sha256_that_it_has_always_been(tmp_path: Path) -> None:
    # Larger than one piece: votes and kept chats remember it.
    folder = read_folder(make_adapter(tmp_path / "wide", rank=600))
    data = folder.weights_file.read_bytes()
    assert len(data) > 1 << 20
    scales = repr(sorted((module, pair.scale) for module, pair in folder.pairs.items())).encode()
    assert folder.fingerprint() == hashlib.sha256(scales + data).hexdigest()


def test_a_file_that_vanished_since_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = read_folder(make_adapter(tmp_path / "gone"))
    folder.weights_file.unlink()
    with pytest.raises(AdapterUnusable, match="cannot be read"):
        folder.fingerprint()
