"""The address of a server, as people write it."""

from __future__ import annotations

import pytest

from assistant.address import ServerAddress, without_secrets


@pytest.mark.parametrize(
    ("text", "url", "host"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", "127.0.0.1:8000"),
        (" https://api.example.com/v1/ ", "https://api.example.com", "api.example.com"),
        ("http://x/v1/chat/completions", "http://x", "x"),
        ("http://x:81/proxy/v1", "http://x:81/proxy", "x:81"),
        ("HTTP://LocalHost:1", "http://localhost:1", "localhost:1"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_addresses(text: str, url: str, host: str) -> None:
    address = ServerAddress.parse(text)
    assert (address.url, address.host) == (url, host)


def test_which_are_this_machine() -> None:
    local = ["http://localhost", "http://127.9.9.9:1", "http://[::1]"]
    other = ["http://127.0.0.1.evil.com", "https://localhost.evil.com", "http://10.0.0.1"]
    assert all(ServerAddress.parse(text).is_local for text in local)
    assert not any(ServerAddress.parse(text).is_local for text in other)


@pytest.mark.parametrize("text", ["http://u:secret@x:1/p?secret", "secret@x:1/p#secret"])
def test_what_is_shown_of_a_refused_one(text: str) -> None:
    assert without_secrets(text) == "x:1/p"
