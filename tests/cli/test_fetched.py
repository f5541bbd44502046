"""A model or an adapter of the hub is fetched with its progress on the terminal, not in silence."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from tests.lora.hub_server import Hub, serving
from tests.small_models import make_adapter, make_model


def test_an_adapter_that_ask_has_to_fetch_shows_how_far_it_is(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    served = make_adapter(tmp_path / "served", base="model")
    words = ["ask", "hi", "-m", str(model), "-a", "somebody/mine", "-n", "2"]
    screen, ours = os.openpty()
    shown: list[bytes] = []
    reader = threading.Thread(target=_read, args=(screen, shown))
    reader.start()
    # A second for 22 kB: long enough for its progress to be drawn, however busy the machine is.
    with serving(Hub("somebody/mine", served, bytes_per_s=2e4)) as url:
        done = subprocess.run(
            [sys.executable, "-m", "assistant", *words],
            env={
                **os.environ,
                "HF_ENDPOINT": url,
                "HF_HUB_CACHE": str(tmp_path / "cache"),
                "HF_HUB_OFFLINE": "0",
                "ASSISTANT_HOME": str(tmp_path / "home"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=ours,
            timeout=600,
        )
    os.close(ours)
    reader.join()
    os.close(screen)
    said = b"".join(shown).decode()
    assert done.returncode == 0, said
    assert "Fetching somebody/mine: " in said


def _read(screen: int, shown: list[bytes]) -> None:
    """Until nobody writes to it any more, which Linux calls an error."""
    with suppress(OSError):
        while piece := os.read(screen, 4096):
            shown.append(piece)
