"""What a slash command is: a name, the forms it takes, and one small function.

It refuses to know any particular command.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from assistant.commands.blocks import Block

if TYPE_CHECKING:
    from assistant.commands.session import Session


@dataclass(frozen=True)
class Arguments:
    """What was typed after the command's name."""

    text: str
    """All of it, as it stands, line breaks included."""

    @property
    def words(self) -> tuple[str, ...]:
        """Split as a shell would, so that a name with spaces can be quoted."""
        try:
            return tuple(shlex.split(self.text))
        except ValueError:  # an odd quote is somebody's apostrophe, not an error
            return tuple(self.text.split())

    def rest(self, count: int) -> str:
        """The text after the first `count` words, as it stands."""
        parts = self.text.split(maxsplit=count)
        return parts[count] if len(parts) > count else ""


@dataclass(frozen=True)
class Form:
    """One way to write a command, for /help, completion and the reference."""

    words: str
    """Such as "load NAME[=SCALE]"; empty for the bare command."""
    summary: str

    @property
    def verb(self) -> str:
        """The first word when it is typed as it stands ("load"), else ""."""
        first = self.words.split(" ", 1)[0]
        return first if first.isalpha() and first.islower() else ""


@dataclass(frozen=True)
class Choice:
    """One completion: `text` replaces the word being typed."""

    text: str
    summary: str = ""


Run = Callable[["Session", Arguments], Iterator[Block]]
Complete = Callable[["Session", Arguments], Iterable[Choice]]


Need: TypeAlias = Literal["model", "turn", "nothing"]
"""What a line waits for while the model is being opened: for the model; only for the lines before
it, because it changes what they mean; or for nothing, so that it runs at once."""


def no_choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    return ()


@dataclass(frozen=True)
class Command:
    """A slash command. `details` is Markdown shown by `/help NAME` and in the reference."""

    name: str
    summary: str
    forms: tuple[Form, ...]
    run: Run
    complete: Complete = no_choices
    """Choices for the last word of the arguments; verbs of the forms come by themselves."""
    needs: Need | Callable[[Arguments], Need] = "model"
    aliases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    details: str = ""
