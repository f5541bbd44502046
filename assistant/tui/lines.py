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
        self._runner.submit(line)

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
        return newest if newest is not None or not self._held else self._held.pop()

    def take(self, line: str) -> bool:
        """Take one of them away, wherever it stands; False when it has begun meanwhile."""
        if line in self._held:
            self._held.remove(line)
            return True
        return self._runner.take(line)

    def _take_all(self) -> list[str]:
        taken: list[str] = []
        while (line := self._runner.take_back()) is not None:
            taken.insert(0, line)
        return taken
