"""The `assistant` command. Importing it imports click and nothing heavier."""

from assistant.cli.main import main

__all__ = ["main"]
