"""Makes the parts of the chat's screen. Importing it imports all of them, which takes most of the
start: the first frame is on the screen by then. It refuses to know what they do together.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.commands import Session
from assistant.tui.copying import Copier
from assistant.tui.finder import Finder
from assistant.tui.lines import Lines
from assistant.tui.panels.place import Panels
from assistant.tui.runner import Runner
from assistant.tui.showing import Showing
from assistant.tui.walking import Walk
from assistant.tui.widgets.entry import Entry
from assistant.tui.widgets.find_bar import FindBar
from assistant.tui.widgets.sticky import StickyHeads
from assistant.tui.widgets.texts import Below
from assistant.tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp

STYLES = Path(__file__).parent / "styles.tcss"


def furnish(app: ChatApp, session: Session, runner: Runner) -> Lines:
    """Give the app its parts and their styles; what comes back leads to the runner."""
    app.stylesheet.read(STYLES)
    app.stylesheet.parse()
    app.session = session
    app.transcript = Transcript()
    app.find_bar = FindBar()
    app.finder = Finder(app.transcript, app.find_bar)
    app.walk = Walk(session, app.transcript)
    app.below = Below()
    app.heads = StickyHeads(app.transcript)
    app.showing = Showing(app)
    lines = Lines(runner)
    app.entry = Entry(session, lines, app.showing.live, app.walk.bar, app.find_bar)
    app.composer = app.entry.composer
    app.copier = Copier(app, app.entry.say)
    app.panels = Panels(session)
    return lines
