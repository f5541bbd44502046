"""The plain front end: one line after the other, for any terminal, pipe or screen reader."""

from assistant.repl.loop import run

__all__ = ["run"]
