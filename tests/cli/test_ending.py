"""However a command ends: the exit code, the streams, and never a traceback."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import __version__
from assistant.cli.piped import piped_text
from assistant.cli.program import run
from assistant.cli.reference import PAGES
from assistant.cli.reference import main as write_reference
from assistant.paths import find_places
from tests.cli.conftest import Call
from tests.fakes import FakeEngine

HEAVY = ("mlx", "mlx_lm", "numpy", "textual", "prompt_toolkit", "transformers", "flint", "rich")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("words", ["--help", "--version", "ask --help", "rank --help"])
def test_help_imports_nothing_heavy(words: str) -> None:
    code = (
        "import sys; from assistant.cli.program import run; code = run(sys.argv[1:]);"
        f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words.split()], cwd=ROOT, capture_output=True, timeout=60
    )
    assert done.stderr.strip() == b"[]"
    assert done.returncode == 0
    assert done.stdout


def test_help_takes_little_work() -> None:
    def work() -> float:
        """Seconds of the processor, which other programs do not lengthen as they do waiting."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "assistant", "--help"], cwd=ROOT, capture_output=True, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(work() for _ in range(3)) < 0.6


def test_version(call: Call) -> None:
    assert call("--version").out == f"assistant, version {__version__}\n"


def test_an_error_nobody_foresaw_is_one_sentence_and_a_log(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the unforeseen\nwith a second line")

    monkeypatch.setattr("assistant.rank.explain", fail)
    done = call("rank", "[[1]]", "--json")
    assert done.code == 1
    assert done.json["error"]["kind"] == "internal"
    assert "RuntimeError: the unforeseen)" in done.json["error"]["message"]
    log = find_places().data / "errors.log"
    assert str(log) in done.json["error"]["hint"]
    assert "Traceback" in log.read_text()
    assert "Traceback" not in call("rank", "[[1]]").err


def test_where_the_current_folder_is_gone_that_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def ask_where(*_: object, **__: object) -> None:
        os.getcwd()

    monkeypatch.setattr("assistant.rank.explain", ask_where)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert run(["adapter", "list"]) == 0
    capsys.readouterr()
    assert run(["rank", "[[1]]"]) == 1
    assert capsys.readouterr().err.startswith("Error: The current folder is not there any more.")


@pytest.mark.parametrize("words", [[], ["config"], ["ask", "hello"]])
def test_a_home_of_nobody_is_one_sentence(
    call: Call, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", "~nobody-of-that-name/x")
    done = call(*words)
    assert done.code == 1
    assert done.err.startswith("Error: ASSISTANT_HOME cannot be")


def test_ctrl_c_is_quiet(
    call: Call, engines: list[FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeEngine, "generate", interrupted)
    done = call("ask", "hello")
    assert (done.code, done.out, done.err.strip()) == (130, "", "")
    assert engines[0].closed


@pytest.mark.parametrize("words", [[], ["--json"], ["--stream", "json"]], ids=" ".join)
def test_ctrl_c_stops_an_answer_and_keeps_what_was_said(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.slow_ask", "ask", "hello", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stderr is not None
    assert child.stderr.readline() == "it speaks\n"
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, err.strip()) == (130, "")
    if words:
        last = json.loads(out.splitlines()[-1])
        assert last["finish_reason"] == "cancelled"
        out = last["text"]
    assert out.startswith("word word")
    shown = call("chats", "show").out
    assert "word word" in shown
    assert "(stopped)" in shown


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk at hand")
@pytest.mark.parametrize("words", [["model", "list"], ["model", "list", "--json"]])
def test_a_disk_that_is_full_is_one_sentence(words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "assistant", *words],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The output could not be written: no space left")
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "assistant", "model", "list"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait(60) == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_no_encoding_of_the_terminal_ends_the_program(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (["rank", "[[1,2],[3,6]]"], ["rank", "[[1,2],[3,6]]", "--json"]):
        written = io.BytesIO()
        stream = io.TextIOWrapper(written, encoding=encoding)
        monkeypatch.setattr(sys, "stdout", stream)
        assert run(words) == 0
        stream.flush()
        text = written.getvalue().decode(encoding)
    assert json.loads(text)["row_relations"] == ["row 2 = 3 × row 1"], "JSON loses nothing"


def test_streams_that_are_closed_end_nothing() -> None:
    command = f"{sys.executable} -m assistant model list <&- >&- 2>&-"
    assert subprocess.run(command, shell=True, cwd=ROOT, timeout=60).returncode == 0


def test_no_file_is_opened_in_the_place_of_a_closed_stream() -> None:
    """mlx takes a file number 0 for none: no model could be read without standard input."""
    code = (
        "import os, sys; from assistant.cli.output import make_streams_safe; make_streams_safe();"
        "sys.exit(os.open(os.devnull, os.O_RDONLY) <= 2)"
    )
    for closed in ("<&-", "<&- >&-", "<&- >&- 2>&-", ">&-"):
        command = f'{sys.executable} -c "{code}" {closed}'
        assert subprocess.run(command, shell=True, cwd=ROOT, timeout=60).returncode == 0


def test_standard_input_that_is_no_pipe_is_not_waited_for() -> None:
    for stdin in ("<&-", "</dev/null"):
        command = f"{sys.executable} -m assistant rank {stdin}"
        done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, timeout=60)
        assert done.returncode == 2
        assert b"There is no matrix" in done.stderr


def test_a_pipe_that_stays_silent_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert piped_text(patience=0.05) == ""
        assert "Nothing came on standard input" in capsys.readouterr().err
        os.write(writing, "späte Wörter".encode())
        os.close(writing)
        assert piped_text(patience=0.05) == "späte Wörter"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_mark_that_an_editor_puts_first_is_no_part_of_what_is_piped_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "text"
    file.write_bytes("Grüße\r\n".encode(encoding))
    with file.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert piped_text() == "Grüße\r\n"


def test_a_mark_before_the_first_line_hides_no_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "-m", "nowhere", "--plain"],
        cwd=ROOT,
        input="\ufeff/rank 1 2; 3 6\r\n".encode() + b"/no-\xff\n",
        capture_output=True,
        timeout=60,
    )
    assert b"Rank 1 of at most 2" in done.stdout
    assert b"There is no command /no-" in done.stderr, "and no byte ends the chat"


def test_without_a_terminal_the_plain_chat_opens(call: Call, engines: list[FakeEngine]) -> None:
    for words in ([], ["--plain"]):
        done = call(*words, stdin="hello\n/quit\n")
        assert (done.code, done.out) == (0, "base: You said: hello\n")
        assert len(done.err.splitlines()) == 1
    done = call("-m", "nowhere", stdin="/rank [[1,2],[3,6]]\n")
    assert done.code == 1
    assert done.err.startswith("Error: There is no model 'nowhere'.")
    assert done.out.startswith("Rank 1 of at most 2")


def test_the_reference_pages_are_up_to_date() -> None:
    assert write_reference(["--check"]) == 0
    assert all("assistant" in write() for write in PAGES.values())
