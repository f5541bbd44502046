"""What `assistant doctor` finds out about a server. It refuses to know what is wrong with it."""

from __future__ import annotations

import os
from typing import Any

from assistant.address import ServerAddress
from assistant.errors import AssistantError
from assistant.paths import Places
from assistant.settings import Settings


def server_findings(
    settings: Settings, places: Places
) -> tuple[dict[str, Any], AssistantError | None]:
    """What the server has, and what stands in the way of using it. A key is never part of it."""
    from assistant.engine.remote import open_remote_engine
    from assistant.engine.remote.failures import KEY_VARIABLE

    found: dict[str, Any] = {
        "host": ServerAddress.parse(settings.engine).host,
        "key": bool(os.environ.get(KEY_VARIABLE, "").strip()),
    }
    try:
        engine = open_remote_engine(settings.model, settings.engine, places)
    except AssistantError as error:
        return found, error
    try:
        found |= {
            "model": engine.info.model,
            "models": list(engine.info.served),
            "context_length": engine.info.context_length or None,
            "adapters": [adapter.name for adapter in engine.adapters()],
            "loads_adapters": engine.can_load_adapters(),
            "remarks": list(engine.info.remarks),
        }
    except AssistantError as error:
        return found, error
    finally:
        engine.close()
    return found, None


def server_rows(found: dict[str, Any] | None) -> list[tuple[str, str]]:
    """The same as lines of a table."""
    if found is None:
        return []
    key = "a key is set" if found["key"] else "no key is set"
    rows = [("server", f"{found['host']}, {key}")]
    if "model" not in found:
        return rows
    adapters = ", ".join(found["adapters"]) or "none"
    loads = "more can be loaded" if found["loads_adapters"] else "none can be loaded by us"
    context = found["context_length"]
    return [
        *rows,
        ("its model", found["model"]),
        ("its models", ", ".join(found["models"])),
        ("its context", f"{context} tokens" if context else ""),
        ("its adapters", f"{adapters}; {loads}"),
        *(("remark", remark) for remark in found["remarks"]),
    ]
