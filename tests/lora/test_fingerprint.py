"""An adapter's fingerprint is that of its scales and its bytes, read piece by piece."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from blake3 import blake3

from assistant.errors import AdapterUnusable
from assistant.lora import read_folder
from tests.small_models import make_adapter


def test_it_is_blake3_of_the_scales_and_the_whole_file(tmp_path: Path) -> None:
    # Larger than one piece: votes and kept chats remember it.
    folder = read_folder(make_adapter(tmp_path / "wide", rank=600))
    data = folder.weights_file.read_bytes()
    assert len(data) > 1 << 20
    scales = repr(sorted((module, pair.scale) for module, pair in folder.pairs.items())).encode()
    assert folder.fingerprint() == blake3(scales + data).hexdigest()


def test_a_file_that_vanished_since_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = read_folder(make_adapter(tmp_path / "gone"))
    folder.weights_file.unlink()
    with pytest.raises(AdapterUnusable, match="cannot be read"):
        folder.fingerprint()


def test_a_file_that_was_written_again_is_noticed(tmp_path: Path) -> None:
    folder = read_folder(make_adapter(tmp_path / "one"))
    folder.refuse_if_changed()
    # The same bytes under another time: what stands in it now need not be what was read.
    os.utime(folder.weights_file, ns=(1, 1))
    with pytest.raises(AdapterUnusable, match="written while it was being read"):
        folder.refuse_if_changed()


def test_another_file_in_its_place_is_noticed(tmp_path: Path) -> None:
    folder = read_folder(make_adapter(tmp_path / "one"))
    kept = folder.weights_file.stat()
    fresh = tmp_path / "fresh"
    fresh.write_bytes(folder.weights_file.read_bytes())
    os.utime(fresh, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    fresh.replace(folder.weights_file)
    with pytest.raises(AdapterUnusable, match="written while it was being read"):
        folder.refuse_if_changed()
    folder.weights_file.unlink()
    with pytest.raises(AdapterUnusable, match="written while it was being read"):
        folder.refuse_if_changed()
