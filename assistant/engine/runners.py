"""Which way each row runs: in the batch, or one after the other.

It has the methods of both. It refuses to know how either runs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.engine.cache_plan import CachePlan
from assistant.engine.drafting import Draft
from assistant.engine.kept_logits import KeptLogits
from assistant.engine.loading import LoadedModel
from assistant.engine.one_by_one import OneByOne
from assistant.engine.prompt_caches import PromptCaches
from assistant.engine.row import Row
from assistant.engine.rows import CurrentRows
from assistant.engine.scheduler import Scheduler
from assistant.errors import EngineError
from assistant.file_trouble import first_line


class Runners:
    """All rows running on one model. Used on the engine's own thread only."""

    def __init__(
        self,
        loaded: LoadedModel,
        current: CurrentRows,
        caches: PromptCaches,
        logits: KeptLogits,
        plan: CachePlan,
        draft: Draft | None,
    ) -> None:
        self._together = plan.together
        self._drafts = draft is not None
        self._batch = Scheduler(loaded, current, caches, logits)
        self._single = OneByOne(loaded, current, caches, plan, draft)

    @property
    def is_busy(self) -> bool:
        return self._batch.is_busy or self._single.is_busy

    def uses(self, adapter: str) -> bool:
        return self._batch.uses(adapter) or self._single.uses(adapter)

    def insert(self, rows: Sequence[tuple[Row, int]]) -> None:
        """Let the rows of one call run, each with the most tokens it may say."""
        alone = len(rows) == 1 and not self.is_busy
        # Of sampled answers a draft would change the dice, and with them the text of a seed.
        drafted = alone and self._drafts and rows[0][0].request.sampling.temperature <= 0
        runner = self._single if drafted or not self._together else self._batch
        for row, max_tokens in rows:
            runner.insert(row, max_tokens)

    def cancel(self, wanted: Iterable[Row]) -> None:
        chosen = list(wanted)
        self._batch.cancel(chosen)
        self._single.cancel(chosen)

    def step(self) -> None:
        """A step of each way. The rows that it breaks off for fail, and no others."""
        for runner in (self._batch, self._single):
            if runner.is_busy:
                try:
                    runner.step()
                except Exception as error:  # out of memory, a defect: the engine goes on
                    runner.fail(_broken_off(error))

    def close(self) -> None:
        self._batch.close()
        self._single.close()


def _broken_off(error: Exception) -> EngineError:
    reason = first_line(error)
    return EngineError(f"The answer broke off: {reason}.", "Try again, or a shorter chat.")
