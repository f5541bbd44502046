"""Against the real servers: mlx_lm.server, and vLLM where ASSISTANT_VLLM names its command.

What is expected comes from the same server, asked plainly with urllib and without streaming.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Engine, Request, open_engine
from assistant.errors import NotOnServer, ServerUnreachable
from assistant.lora import convert, read_folder
from assistant.paths import shipped
from tests.engine.remote.conftest import request

pytestmark = [pytest.mark.engines, pytest.mark.timeout(900)]

TINY = shipped("models") / "tiny"
QUESTION = "How do I sort an array in MLX?"


def plainly(url: str, model: str, **more: Any) -> dict[str, Any]:
    body = {"model": model, "messages": request(QUESTION).messages, "max_tokens": 40, **more}
    asked = urllib.request.Request(
        f"{url}/v1/chat/completions",
        json.dumps({"temperature": 0, **body}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=300) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


@contextmanager
def running(command: list[str], port: int, log: Path, **environment: str) -> Iterator[str]:
    """A server until the block ends; it has ended then as well."""
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env={**os.environ, **environment}
        )
        try:
            deadline = time.monotonic() + 600
            while True:
                assert process.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < deadline, log.read_text()[-2000:]
                try:
                    urllib.request.urlopen(f"{url}/health", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.5)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def end_of(engine: Engine, *adapters: str) -> Any:
    asked: Request = request(QUESTION, *adapters, max_tokens=40)
    (finish,) = (e.finish for e in engine.generate([asked]) if e.finish)
    return finish


def test_mlx_lms_own_server(tmp_path: Path, port: int) -> None:
    command = [sys.executable, "-m", "mlx_lm", "server", "--model", str(TINY), "--port", str(port)]
    (tmp_path / "hub").mkdir()
    hub = str(tmp_path / "hub")
    with running(command, port, tmp_path / "log", HF_HUB_CACHE=hub, HF_HUB_OFFLINE="1") as url:
        engine = open_engine("", engine_url=url)
        assert engine.info.model == "tiny"
        expected = plainly(url, "default_model")
        finish = end_of(engine)
        assert finish.text == expected["choices"][0]["message"]["content"]
        assert finish.reason == expected["choices"][0]["finish_reason"]
        assert finish.usage.prompt_tokens == expected["usage"]["prompt_tokens"]
        assert finish.usage.completion_tokens == expected["usage"]["completion_tokens"]
        with pytest.raises(NotOnServer):
            engine.load_adapter("mlx-docs")
    with pytest.raises(ServerUnreachable):
        end_of(engine)
    engine.close()


@pytest.mark.skipif("ASSISTANT_VLLM" not in os.environ, reason="ASSISTANT_VLLM names no vLLM")
def test_vllm_with_an_adapter_loaded_while_it_runs(tmp_path: Path, port: int) -> None:
    folder = tmp_path / "docs"
    convert(read_folder(shipped("adapters") / "mlx-docs"), folder, "peft")
    command = [os.environ["ASSISTANT_VLLM"], "serve", str(TINY), "--served-model-name", "base"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--max-model-len", "1024"]
    command += ["--enable-lora", "--max-lora-rank", "64", "--enforce-eager"]
    environment = {
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
        "VLLM_NO_USAGE_STATS": "1",
    }
    with running(command, port, tmp_path / "log", **environment) as url:
        engine = open_engine("", engine_url=url)
        assert (engine.info.model, engine.info.context_length) == ("base", 1024)
        assert engine.adapters() == []
        assert engine.load_adapter(str(folder)).rank == 32
        other = open_engine("", engine_url=url)
        assert [adapter.name for adapter in other.adapters()] == ["docs"]
        other.close()
        ends = {}
        for model, adapters in (("base", ()), ("docs", ("docs",))):
            expected = plainly(url, model, return_token_ids=True)
            choice = expected["choices"][0]
            ends[model] = finish = end_of(engine, *adapters)
            assert finish.text == choice["message"]["content"]
            assert finish.reason == choice["finish_reason"]
            tokens = choice["token_ids"]
            # The end of the turn is no token of the answer.
            assert list(finish.tokens) == (tokens[:-1] if finish.reason == "stop" else tokens)
            assert finish.usage.completion_tokens == expected["usage"]["completion_tokens"]
            assert finish.usage.prompt_tokens == engine.count_tokens(request(QUESTION))
        assert ends["base"].text != ends["docs"].text
        logprobs = [e.logprob for e in engine.generate([request(QUESTION, max_tokens=5)])][:-1]
        assert logprobs
        assert all(logprob is not None and logprob <= 0 for logprob in logprobs)
        engine.unload_adapter("docs")
        assert engine.adapters() == []
        engine.close()
