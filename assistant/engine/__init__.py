"""A model and the rows running on it.

    engine = open_engine("tiny")
    engine.load_adapter("mlx-docs")
    request = Request([{"role": "user", "content": "hi"}], adapters={"mlx-docs": 1.0})
    for event in engine.generate([request]):
        print(event.text, end="")
    engine.close()

Importing this package imports no mlx; `open_engine` does.
"""

from __future__ import annotations

from assistant.engine.protocol import Engine, Generation
from assistant.engine.types import (
    AdapterInfo,
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

__all__ = [
    "AdapterInfo",
    "Engine",
    "EngineInfo",
    "Event",
    "Finish",
    "Generation",
    "Message",
    "Request",
    "Sampling",
    "Timing",
    "Usage",
    "open_engine",
]


def open_engine(model: str, *, places: Places | None = None) -> Engine:
    """Load a model and start its engine. Takes seconds; close it when done.

    `model` is a name under the models folders, a folder, or a Hugging Face repository.

    Raises:
        ModelNotFound, ModelUnusable: with the reason.
    """
    from assistant.engine.blas import open_fast_blas
    from assistant.engine.models import find_model

    places = places or find_places()
    # A name that is not there is said at once, before anything heavy is imported.
    location = find_model(model, search_folders("models", places))
    # Must come before the import of mlx below.
    open_fast_blas()
    from assistant.engine.local import LocalEngine

    return LocalEngine(location, places)
