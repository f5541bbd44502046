"""Keys and values of kept chats in files, so that a long one need not be read again another day.

One file for each chat, which the engine writes and checks; together they take no more than they
may, and those that were used longest ago go first. A file that cannot be used is gone: it is only
time that it saves. It refuses to know what is in them.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path

from assistant.engine.protocol import Engine
from assistant.engine.types import Request
from assistant.errors import AssistantError

MEGABYTE = 1_000_000
_ENDING = ".safetensors"
# A file that is being written is younger than this; one left by a killed program is not.
_UNFINISHED_S = 600.0
# Ids come from a file that anybody may have written: none leads out of the folder.
_ID = re.compile("[a-z0-9]{1,40}")


class ChatCaches:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, engine: Engine, chat: str, request: Request, most: int) -> int:
        """Keep what the engine holds of a chat, in at most so many bytes for all chats together.

        Returns how many tokens are kept; 0 when it cannot be, which harms nobody.
        """
        file = self._file(chat)
        if file is None or most <= 0:
            return 0
        try:
            # A chat's keys and values are the chat, for one who has the model.
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = engine.save_prompt_cache(request, file)
        except (AssistantError, OSError):
            return 0
        self.prune(most)
        return held if file.exists() else 0

    def load(self, engine: Engine, chat: str) -> int:
        """Hand the engine what was kept of a chat; how many tokens it need not read again."""
        file = self._file(chat)
        if file is None or not file.exists():
            return 0
        try:
            held = engine.load_prompt_cache(file)
        except AssistantError:
            self.forget(chat)
            return 0
        with suppress(OSError):
            file.touch()
        return held

    def forget(self, chat: str) -> None:
        """Have nothing of a chat any more."""
        file = self._file(chat)
        if file is not None:
            with suppress(OSError):
                file.unlink(missing_ok=True)

    def prune(self, most: int) -> None:
        """Remove those that were used longest ago, until the rest is small enough."""
        taken = 0
        for changed, size, file in sorted(self._files(), reverse=True):
            left = file.name.startswith(".") and time.time() - changed > _UNFINISHED_S
            taken += size
            if left or taken > most:
                with suppress(OSError):
                    file.unlink()

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for file in self._folder.glob(f"*{_ENDING}"):
            with suppress(OSError):
                facts = file.stat()
                found.append((facts.st_mtime, facts.st_size, file))
        return found

    def _file(self, chat: str) -> Path | None:
        return self._folder / f"{chat}{_ENDING}" if _ID.fullmatch(chat) else None
