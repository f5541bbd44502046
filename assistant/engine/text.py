"""From tokens to text as they come: whole characters only, and nothing of a stop text.

It refuses to know how tokens are chosen.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any


class TextStream:
    """The text of one row.

    `detokenizer` is one of mlx-lm's streaming detokenizers, reset, and this row's own. `silent`
    are tokens that steer and say nothing, such as the mark of a turn.
    """

    def __init__(
        self, detokenizer: Any, stop: Sequence[str] = (), silent: Container[int] = ()
    ) -> None:
        self._detokenizer = detokenizer
        self._silent = silent
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self.text = ""
        self.stopped = False

    def add(self, token: int) -> str:
        """The text that a token makes certain. Sets `stopped` when a stop text is complete."""
        if token in self._silent:
            return ""
        self._detokenizer.add_token(token)
        return self._release(self._detokenizer.last_segment, last=False)

    def finish(self) -> str:
        """What was held back, now that no token follows."""
        if self.stopped:
            return ""
        self._detokenizer.finalize()
        return self._release(self._detokenizer.last_segment, last=True)

    def _release(self, segment: str, *, last: bool) -> str:
        if self.stopped:
            return ""
        pending = self._held + segment
        ends = [at for stop in self._stop if (at := pending.find(stop)) >= 0]
        if ends:
            self.stopped = True
            self._held = ""
            pending = pending[: min(ends)]
        else:
            keep = 0 if last else self._possible_stop(pending)
            self._held = pending[len(pending) - keep :]
            pending = pending[: len(pending) - keep]
        self.text += pending
        return pending

    def _possible_stop(self, pending: str) -> int:
        """Length of the longest end of the text that a stop text could begin with."""
        longest = 0
        for stop in self._stop:
            for length in range(min(len(stop) - 1, len(pending)), longest, -1):
                if pending.endswith(stop[:length]):
                    longest = length
                    break
        return longest
