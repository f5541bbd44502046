"""The person's own editor: $VISUAL, else $EDITOR, else one that is there, which is said.

A front end gives up the terminal before it calls `edit`. It refuses to know what is edited.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import EditorError
from assistant.file_trouble import why

FALLBACKS = ("nano", "vim", "vi", "emacs")


@dataclass(frozen=True)
class Editor:
    command: tuple[str, ...]
    remark: str = ""
    """What there is to say about the choice."""


def find_editor(environ: Mapping[str, str] | None = None) -> Editor:
    """The editor to run.

    Raises:
        EditorError: there is none.
    """
    variables = os.environ if environ is None else environ
    for name in ("VISUAL", "EDITOR"):
        if command := variables.get(name, "").strip():
            try:
                return Editor(tuple(shlex.split(command)))
            except ValueError:
                raise EditorError(f"${name} cannot be read: {command!r}.") from None
    for program in FALLBACKS:
        if shutil.which(program, path=variables.get("PATH")):
            return Editor((program,), f"Neither $VISUAL nor $EDITOR is set; {program} opened.")
    raise EditorError("There is no editor.", "Set $VISUAL or $EDITOR to one.")


def edit(file: Path) -> str:
    """Run the editor on a file until it ends; what there is to say about it.

    Raises:
        EditorError: it could not be run, or failed.
    """
    editor = find_editor()
    program = editor.command[0]
    try:
        with _interrupts_for_the_editor():
            done = subprocess.run([*editor.command, str(file)], check=False)
    except OSError as error:
        raise EditorError(
            f"The editor {program!r} cannot be run: {why(error)}.",
            "Set $VISUAL or $EDITOR to one that can.",
        ) from None
    if done.returncode < 0:
        raise EditorError(f"The editor {program} was ended by a signal ({-done.returncode}).")
    if done.returncode:
        raise EditorError(f"The editor {program} ended with code {done.returncode}.")
    return editor.remark


@contextmanager
def _interrupts_for_the_editor() -> Iterator[None]:
    """Ctrl-C while `code --wait` waits is sent to both: it ends the waiting, not the chat."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Not SIG_IGN, which the editor would inherit.
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
