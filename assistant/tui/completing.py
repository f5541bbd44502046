"""What Tab and Enter do to a command line that is being typed. Pure; it refuses to know keys."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.commands import find_command, is_command
from assistant.commands.command import Choice


def may_complete(text: str, at_end: bool) -> bool:
    """Whether a text is a command line with the cursor at its end."""
    return at_end and text.startswith("/") and not text.startswith("//") and "\n" not in text


def named_path(before: str) -> str | None:
    """The path after an @ that begins the word at the cursor; None where there is none."""
    at = before.rfind("@")
    if at < 0 or (at > 0 and not before[at - 1].isspace()):
        return None
    path = before[at + 1 :]
    # A name may have a space in it, but a sentence goes on after one.
    return None if any(character.isspace() for character in path) else path


def still_open(text: str, choices: Sequence[Choice]) -> bool:
    """Whether the choices still have something to add to the text."""
    word = text.rpartition(" ")[2]
    return bool(choices) and not (len(choices) == 1 and choices[0].text == word)


def accept(text: str, choice: Choice) -> str:
    """The text with its last word replaced, ready for the next one."""
    head, space, _ = text.rpartition(" ")
    ending = "" if choice.text.endswith(("/", "=")) else " "
    return f"{head}{space}{choice.text}{ending}"


def enter_completes(text: str, moved: bool) -> bool:
    """Whether Enter takes the marked choice first, instead of sending what is typed.

    It does when the person has moved the mark, and for the name of a command that is not complete
    (or not begun): what is typed could not be run.
    """
    if moved or text == "/":
        return True
    name, space, _ = text[1:].partition(" ")
    return not space and is_command(text) and find_command(name.lower()) is None
