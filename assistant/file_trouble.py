"""Why a file could not be read or written, or a library failed, in words that end a sentence.

    f"{file} cannot be read: {why(error)}."  ->  "notes.txt cannot be read: permission denied."

It refuses to know whose file it is and what is told of it.
"""

from __future__ import annotations


def why(error: OSError | UnicodeDecodeError) -> str:
    """The system's own words in lower case; of bytes that are no text, that."""
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    # An error that a library raises by itself has a text and no words of the system.
    return (error.strerror or str(error) or type(error).__name__).lower()


def first_line(error: BaseException) -> str:
    """What an error of a library says, as a part of a sentence: its first line, or its kind."""
    return (str(error).strip() or type(error).__name__).partition("\n")[0].rstrip(".")
