"""Asks a server for one answer and sees it through: the request, the stream, how it ended.

It refuses to know which model is meant and who listens.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2

from assistant.engine.remote.answer import RemoteAnswer
from assistant.engine.remote.client import Client
from assistant.engine.remote.failures import (
    RefusalError,
    broken_off,
    other_form,
    quoted,
    refused,
    unreachable,
)
from assistant.engine.remote.pieces import InBandError, Piece, read_piece
from assistant.engine.remote.sse import MOST_BYTES, EventReader, EventTooLargeError
from assistant.errors import AssistantError, ServerError

PATH = "/v1/chat/completions"
# Asked for where a server knows them, and done without where it does not.
_DISPENSABLE = ("return_token_ids", "logprobs", "stream_options")
_DONE = "[DONE]"
# How a stream of events begins, and no JSON.
_EVENT = re.compile(rb"\s*(data|event|id|retry)?:")


class Asker:
    """Remembers what a server turned out not to know."""

    def __init__(self, client: Client, host: str, *, token_ids: bool) -> None:
        self._client = client
        self._host = host
        self._extras: dict[str, Any] = {
            "stream_options": {"include_usage": True},
            "logprobs": True,
        }
        if token_ids:  # vLLM's own
            self._extras["return_token_ids"] = True
        self._length = "max_tokens"
        # So many connections that a server's queue is full, and not so many that it refuses.
        self._room = asyncio.Semaphore(16)

    async def ask(
        self, body: dict[str, Any], longest: Callable[[], Awaitable[int]], answer: RemoteAnswer
    ) -> None:
        """Puts the answer's events, the last one or an error included, whatever happens."""
        try:
            async with self._room:
                await self._stream(body, await longest(), answer)
        except asyncio.CancelledError:
            answer.end("cancelled")
        except AssistantError as error:
            answer.fail(error)
        except Exception as error:  # a defect: whoever waits for the answer must hear of it
            answer.fail(error)

    async def _stream(self, body: dict[str, Any], max_tokens: int, answer: RemoteAnswer) -> None:
        while True:
            asked = {**body, **self._extras, self._length: max_tokens, "stream": True}
            try:
                finish = await self._read(asked, answer)
            except RefusalError as refusal:
                if not self._does_without(refusal, asked):
                    raise refused(
                        self._host, refusal, model=body["model"], has_key=self._client.has_key
                    ) from None
            else:
                break
        if finish == "content_filter":
            raise ServerError(f"{self._host} held the answer back.", "Ask in other words.")
        if finish in ("abort", "error"):
            raise broken_off(self._host)
        answer.end("length" if finish in ("length", "max_tokens") else "stop")

    def _does_without(self, refusal: RefusalError, asked: dict[str, Any]) -> bool:
        """Whether there is another way to ask; then it is taken from now on."""
        if refusal.status not in (400, 422):
            return False
        if "max_completion_tokens" in refusal.words and "max_tokens" in asked:
            self._length = "max_completion_tokens"
            return True
        for name in _DISPENSABLE:
            if name in refusal.words and name in asked:
                self._extras.pop(name, None)
                return True
        return False

    async def _read(self, asked: dict[str, Any], answer: RemoteAnswer) -> str:
        """Pass the stream on; how the server says it ended."""
        finish: str | None = None
        async with self._client.opened("POST", PATH, asked) as response:
            try:
                async for data in _data(response):
                    if data.strip() == _DONE:
                        return finish or "stop"
                    piece = self._piece(data)
                    answer.take(piece)
                    finish = piece.finish or finish
            except httpx2.TimeoutException as error:
                raise unreachable(self._host, error) from None
            except httpx2.HTTPError:
                if finish is None:
                    raise broken_off(self._host) from None
            except EventTooLargeError:
                raise other_form(self._host, "a line of it does not end") from None
        if finish is None:
            raise broken_off(self._host)
        return finish

    def _piece(self, data: str) -> Piece:
        try:
            return read_piece(data)
        except InBandError as error:
            said = quoted(error.args[0], self._client.key)
            raise ServerError(
                f"{self._host} failed in the middle of the answer{f': {said}' if said else ''}.",
                "Try again; its log says more.",
            ) from None
        except ValueError as error:
            what = "it is no JSON" if "char" in str(error) else str(error)
            raise other_form(self._host, what) from None


async def _data(response: httpx2.Response) -> AsyncIterator[str]:
    """Of each event as it comes; or all of the answer of a server that does not stream.

    Which of them it is, the first bytes say too: not every server names its stream by its type.
    """
    named = "text/event-stream" in response.headers.get("content-type", "").lower()
    reader = EventReader() if named else None
    read = bytearray()
    async for piece in response.aiter_bytes():
        if reader is None:
            read += piece
            if len(read) > MOST_BYTES:
                raise EventTooLargeError
            if _EVENT.match(read):
                reader, piece = EventReader(), bytes(read)
        for data in reader.feed(piece) if reader else ():
            yield data
    if reader is None:
        yield read.decode("utf-8", "replace")
        return
    for data in reader.end():
        # The end of the connection may have cut it.
        if data.strip() == _DONE or _is_json(data):
            yield data


def _is_json(data: str) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
