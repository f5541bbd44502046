"""Downloads with the real client from a hub on this machine: told of, stopped, gone on with.

The client reads its address when it is imported, so each test is a process of its own.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.lora.hub_server import Hub, serving

_FETCH = """
import sys, time
from assistant.commands.fetching import fetching_model
from assistant.errors import AssistantError
job = fetching_model("somebody/model")
shares = []
for text in job:
    shares.append((text, job.share))
    if sys.argv[1] == "stop" and job.share:
        began = time.monotonic()
        job.cancel()
try:
    folder = job.result()
    out = {"names": sorted(p.name for p in folder.iterdir())}
except AssistantError as error:
    out = error.to_dict()
import json
print(json.dumps({**out, "shares": shares}))
"""


def fetch(
    url: str, cache: Path, how: str = "whole", before: str = "", **environ: str
) -> dict[str, object]:
    variables = {"HF_ENDPOINT": url, "HF_HUB_CACHE": str(cache), "HF_HUB_OFFLINE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", before + _FETCH, how],
        env={**os.environ, **variables, **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(bytes(2_000_000))
    (folder / "modeling_evil.py").write_text("print('never fetched')")
    return folder


def test_a_model_is_fetched_with_its_progress_and_without_code(tmp_path: Path, model: Path) -> None:
    with serving(Hub("somebody/model", model, bytes_per_s=2e6)) as url:
        found = fetch(url, tmp_path / "cache")
    assert found["names"] == ["config.json", "model.safetensors"]
    shares = [share for _, share in found["shares"] if share is not None]  # type: ignore[attr-defined]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


def test_a_stopped_download_goes_on_the_next_time(tmp_path: Path, model: Path) -> None:
    with serving(Hub("somebody/model", model, bytes_per_s=1e6)) as url:
        assert fetch(url, tmp_path / "cache", "stop")["kind"] == "stopped"
        assert "names" in fetch(url, tmp_path / "cache")


def test_a_repository_that_is_not_there_is_one_sentence(tmp_path: Path, model: Path) -> None:
    with serving(Hub("somebody/else", model)) as url:
        found = fetch(url, tmp_path / "cache")
    assert found["kind"] == "model_not_found"
    assert "no such repository" in str(found["message"])


def test_a_repository_behind_an_agreement_says_where_it_is_given(
    tmp_path: Path, model: Path
) -> None:
    hub = Hub("somebody/model", model)
    hub.gated = True
    with serving(hub) as url:
        found = fetch(url, tmp_path / "cache")
    assert str(found["message"]).endswith("could not be fetched: it asks for an agreement first.")
    assert "hf auth login" in str(found["hint"])


def test_a_hub_that_refuses_is_told_from_one_that_is_not_there(tmp_path: Path, model: Path) -> None:
    hub = Hub("somebody/model", model)
    hub.refuses = 500
    with serving(hub) as url:
        found = fetch(url, tmp_path / "cache")
    assert str(found["message"]).endswith("the hub answered with an error (500).")
    assert found["hint"] == "Try again in a while."


_FULL_DISK = """
import errno
from huggingface_hub import file_download
def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device", "blob.incomplete")
file_download.http_get = full
"""


def test_a_full_disk_is_named(tmp_path: Path, model: Path) -> None:
    with serving(Hub("somebody/model", model)) as url:
        found = fetch(url, tmp_path / "cache", before=_FULL_DISK)
    assert "the hub's cache cannot be written: no space left on device" in str(found["message"])
    assert "HF_HUB_CACHE" in str(found["hint"])


def test_without_a_network_a_sentence_says_so(tmp_path: Path) -> None:
    found = fetch("http://127.0.0.1:9", tmp_path / "cache")
    assert found["kind"] == "model_not_found"
    assert str(found["message"]).endswith("could not be fetched: the hub cannot be reached.")
    assert found["hint"] == "Check the network, or give a folder."


def test_offline_mode_is_named(tmp_path: Path) -> None:
    found = fetch("http://127.0.0.1:9", tmp_path / "cache", HF_HUB_OFFLINE="1")
    assert "HF_HUB_OFFLINE is set" in str(found["message"])


def test_a_model_in_the_cache_needs_no_network(tmp_path: Path, model: Path) -> None:
    with serving(Hub("somebody/model", model)) as url:
        fetch(url, tmp_path / "cache")
    assert "names" in fetch("http://127.0.0.1:9", tmp_path / "cache")


_LOAD = """
from assistant.engine.fetching import fetch_model
print(fetch_model("somebody/model").name)
"""


def test_a_model_that_is_here_is_loaded_though_the_hub_breaks_off(
    tmp_path: Path, model: Path
) -> None:
    with serving(Hub("somebody/model", model)) as url:
        fetch(url, tmp_path / "cache")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        done = subprocess.run(
            [sys.executable, "-c", _LOAD],
            env={
                **os.environ,
                "HF_ENDPOINT": f"http://127.0.0.1:{listener.getsockname()[1]}",
                "HF_HUB_CACHE": str(tmp_path / "cache"),
                "HF_HUB_OFFLINE": "0",
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.stdout.strip(), done.stderr
