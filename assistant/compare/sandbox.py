"""Runs a piece of Python in a process of its own, under limits, and says how it ended.

    run_code("print(1)").ok

Code in answers is somebody else's: it runs only where the person has turned that on. Its process
has a folder of its own, which is deleted afterwards, an empty environment, and limits on seconds,
memory, file sizes and processes; whatever it starts ends with it. Where the system lets a process
leave the network (Linux with user namespaces; macOS with sandbox-exec) it has none; elsewhere
Python's own sockets are refused, which honest code respects and hostile code need not.
`Ran.network` says which of the two it was. These limits contain accidents. They are no prison.
It refuses to know what the code is for.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SECONDS = 10.0
MEMORY_BYTES = 4 * 1024**3
"""Of address space: importing mlx or numpy reserves far more of it than they use."""
_FILE_BYTES = 16 * 1024**2
_SHOWN = 2000

# Runs in the new process, before the code: nothing of this package is imported there.
_BOOTSTRAP = """\
import os, runpy, sys
memory, seconds, file_bytes = map(int, sys.argv[1:4])
network = "refused"
try:
    import resource
    def limit(kind, most):
        try:
            hard = resource.getrlimit(kind)[1]
            if hard != resource.RLIM_INFINITY:
                most = min(most, hard)
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            pass
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_FSIZE, file_bytes)
    limit(resource.RLIMIT_CORE, 0)
except ImportError:
    pass
if sys.platform == "linux":
    try:
        import ctypes
        # A user namespace and a network namespace of its own, which has no way out.
        if ctypes.CDLL(None, use_errno=True).unshare(0x10000000 | 0x40000000) == 0:
            network = "none"
    except (OSError, AttributeError):
        pass
elif sys.argv[4] == "sandboxed":
    network = "none"
def no_network(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        raise PermissionError("this code runs without a network")
sys.addaudithook(no_network)
with open("network", "w") as file:
    file.write(network)
sys.argv = ["answer.py"]
runpy.run_path("answer.py", run_name="__main__")
"""
_NO_NETWORK_ON_MACOS = "(version 1)(allow default)(deny network*)"

Network = Literal["none", "refused"]


@dataclass(frozen=True)
class Ran:
    """How a piece of code ended."""

    ok: bool
    said: str
    """The last line of its error, or why it was ended; "" when all went well."""
    output: str
    network: Network
    """"none": the process had no network. "refused": only Python's sockets were refused."""


def run_code(source: str, *, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> Ran:
    """Run a program to its end, or to its limits."""
    with tempfile.TemporaryDirectory(prefix="assistant-run-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "answer.py").write_text(source, encoding="utf-8", errors="replace")
        (folder / "start.py").write_text(_BOOTSTRAP, encoding="utf-8")
        wrap = _wrapper()
        limits = [str(memory_bytes), str(int(seconds) + 1), str(_FILE_BYTES)]
        command = [*wrap, sys.executable, "-I", "start.py", *limits]
        command.append("sandboxed" if wrap else "plain")
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=folder,
                env=_environment(folder),
                start_new_session=True,
            )
            try:
                code: int | None = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _end(process)
        said = _reason(code, _tail(folder / "err"), seconds)
        network: Network = "none" if _tail(folder / "network") == "none" else "refused"
        return Ran(code == 0, said, _tail(folder / "out"), network)


def _wrapper() -> list[str]:
    if sys.platform == "darwin" and Path("/usr/bin/sandbox-exec").exists():
        return ["/usr/bin/sandbox-exec", "-p", _NO_NETWORK_ON_MACOS]
    return []


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the person's own: no keys, no tokens, no home."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    return {
        **threads,
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - _SHOWN))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _reason(code: int | None, errors: str, seconds: float) -> str:
    if code == 0:
        return ""
    if code is None:
        return f"It was ended after {seconds:g} s."
    lines = [line for line in errors.strip().splitlines() if line.strip()]
    if code < 0:
        return f"It was ended by the system ({signal.Signals(-code).name})."
    return lines[-1].strip() if lines else f"It ended with code {code}."
