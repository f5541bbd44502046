"""Requests to one server, with its key, its time-outs and the few repetitions that are safe.

A request is repeated only while nothing of its answer has come: when the server is busy, or a
connection that was kept open turns out to be gone. Nothing is ever sent to another address than
the one that was given. It refuses to know what is asked for.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from assistant import __version__
from assistant.address import ServerAddress
from assistant.engine.remote.failures import (
    KEY_VARIABLE,
    RefusalError,
    other_form,
    unreachable,
    words_of,
)
from assistant.errors import ServerDenied

_BUSY = (429, 502, 503, 504)
_PAUSES = (0.5, 1.0, 2.0)
"""Seconds before each repetition, unless the server names others."""
_LONGEST_PAUSE = 20.0
_MOST_BYTES = 16_000_000
"""Of an answer that does not stream."""


def key_from_environment() -> str:
    """The key for the server, or "" for none.

    Raises:
        ServerDenied: it cannot be one.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ServerDenied(
            f"{KEY_VARIABLE} holds no key: there are spaces or other signs in it.",
            "Copy the key again, on one line.",
        )
    return key


class Client:
    """Made and used in one event loop."""

    def __init__(self, address: ServerAddress, key: str, quiet_s: float) -> None:
        self._host = address.host
        self._key = key
        headers = {
            "User-Agent": f"assistant/{__version__}",
            "Content-Type": "application/json",
        }
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx2.AsyncClient(
            base_url=address.url,
            headers=headers,
            # Long prompts on slow machines: `quiet_s` may pass before the first token.
            timeout=httpx2.Timeout(quiet_s, connect=10.0, write=30.0, pool=None),
            limits=httpx2.Limits(max_connections=None),
            # A proxy is for the world outside; and no key of a .netrc is wanted.
            trust_env=not address.is_local,
        )

    @property
    def has_key(self) -> bool:
        return bool(self._key)

    @property
    def key(self) -> str:
        """To be taken out of what a server says."""
        return self._key

    async def get(self, path: str) -> Any:
        """The JSON at a path.

        Raises:
            RefusalError, ServerError: there is no answer.
            ValueError: it is no JSON.
        """
        return _read_json(await self._whole("GET", path, None))

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON that answers; raises as `get` does."""
        return _read_json(await self._whole("POST", path, body))

    async def post_once(self, path: str, body: dict[str, Any]) -> None:
        """For what must not happen twice: only a busy server is asked again."""
        await self._whole("POST", path, body, again=False)

    async def _whole(
        self, method: str, path: str, body: dict[str, Any] | None, *, again: bool = True
    ) -> bytes:
        async with self.opened(method, path, body, again=again) as response:
            return await self._read(response)

    @asynccontextmanager
    async def opened(
        self, method: str, path: str, body: dict[str, Any] | None, *, again: bool = True
    ) -> AsyncIterator[httpx2.Response]:
        """A successful response that is still to be read.

        Raises:
            RefusalError: the server says no.
            ServerUnreachable: it says nothing.
        """
        response = await self._send(method, path, body, again)
        try:
            yield response
        finally:
            await response.aclose()

    async def _send(
        self, method: str, path: str, body: dict[str, Any] | None, again: bool
    ) -> httpx2.Response:
        pauses = list(_PAUSES)
        content = None if body is None else json.dumps(body).encode("ascii")
        while True:
            try:
                request = self._http.build_request(method, path, content=content)
                response = await self._http.send(request, stream=True)
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError) as error:
                if not again:
                    raise unreachable(self._host, error) from None
                again = False  # once: the connection may have been an old one
                continue
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
                raise unreachable(self._host, error) from None
            if response.is_success:
                return response
            try:
                refusal = RefusalError(
                    response.status_code,
                    words_of(await self._read(response), self._key),
                    response.headers.get("location", ""),
                )
            finally:
                await response.aclose()
            if response.status_code not in _BUSY or not pauses:
                raise refusal
            await asyncio.sleep(_pause(response, pauses.pop(0)))

    async def _read(self, response: httpx2.Response) -> bytes:
        read = bytearray()
        try:
            async for piece in response.aiter_bytes():
                read += piece
                if len(read) > _MOST_BYTES:
                    raise other_form(self._host, "it does not end")
        except httpx2.HTTPError as error:
            raise unreachable(self._host, error) from None
        return bytes(read)

    async def close(self) -> None:
        await self._http.aclose()


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None


def _pause(response: httpx2.Response, otherwise: float) -> float:
    try:
        asked = float(response.headers.get("retry-after", ""))
    except ValueError:  # none, or a date
        return otherwise
    return min(max(asked, 0.0), _LONGEST_PAUSE)
