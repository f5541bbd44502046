"""Runs the app with the terminal protected, and cleans up whatever way it ends.

It refuses to know what is on the screen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from assistant.commands import Session
from assistant.commands.plain import plain
from assistant.errors import AssistantError
from assistant.tui.app import ChatApp
from assistant.tui.guard import guarded_stderr
from assistant.tui.keys import tell_alt_enter_apart
from assistant.tui.runner import Runner


def launch(session: Session, problems: Sequence[AssistantError] = ()) -> NoReturn:
    """Show the chat until it ends, and the process with it: 0 when the person quit, 1 when the
    screen failed."""
    tell_alt_enter_apart()
    runner = Runner(session)
    app = ChatApp(session, runner, problems)
    try:
        with guarded_stderr() as guard:
            app.run()
            failed = app.return_code != 0
            written = guard.read() if failed else ""
    finally:
        runner.close()
    if failed:
        _say_sorry(session.places.data / "crash.log", written)
    # The interpreter's own farewell takes most of a second to free what the system frees anyway,
    # and would abort below a native call that still runs.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1 if failed else 0)


def _say_sorry(log: Path, written: str) -> None:
    """One sentence about a screen that failed; what it wrote goes into a file."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(plain(written), encoding="utf-8")
        where = f"What it said is in {log}."
    except OSError:
        where = "Try `assistant --plain`."
    print(f"The screen failed; this is a bug in the program. {where}", file=sys.stderr)
