"""What a model thinks aloud, in lines that can be read aloud: said that it was, read when asked."""

from __future__ import annotations

import io

from assistant.commands import Session
from assistant.paths import Places
from assistant.repl.loop import Repl
from assistant.repl.paper import Paper
from assistant.repl.readers import LineReader
from assistant.settings import Settings
from tests.thinking import ThinkingEngine

ANSWER = "<think>the person wants mx.sort</think> Use mx.sort."


def say(places: Places, typed: str) -> str:
    engine = ThinkingEngine([ANSWER])
    out = io.StringIO()
    paper = Paper(out, colour=False)
    session = Session(Settings(), places, open_engine=lambda m, p: engine)
    Repl(session, LineReader(io.StringIO(typed), paper), paper).run()
    return out.getvalue()


def test_a_line_says_how_long_it_thought_and_the_answer_follows(places: Places) -> None:
    said = say(places, "how?\n")
    assert said.startswith("base: thinking…\n(thought for 0 s, 4 words)\nbase: Use mx.sort.\n"), (
        said
    )
    assert "the person wants" not in said
    assert "+1 what base thought" in said


def test_plus_reads_the_thought(places: Places) -> None:
    said = say(places, "how?\n+1\n")
    assert "what base thought:\n  the person wants mx.sort\n" in said
