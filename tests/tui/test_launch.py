"""Before the first paint, and after the last."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.tui.guard import guarded_stderr

HEAVY = ("mlx", "mlx_lm", "transformers", "numpy", "flint", "huggingface_hub", "torch")

PAINT = """
import asyncio, sys
from pathlib import Path
from assistant.commands import Session
from assistant.paths import Places
from assistant.settings import Settings
from assistant.tui.app import ChatApp
from assistant.tui.runner import Runner

class Waits(Runner):
    def start(self): pass
    def close(self): pass

async def main():
    session = Session(Settings(), Places(Path(sys.argv[1]), Path(sys.argv[1])))
    app = ChatApp(session.settings)
    app.furnish(session, Waits(session))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("h", "i")
        assert app.composer.text == "hi"
    print(" ".join(name for name in sys.argv[2:] if name in sys.modules))

asyncio.run(main())
"""


def test_the_first_paint_loads_nothing_heavy(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PAINT, str(tmp_path), *HEAVY],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""


def test_importing_the_package_does_not_load_textual() -> None:
    code = "import sys, assistant.tui; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


GUARD = """
import os, sys
from assistant.tui.guard import guarded_stderr

os.write(2, b"before\\n")
with guarded_stderr() as guard:
    os.write(2, b"native warning\\n")
    sys.__stderr__.write("drawn\\n")
    sys.__stderr__.flush()
    caught = guard.read()
os.write(2, b"after\\n")
sys.stderr.write("python too\\n")
print(caught, end="")
"""


def test_native_warnings_do_not_reach_the_screen_and_the_drawing_does() -> None:
    done = subprocess.run([sys.executable, "-c", GUARD], capture_output=True, text=True, check=True)
    assert done.stderr == "before\ndrawn\nafter\npython too\n"
    assert done.stdout == "native warning\n"


def test_the_descriptor_is_restored_when_the_screen_fails() -> None:
    before = os.fstat(2)
    with pytest.raises(RuntimeError), guarded_stderr():
        raise RuntimeError
    assert os.path.sameopenfile(2, 2)
    assert (os.fstat(2).st_dev, os.fstat(2).st_ino) == (before.st_dev, before.st_ino)
