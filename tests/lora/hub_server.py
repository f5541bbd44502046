"""A hub on this machine: the real client talks to it as it does to huggingface.co.

It serves the files of a folder under one repository, slowly where that is wanted, and counts.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "c" * 40


class Hub:
    """What the server serves and saw."""

    def __init__(self, repository: str, folder: Path, *, bytes_per_s: float = 0) -> None:
        self.repository = repository
        self.folder = folder
        self.bytes_per_s = bytes_per_s
        self.asked: list[str] = []
        self.refuses: int | None = None
        """The status with which it answers everything, if it does."""
        self.gated = False


@contextmanager
def serving(hub: Hub) -> Iterator[str]:
    """The address of the hub while it is served."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is logged."""

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            path = self.path.partition("?")[0]
            hub.asked.append(f"{self.command} {path}")
            if hub.refuses:
                self._send(hub.refuses, b"", body, {})
                return
            if hub.gated and "/resolve/" in path:
                self._send(403, b"", body, {"X-Error-Code": "GatedRepo"})
                return
            listed = f"/api/models/{hub.repository}"
            if path.startswith(listed):
                names = sorted(p.name for p in hub.folder.iterdir())
                if "/tree/" in path:
                    found: object = [
                        {
                            "type": "file",
                            "path": n,
                            "size": (hub.folder / n).stat().st_size,
                            "oid": _etag(hub.folder / n),
                        }
                        for n in names
                    ]
                else:
                    found = {
                        "id": hub.repository,
                        "sha": COMMIT,
                        "siblings": [
                            {"rfilename": n, "size": (hub.folder / n).stat().st_size} for n in names
                        ],
                    }
                self._send(200, json.dumps(found).encode(), body, {})
                return
            prefix = f"/{hub.repository}/resolve/{COMMIT}/"
            file = hub.folder / path.removeprefix(prefix)
            if not path.startswith(prefix) or not file.is_file():
                self._send(404, b"", body, {"X-Error-Code": "RepoNotFound"})
                return
            head = {"ETag": f'"{_etag(file)}"', "X-Repo-Commit": COMMIT}
            self._send(200, file.read_bytes(), body, head)

        def _send(self, status: int, content: bytes, body: bool, more: dict[str, str]) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            step = max(1, len(content) // 20)
            for at in range(0, len(content) if body else 0, step):
                if hub.bytes_per_s:
                    time.sleep(step / hub.bytes_per_s)
                try:
                    self.wfile.write(content[at : at + step])
                except OSError:
                    return  # the client has gone

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _etag(file: Path) -> str:
    return hashlib.sha1(file.read_bytes(), usedforsecurity=False).hexdigest()
