"""What was typed before, kept in the file that the plain REPL keeps too.

The format is prompt_toolkit's FileHistory: a comment with the time, then each line of an entry
after a "+". Nothing is created until something is written, and a file that cannot be written only
means that this chat's lines are not there next time. It refuses to know keys.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from assistant.private_file import keep_private

_LONGEST = 1000
_MOST_BYTES = 4_000_000


def read_history(path: Path) -> list[str]:
    """The entries, oldest first; none when the file cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _MOST_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    entries: list[str] = []
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith("+"):
            lines.append(line[1:])
        elif lines:
            entries.append("\n".join(lines))
            lines = []
    return entries[-_LONGEST:]


def append_history(path: Path, entry: str) -> bool:
    """Add an entry to the file, which only its owner may read; False when that cannot be done."""
    stamp = datetime.datetime.now()
    lines = "".join(f"+{line}\n" for line in entry.split("\n"))
    try:
        keep_private(path)
        with path.open("a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(f"\n# {stamp}\n{lines}")
    except OSError:
        return False
    return True


class History:
    """Walks the entries with the draft kept at the end of them."""

    def __init__(self, path: Path, wanted: Callable[[], bool] = lambda: True) -> None:
        self._path = path
        self._wanted = wanted
        self._entries: list[str] | None = None
        self._at: int | None = None
        self._draft = ""
        self._begins = ""
        """What the entries that are walked begin with."""
        self._first: str | None = None
        """One that is walked all the same."""

    @property
    def entries(self) -> list[str]:
        if self._entries is None:
            self._entries = read_history(self._path)
        return self._entries

    def add(self, entry: str) -> None:
        """Remember a line that was sent, in the file too."""
        self._first = None
        if self._remember(entry) and self._wanted():
            append_history(self._path, entry)

    def keep(self, draft: str, *, first: bool = False) -> None:
        """Remember a draft that was cleared, for this chat only.

        With `first`, it is what comes next whatever is typed, until another line is sent.
        """
        self._remember(draft)
        if first:
            self._first = draft

    def older(self, current: str) -> str | None:
        """The entry before the one shown; `current` is kept when it is the draft.

        With something typed, only those that begin with it; when none does, all. What was kept to
        come first comes in any case.
        """
        if self._at is None:
            self._draft = current
            alike = any(e.startswith(current) and e != current for e in self.entries)
            self._begins = current if alike else ""
        at = len(self.entries) if self._at is None else self._at
        while at > 0:
            at -= 1
            if self.entries[at] != current and self._is_walked(at):
                self._at = at
                return self.entries[at]
        return None

    def newer(self) -> str | None:
        """The entry after the one shown; after the last one the draft comes back."""
        if self._at is None:
            return None
        for at in range(self._at + 1, len(self.entries)):
            if self._is_walked(at):
                self._at = at
                return self.entries[at]
        self._at = None
        return self._draft

    def _is_walked(self, at: int) -> bool:
        return self.entries[at] == self._first or self.entries[at].startswith(self._begins)

    def leave(self) -> None:
        """Stop walking: what is shown is the draft now."""
        self._at = None

    def _remember(self, entry: str) -> bool:
        self._at = None
        if not entry.strip() or (self.entries and self.entries[-1] == entry):
            return False
        self.entries.append(entry)
        return True
