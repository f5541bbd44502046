"""A model and the rows running on it.

    engine = open_engine("tiny")
    engine.load_adapter("mlx-docs")
    request = Request([{"role": "user", "content": "hi"}], adapters={"mlx-docs": 1.0})
    for event in engine.generate([request]):
        print(event.text, end="")
    scoring = Scoring(request.messages, "hello", adapters={"mlx-docs": 1.0}, against={})
    for token in engine.score([scoring])[0].tokens:
        print(token.text, token.logprob, token.kl)
    engine.close()

Importing this package imports no mlx; `open_engine` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.engine.options import EngineOptions
from assistant.engine.protocol import Engine, Generation
from assistant.engine.scores import Alternative, Score, Scoring, TokenScore
from assistant.engine.torchless import import_transformers
from assistant.engine.types import (
    AdapterInfo,
    AskedSampling,
    Begun,
    EngineInfo,
    Event,
    Finish,
    Message,
    Request,
    Sampling,
    Timing,
    Usage,
)
from assistant.paths import Places, find_places, search_folders

if TYPE_CHECKING:
    from assistant.engine.local import LocalEngine

__all__ = [
    "AdapterInfo",
    "Alternative",
    "AskedSampling",
    "Begun",
    "Engine",
    "EngineInfo",
    "EngineOptions",
    "Event",
    "Finish",
    "Generation",
    "Message",
    "Request",
    "Sampling",
    "Score",
    "Scoring",
    "Timing",
    "TokenScore",
    "Usage",
    "open_engine",
]


def open_engine(
    model: str,
    *,
    engine_url: str | None = None,
    places: Places | None = None,
    options: EngineOptions | None = None,
) -> Engine:
    """Load a model and start its engine. Takes seconds; close it when done.

    `model` is a name under the models folders, a folder, or a Hugging Face repository. With the
    address of an OpenAI-compatible server it is the server's name for it, and "" is its only one.

    Raises:
        ModelNotFound, ModelUnusable, ModelTooLarge: with the reason.
        ServerError: the server cannot be used, with the reason.
    """
    if engine_url:
        # httpx takes a good part of a second; nothing of mlx comes with it.
        from assistant.engine.remote import open_remote_engine

        return open_remote_engine(model, engine_url, places or find_places())
    from assistant.engine.blas import open_fast_blas
    from assistant.engine.models import find_model

    places = places or find_places()
    # A name that is not there is said at once, before anything heavy is imported.
    location = find_model(model, search_folders("models", places))
    # Must come before the import of mlx below.
    open_fast_blas()
    from assistant.engine.owner import OwnerThread

    owner = OwnerThread(f"mlx {location.name}")
    try:
        return owner.call(_import_local_engine)(location, places, owner, options or EngineOptions())
    except BaseException:
        owner.close(lambda: None)
        raise


def _import_local_engine() -> type[LocalEngine]:
    import_transformers()
    # On the owner thread: mlx leaves state behind in the thread that first imports it, and only
    # the owner's end is waited for.
    from assistant.engine.local import LocalEngine

    return LocalEngine
