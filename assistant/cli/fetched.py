"""What a command needs of the hub, fetched before the model is opened, with how far that is.

It refuses to know how anything is fetched.
"""

from __future__ import annotations

from assistant.cli.progress import watched
from assistant.commands import Session
from assistant.commands.fetching import fetching_adapter, fetching_model
from assistant.commands.opening import missing_adapters, missing_model


def fetch_missing(session: Session) -> None:
    """The model of the settings and its adapters, unless they are here: gigabytes of silence would
    look like a program that hangs. Raises ModelError or AdapterError."""
    if model := missing_model(session):
        watched(fetching_model(model))
    for adapter in missing_adapters(session):
        watched(fetching_adapter(adapter))
