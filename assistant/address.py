"""The address of a server, checked before anything is sent there.

No address carries a secret: user names, passwords and queries are refused, and never shown again.
It refuses to know what a server speaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

EXAMPLE = "http://127.0.0.1:8000"
# People copy the address of what they last called; the paths below it are ours to add.
_KNOWN_PATHS = ("/chat/completions", "/completions", "/models", "/v1")
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


@dataclass(frozen=True)
class ServerAddress:
    url: str
    """Without a slash at its end and without /v1."""
    host: str
    """As it is shown: the name and, where one was given, the port."""
    is_local: bool
    """Whether it is this machine, so that both see the same files."""
    is_encrypted: bool

    @classmethod
    def parse(cls, text: str) -> ServerAddress:
        """Raises ValueError with what an address must be, and nothing of the text."""
        parts, name, port = _split(text.strip())
        path = parts.path.rstrip("/")
        for known in _KNOWN_PATHS:
            path = path.removesuffix(known)
        bracketed = f"[{name}]" if ":" in name else name
        host = bracketed if port is None else f"{bracketed}:{port}"
        local = _LOOPBACK.fullmatch(name) is not None
        return cls(f"{parts.scheme}://{host}{path}", host, local, parts.scheme == "https")


def _split(text: str) -> tuple[SplitResult, str, int | None]:
    try:
        parts = urlsplit(text)
        name, port = parts.hostname, parts.port
    except ValueError:  # a port that is no number, brackets that do not close
        raise ValueError(f"an address such as {EXAMPLE}") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"an address that begins with http:// or https://, such as {EXAMPLE}")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise ValueError("an address without a password; a key is read from ASSISTANT_API_KEY")
    if parts.query or parts.fragment:
        raise ValueError("an address without ? and #; a key is read from ASSISTANT_API_KEY")
    if not name or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"an address such as {EXAMPLE}")
    return parts, name, port


def without_secrets(text: str) -> str:
    """What of a refused address can be shown: not what stands before @ or behind ? and #."""
    return re.split(r"[?#]", text.rpartition("@")[2], maxsplit=1)[0]
