"""Runs the app with the terminal protected, and cleans up whatever way it ends.

It refuses to know what is on the screen.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from assistant.errors import AssistantError
from assistant.paths import find_places
from assistant.plain_text import plain
from assistant.settings import Settings
from assistant.tui.app import ChatApp
from assistant.tui.early import Furnish
from assistant.tui.guard import guarded_stderr
from assistant.tui.keys import tell_alt_enter_apart

if TYPE_CHECKING:
    from assistant.commands import Session
    from assistant.tui.runner import Runner

_CLIPBOARD_S = 1.0
"""How long the end waits for what was just copied; a tool that hangs does not hold it up longer."""


def launch(
    settings: Settings, make: Callable[[], Session], problems: Sequence[AssistantError] = ()
) -> NoReturn:
    """Show the chat until it ends, and the process with it: 0 when the person quit, 1 when the
    screen failed.

    Raises:
        Exception: what `make` raised; the terminal is as it was.
    """
    # Whatever is made until the parts stand is kept: looking through it for garbage finds none.
    gc.disable()
    tell_alt_enter_apart()
    app = ChatApp(settings, problems)
    runners: list[Runner] = []

    def fetch() -> Furnish:
        from assistant.tui import furnishing, runner  # noqa: F401 - all of the parts, in this thread

        session = make()
        runners.append(runner.Runner(session))
        return lambda: app.furnish(session, runners[0])

    app.furnish_later(fetch)
    try:
        with guarded_stderr() as guard:
            app.run()
            if app.furnished:
                app.copier.finish(_CLIPBOARD_S)
            failed = app.return_code != 0
            written = guard.read() if failed else ""
    finally:
        for runner in runners:
            runner.close()
    if app.failure is not None:
        raise app.failure
    if failed:
        _say_sorry(find_places().data / "crash.log", written)
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
