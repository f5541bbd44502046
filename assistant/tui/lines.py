"""The lines that wait for what runs before them: seen, taken back, held while the person thinks.

    lines = Lines(runner)
    lines.submit("and then?")        # runs, or waits
    lines.hold()                     # after Esc: nothing more begins by itself
    lines.go_on()

It refuses to know how lines run.
"""

from __future__ import annotations

from assistant.tui.runner import Runner


class Lines:
    """The runner's queue, and in front of it what is held."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._held: list[str] = []
        self._late: list[str] = []
        """Those that had to wait."""

    @property
    def held(self) -> bool:
        """Whether lines wait for a sign of the person."""
        return bool(self._held)

    def waiting(self) -> tuple[str, ...]:
        """All that have not begun, in their order."""
        return (*self._held, *self._runner.waiting())

    def submit(self, line: str) -> None:
        """Run it after all that wait; what was held goes on too."""
        self.go_on()
        if not self._runner.idle:
            self._late.append(line)
        self._runner.submit(line)

    def begin(self, line: str) -> bool:
        """One waits no more; whether it had to, and the person does something else by now."""
        if waited := line in self._late:
            self._late.remove(line)
        return waited

    def hold(self) -> None:
        """Let none of those that wait begin by itself."""
        self._held += self._take_all()

    def go_on(self) -> None:
        held, self._held = self._held, []
        for line in held:
            self._runner.submit(line)

    def take_back(self) -> str | None:
        """Take the newest away again."""
        newest = self._runner.take_back()
        if newest is None and self._held:
            newest = self._held.pop()
        if newest is not None:
            self.begin(newest)
        return newest

    def take(self, line: str) -> bool:
        """Take one of them away, wherever it stands; False when it has begun meanwhile."""
        if line in self._held:
            self._held.remove(line)
        elif not self._runner.take(line):
            return False
        self.begin(line)
        return True

    def _take_all(self) -> list[str]:
        taken: list[str] = []
        while (line := self._runner.take_back()) is not None:
            taken.insert(0, line)
        return taken
