"""Every way in which a server fails, as one sentence and a way on.

What a server says of itself is text from a stranger: one line of it is quoted, without control
characters, and without the key should it repeat it. It refuses to know when something is tried
again.
"""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx2

from assistant.errors import (
    AssistantError,
    ModelNotFound,
    PromptTooLong,
    ServerDenied,
    ServerError,
    ServerUnreachable,
)

KEY_VARIABLE = "ASSISTANT_API_KEY"
_MOST_QUOTED = 240
_TOO_LONG = re.compile(r"context[ _]?(length|window|size)|too many tokens|max_model_len", re.I)
_NOT_AN_API = "Give the address before /v1 of a server with an OpenAI-compatible API."


class RefusalError(Exception):
    """A status that is not success, before anything was streamed."""

    def __init__(self, status: int, words: str, location: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.words = words
        """What the server says about it in its own form of error, or ""."""
        self.location = location


def quoted(text: Any, key: str = "") -> str:
    """One line of a stranger's text, fit to stand inside a sentence."""
    if not isinstance(text, str):
        return ""
    text = text.replace(key, "…") if key else text
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(".")
    return line if len(line) <= _MOST_QUOTED else f"{line[: _MOST_QUOTED - 1]}…"


def words_of(body: bytes, key: str = "") -> str:
    """The reason in a body of JSON, in one of the forms that servers use; "" without one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "detail"):
        while isinstance(found, dict) and name in found:
            found = found[name]
    return quoted(_wrong_fields(found) if isinstance(found, list) else found, key)


def _wrong_fields(found: list[Any]) -> str:
    """What is wrong with which field of a request, as servers list it that check them by FastAPI:
    [{"loc": ["body", "top_k"], "msg": "Input should be a valid integer"}]."""
    said = []
    for entry in found:
        if isinstance(entry, dict) and isinstance(entry.get("msg"), str):
            place = entry.get("loc")
            names = ".".join(map(str, place[1:])) if isinstance(place, list) else ""
            said.append(f"{names}: {entry['msg']}" if names else entry["msg"])
    return "; ".join(said)


def unreachable(host: str, error: Exception) -> ServerUnreachable:
    """The network's own failures."""
    reason = str(error).partition("\n")[0]
    hint = "Check that the server runs, and its address and port."
    if isinstance(error, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        said = f"{host} does not answer."
    elif isinstance(error, httpx2.TimeoutException):
        said = f"{host} has said nothing for too long, so the answer was given up."
        hint = "It may be busy or stuck; try again, or look at its log."
    elif _has_cause(error, ssl.SSLCertVerificationError):
        said = f"The certificate of {host} cannot be trusted."
        hint = "Have its authority trusted by this machine, or use the address it was issued for."
    elif isinstance(error, httpx2.ConnectError) and _has_cause(error, ssl.SSLError):
        said = f"{host} answers, but not encrypted as https asks."
        hint = "Give its address with http://, or look at its log."
    elif isinstance(error, httpx2.ConnectError):
        said = f"Nothing answers at {host}: {_system_reason(error) or quoted(reason)}."
    elif isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError):
        said = f"{host} broke off the connection."
        hint = "It may have ended, or speak no HTTP at this port; look at its log."
    else:
        said = f"{host} cannot be talked to: {quoted(reason) or type(error).__name__}."
    return ServerUnreachable(said, hint)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _has_cause(error: BaseException, kind: type[BaseException]) -> bool:
    return any(isinstance(cause, kind) for cause in _causes(error))


def _system_reason(error: BaseException) -> str:
    """What the operating system says, such as "connection refused"."""
    for cause in reversed(list(_causes(error))):
        if isinstance(cause, socket.gaierror):
            return quoted(cause.strerror).lower()
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno).lower()
    return ""


def refused(host: str, refusal: RefusalError, *, model: str = "", has_key: bool) -> AssistantError:
    """A status that is not success, as a sentence."""
    status, words = refusal.status, refusal.words
    because = f": {words}." if words else "."
    if status in (401, 403):
        if has_key:
            return ServerDenied(
                f"{host} does not accept the key ({status}){because}",
                f"Put the right one into {KEY_VARIABLE}.",
            )
        return ServerDenied(
            f"{host} wants a key ({status}){because}", f"Put it into {KEY_VARIABLE}."
        )
    if status in (400, 413, 422) and (status == 413 or _TOO_LONG.search(words)):
        return PromptTooLong(
            f"The chat is too long for {host}{because}",
            "Ask with a shorter text or for a shorter answer, or start anew with /new.",
        )
    # "Not Found" alone is what web frameworks say of a path that they do not know.
    if status == 404 and model and words and words != "Not Found":
        return ModelNotFound(f"{host} has no {model!r}{because}", "Name another with -m.")
    if 300 <= status < 400:
        to = f" to {quoted(refusal.location)}" if refusal.location else ""
        return ServerError(
            f"{host} sends on{to} ({status}).", "Give that address, if you trust it."
        )
    if status in (404, 405):
        return ServerError(f"{host} has no chat API at this address ({status}).", _NOT_AN_API)
    if status == 429:
        return ServerError(
            f"{host} has too many requests at the moment (429){because}", "Wait, then try again."
        )
    if status == 503:
        return ServerError(
            f"{host} is not ready (503){because}", "Wait until its model is loaded, then try again."
        )
    if status >= 500:
        return ServerError(f"{host} failed ({status}){because}", "Try again; its log says more.")
    return ServerError(
        f"{host} refuses the request ({status}){because}", "Its documentation says what it takes."
    )


def other_form(host: str, what: str) -> ServerError:
    """An answer that is not in the form of the API."""
    return ServerError(f"{host} answers in another form than the chat API: {what}.", _NOT_AN_API)


def broken_off(host: str) -> ServerUnreachable:
    return ServerUnreachable(
        f"{host} ended in the middle of the answer.", "It may have been stopped; look at its log."
    )
