"""Tells whether a model is the same as another time, without reading all of it.

Its config, and of each file of weights the size, the header and samples from everywhere: training
moves all weights, so a re-trained model differs in every sample. It refuses to know tensors.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_SAMPLES = 64
_SAMPLE_BYTES = 4096


def model_fingerprint(folder: Path) -> str:
    """SHA-256 in hexadecimal; takes milliseconds for a model of any size."""
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for file in sorted(folder.glob("model*.safetensors")):
        size = file.stat().st_size
        digest.update(f"{file.name} {size} ".encode())
        with file.open("rb") as opened:
            header = int.from_bytes(opened.read(8), "little")
            digest.update(opened.read(min(header, size)))
            begin = opened.tell()
            step = max(_SAMPLE_BYTES, (size - begin) // _SAMPLES)
            for at in range(begin, size, step):
                opened.seek(at)
                digest.update(opened.read(_SAMPLE_BYTES))
            # The last tensor too, however the steps fall.
            opened.seek(max(begin, size - _SAMPLE_BYTES))
            digest.update(opened.read())
    return digest.hexdigest()
