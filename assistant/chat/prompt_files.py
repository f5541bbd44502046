"""Prompt files of the person's own: begun anew, or from one that ships.

What is there already is never written over. It refuses to know editors.
"""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import PromptError
from assistant.file_trouble import why

_NAME = re.compile(r"[^\W_][\w.-]*")

BLANK = '''\
# What the list of prompts says about it.
summary = ""

# What the model is told before the chat begins.
system = """
You are a helpful assistant."""

# What is sent for what you type; {text} is where it goes. Without it, your words go as they are.
# template = """
# Explain this to {{reader}}:
#
# {text}"""

# Defaults of the variables in double braces; one that has none is asked for.
# [variables]
# reader = "a newcomer"
'''


def begin(folder: Path, name: str, content: str = BLANK) -> Path:
    """Write a new file NAME.toml into a folder, which is made if need be.

    Raises:
        PromptError: a name that cannot be a file's, one that is there, or a folder that cannot
            be written.
    """
    if not _NAME.fullmatch(name):
        raise PromptError(
            f"{name!r} cannot be the name of a prompt.", "Use letters, digits, - and _."
        )
    file = folder / f"{name}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(content)
    except FileExistsError:
        raise PromptError(f"There is {file} already.", f"/prompt edit {name} opens it.") from None
    except OSError as error:
        raise PromptError(f"{file} cannot be written: {why(error)}.") from None
    return file
