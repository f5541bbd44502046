"""`kill -9` in the middle of an answer: the question is there, and the answer but for a second."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from assistant.chat import Store
from assistant.paths import Places
from tests.chat.keeping import rows
from tests.commands.saying import open_session

_CHAT = """
import sys, time
from pathlib import Path
from assistant.commands import Session, submit
from assistant.commands.blocks import Answers
from assistant.paths import Places
from assistant.settings import Settings
from tests.fakes import FakeEngine

class Slow(FakeEngine):
    def breathe(self):
        time.sleep(0.01)

data = Path(sys.argv[1])
engine = Slow([" ".join(f"w{n}" for n in range(100000))])
session = Session(Settings(max_tokens=100000), Places(data, data), open_engine=lambda m, p: engine)
session.start()
session.keeper.draft("half a thought")
(answers,) = submit(session, "How do I sort?")
print("asked", flush=True)
for number, event in enumerate(answers.generation):
    print(number, time.time(), flush=True)
"""


def killed(data: Path, after: float) -> int:
    """Kill a chat some time into its answer; how many words it owes: those of a second before."""
    said: list[tuple[int, float]] = []
    chat = subprocess.Popen(
        [sys.executable, "-c", _CHAT, str(data)], stdout=subprocess.PIPE, text=True
    )
    assert chat.stdout is not None
    assert chat.stdout.readline() == "asked\n"
    began = time.monotonic()
    while time.monotonic() - began < after:
        number, at = chat.stdout.readline().split()
        said.append((int(number), float(at)))
    os.kill(chat.pid, signal.SIGKILL)
    rest = chat.stdout.read().split("\n")
    chat.wait()
    chat.stdout.close()
    said += [(int(w[0]), float(w[1])) for w in map(str.split, rest) if len(w) == 2]
    # A word comes every hundredth of a second; what is more is the machine standing still.
    stood = sum(max(0.0, b[1] - a[1] - 0.1) for a, b in pairwise(said))
    end = said[-1][1] if said else 0.0
    return max((number for number, at in said if at < end - 1 - stood), default=0)


def test_a_killed_chat_loses_at_most_a_second(tmp_path: Path) -> None:
    owed = killed(tmp_path, 2.5)
    file = tmp_path / "conversations.db"
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]
    (question,), (answer,) = rows(file, "SELECT text FROM message ORDER BY id")
    assert question == "How do I sort?"
    assert len(answer.split()) >= owed
    assert answer.split()[:3] == ["w0", "w1", "w2"]


def test_the_question_is_on_the_disk_before_the_first_word(tmp_path: Path) -> None:
    killed(tmp_path, 0.0)
    assert rows(tmp_path / "conversations.db", "SELECT text FROM message WHERE role = 'user'") == [
        ("How do I sort?",)
    ]


def test_what_was_killed_can_be_gone_on_with(tmp_path: Path) -> None:
    killed(tmp_path, 1.5)
    session, engine = open_session(Places(tmp_path, tmp_path))
    assert session.chats.store.abandoned_draft() == "half a thought"
    (chat,) = session.chats.recent()
    session.open_chat(chat.id)
    list(session.ask("and now?").generation)
    assert [m["role"] for m in engine.requests[0].messages] == ["user", "assistant", "user"]
    session.close()
    assert Store(tmp_path / "conversations.db").recent()[0].questions == 2
