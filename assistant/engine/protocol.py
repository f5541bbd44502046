"""The seam between the program and whatever runs a model: one protocol, several engines.

Front ends are tested against a fake that fulfils it. It refuses to know any engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant.engine.scores import Score, Scoring
from assistant.engine.types import AdapterInfo, EngineInfo, Event, Request


class Generation(Protocol):
    """The answers under way for one call of `generate`: iterate it for events.

    The iterator ends after every row has ended. Closing it early cancels what still runs.
    """

    def __iter__(self) -> Iterator[Event]: ...

    def __next__(self) -> Event: ...

    def cancel(self, row: int | None = None) -> None:
        """Stop one row, or all. Returns at once, from any thread; the row still gets its last
        event, with reason "cancelled" and the text so far."""

    def close(self) -> None:
        """Cancel what runs and stop listening."""


class Engine(Protocol):
    """A model, the adapters resident on it and the rows running on it. Safe from any thread."""

    @property
    def info(self) -> EngineInfo: ...

    def adapters(self) -> list[AdapterInfo]:
        """The loaded adapters, in the order they were loaded."""

    def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
        """Load a folder, or a name under the adapters folders, and keep it resident.

        Raises:
            AdapterNotFound, AdapterUnusable, AdapterMismatch: nothing of it was attached.
        """

    def unload_adapter(self, name: str) -> None:
        """Take an adapter off the model, exactly.

        Raises:
            AdapterNotLoaded: there is none of that name.
            AdapterInUse: an answer under way needs it.
        """

    def generate(self, requests: Sequence[Request]) -> Generation:
        """Start one answer per request; all rows advance together.

        Raises:
            AdapterNotLoaded, PromptTooLong: before anything is generated.
        """

    def score(
        self, scorings: Sequence[Scoring], *, stop: Callable[[], bool] = lambda: False
    ) -> list[Score]:
        """How likely each token of given answers is, one score per scoring, in their order.

        Waits until all are read; `stop` is asked after every chunk of tokens. Log-probabilities
        and divergences are natural (nats), computed in float32.

        Raises:
            AdapterNotLoaded, PromptTooLong: before anything is read.
            ScoringStopped: `stop` said so.
        """

    def save_prompt_cache(self, request: Request, file: Path) -> int:
        """Write the keys and values that are kept of a chat, for another day.

        Returns how many tokens of the request's prompt they hold; 0, and no file, for none.

        Raises:
            PromptCacheUnusable: this model's kind cannot be saved, or the file not written.
        """

    def load_prompt_cache(self, file: Path) -> int:
        """Take a saved file in: the next question of that chat, under the same adapters, processes
        only what is new. Returns how many tokens it holds.

        Raises:
            PromptCacheUnusable: no such file, a damaged one, or one of another model.
        """

    def count_tokens(self, request: Request) -> int:
        """Tokens of the prompt that this request makes, chat template and begun answer included.

        Of a chat far beyond the context about how many, which takes no counting to the end.
        """

    def close(self) -> None:
        """Cancel everything, free the model, end the engine's thread. Safe to call twice."""
