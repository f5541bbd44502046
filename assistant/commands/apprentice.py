"""A training in a process of its own, while the chat goes on: how far it is, and the way to end it.

It runs `assistant train lora`, the program's one path of training, and reads what that says. A
training that was ended goes on from its last checkpoint when it is asked for again. It refuses to
know what is trained on and what becomes of the adapter.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from assistant.child import child_environment
from assistant.commands.blocks import Block, Notice, Problem
from assistant.errors import TrainingError
from assistant.file_trouble import why
from assistant.plain_text import plain

_PROGRESS = re.compile(r"\[[#.]+\] (?P<said>\d+/\d+.*)")
_PATIENCE_S = 2.0
"""How long a process may take to end itself before it is ended."""


class Apprentice:
    """One run. Starts at once."""

    def __init__(self, name: str, words: Sequence[str], home: Path) -> None:
        self.name = name
        """Of the adapter that comes of it."""
        self.told = False
        """Whether its end was already told."""
        self.loaded = False
        """Whether what came of it was loaded: then the adapter says all there is to say."""
        self._far = "starting"
        self._stopped = False
        self._out = self._error = ""
        environment = child_environment(PYTHONIOENCODING="utf-8", ASSISTANT_HOME=str(home))
        command = [sys.executable, "-m", "assistant", "train", "lora", *words, "--json"]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env=environment,
                # Ctrl-C in the chat stops an answer, and not the training.
                start_new_session=True,
            )
        except OSError as error:
            raise TrainingError(
                f"The training could not start: {why(error)}.", "Train with assistant train."
            ) from None
        self._readers = [
            threading.Thread(target=read, name="assistant-training", daemon=True)
            for read in (self._read_progress, self._read_result)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def far(self) -> str:
        """How far it is, such as "40/100  loss 0.612"; how it ended, once it has."""
        if self.running:
            return self._far
        if self._stopped:
            return "stopped"
        return "trained" if self._process.returncode == 0 else "failed"

    def stop(self) -> None:
        """End it; its checkpoints stay."""
        self._stopped = self._stopped or self.running
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def result(self) -> dict[str, Any]:
        """What `assistant train lora --json` said, once it has ended.

        Raises:
            TrainingError: it did not come to its end.
        """
        for reader in self._readers:
            reader.join(_PATIENCE_S)
        if self._stopped:
            raise TrainingError(
                f"The training of {self.name} was stopped.",
                f"/train {self.name} takes it up again.",
            )
        read: Any = None
        with suppress(ValueError):
            read = json.loads(self._out)
        said: dict[str, Any] = read if isinstance(read, dict) else {}
        if self._process.returncode == 0 and "error" not in said:
            return said
        error = said.get("error", {})
        last = plain(self._error.strip().rpartition("\n")[2])
        raise TrainingError(
            str(error.get("message") or f"The training of {self.name} broke off: {last}"),
            str(error.get("hint") or f"/train {self.name} tries again."),
        )

    def _read_progress(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                found = _PROGRESS.search(line)
                if found:
                    self._far = " ".join(plain(found["said"]).split())
                else:
                    self._error = line
        self._process.wait()

    def _read_result(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as answer:
            self._out = answer.read()


def training_news(apprentice: Apprentice | None) -> list[Block]:
    """How a training ended, told once, with the offer to load what came of it."""
    if apprentice is None or apprentice.running or apprentice.told:
        return []
    apprentice.told = True
    try:
        made = apprentice.result()
    except TrainingError as error:
        return [Problem.of(error)]
    losses = [made.get("first_validation"), made.get("last_validation")]
    shown = " → ".join(f"{loss:.2f}" for loss in losses if isinstance(loss, float))
    loss = f", loss {shown}" if shown else ""
    return [Notice(f"{apprentice.name} is trained{loss}. /train load lets it answer.", "good")]
