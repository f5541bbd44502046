"""An engine whose scripted answers may begin with a thought: "<think>why not</think>because"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.engine.thinking import ThoughtSplitter
from assistant.engine.types import Event, Request
from tests.fakes import FakeGeneration
from tests.tui.stage import StagedEngine

TAGS = ("<think>", "</think>")


class ThinkingGeneration(FakeGeneration):
    """Tells the thoughts of each row apart as the real engine does."""

    def __init__(self, requests: Sequence[Request], texts: Sequence[str], engine: StagedEngine):
        super().__init__(requests, texts, engine)
        self._splitters = [ThoughtSplitter(TAGS) for _ in requests]
        self._events = self._told_apart(self._events)

    def _told_apart(self, events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            splitter = self._splitters[event.row]
            if event.finish is None:
                thought, text = splitter.add(event.text)
                yield replace(event, text=text, thought=thought)
                continue
            thought, text = splitter.finish()
            finish = replace(event.finish, text=splitter.text, thought=splitter.thought)
            yield replace(event, text=text, thought=thought, finish=finish)


class ThinkingEngine(StagedEngine):
    def generate(self, requests: Sequence[Request]) -> FakeGeneration:
        made = super().generate(requests)
        texts = [" ".join(words) for words in made._words]
        return ThinkingGeneration(requests, texts, self)
