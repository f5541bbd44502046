"""Asks a server for its models, with and without an engine on one of them.

It refuses to know which one is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.address import ServerAddress
from assistant.engine.remote.client import Client, key_from_environment
from assistant.engine.remote.failures import RefusalError, refused
from assistant.engine.remote.loop import LoopThread
from assistant.engine.remote.served import Served, read_list
from assistant.errors import ServerError, SettingsError

QUIET_S = 300.0
"""How long a server may say nothing: long prompts take their time on slow machines."""


def address_of(url: str) -> ServerAddress:
    """Raises SettingsError when it is none."""
    try:
        return ServerAddress.parse(url)
    except ValueError as error:
        raise SettingsError(
            "The address of the server cannot be used.", f"It takes {error}."
        ) from None


async def make_client(address: ServerAddress, key: str) -> Client:
    """To be made in the loop that it is used in."""
    return Client(address, key, QUIET_S)


async def fetch_list(client: Client, host: str, wanted: str = "") -> list[Served]:
    """What a server has; `wanted` alone where it does not say so.

    Raises:
        ServerError: with the reason.
    """
    try:
        return read_list(await client.get("/v1/models"))
    except RefusalError as refusal:
        if refusal.status in (404, 405) and wanted:
            return [Served(wanted)]  # a server without the list may know the name
        raise refused(host, refusal, has_key=client.has_key) from None
    except ValueError as error:
        if wanted:
            return [Served(wanted)]
        # Such as mlx_lm.server's on a machine without a Hugging Face cache.
        raise ServerError(
            f"{host} does not say which models it has: {error} at /v1/models.",
            "Name the model with -m (for mlx_lm.server -m default_model), or check the "
            "address: it is the part before /v1 of an OpenAI-compatible API.",
        ) from None


def models_on(url: str) -> tuple[str, tuple[str, ...]]:
    """The host of a server, and the names of its models.

    Raises:
        SettingsError: the address is none.
        ServerError: with the reason.
    """
    address = address_of(url)
    loop = LoopThread(f"models of {address.host}")
    client = loop.call(lambda: make_client(address, key_from_environment()))
    try:
        return address.host, names_of(loop.call(lambda: fetch_list(client, address.host)))
    finally:
        loop.close(client.close)


def names_of(served: Sequence[Served]) -> tuple[str, ...]:
    """The models among what a server has, without the adapters."""
    return tuple(entry.name for entry in served if not entry.parent)
