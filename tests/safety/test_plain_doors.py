"""Whatever people, models and files say comes out of the REPL and the command line harmless."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import assistant.commands.dispatch as dispatch
from assistant.cli.output import complain, note, show, warn
from assistant.commands import Session, blocks
from assistant.commands.faults import record
from assistant.config.example import literal
from assistant.errors import AdapterNotFound, EngineError, SettingsError
from assistant.paths import Places, find_places
from assistant.repl.draw import draw
from assistant.repl.loop import Repl
from assistant.repl.paper import Paper
from assistant.repl.readers import LineReader
from assistant.settings import Settings
from tests.cli.conftest import Call, call, engines
from tests.fakes import FakeEngine
from tests.safety.hostile import WORST, harm, hostile

__all__ = ["call", "engines"]

_INK = re.compile(r"\x1b\[(?:1|2|3[1-5]|0)m")

calm = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


def one_line(text: str) -> str:
    """As it can be typed on one line of a pipe."""
    return re.sub(r"[\n\r\u2028\x85]", "", text).encode("utf-8", "replace").decode()


def written(text: str, answer: str, *, fault: bool = False) -> str:
    """A chat in which everything is called `text`, on paper with colour."""
    stream = io.StringIO()
    engine = FakeEngine([answer] * 4)
    with TemporaryDirectory() as home:
        places = Places(Path(home), Path(home))
        session = Session(Settings(), places, open_engine=lambda model, places: engine)
        paper = Paper(stream, colour=True)
        typed = one_line(text)
        lines = [typed or "x", f"/{typed}", f"/adapter load {typed}", f"/rank {typed}"]
        lines += [f"/open {typed}", f"/search {typed}", f"/prompt {typed}", f"/set {typed}"]
        lines += ["/open", "/export"]
        reader = LineReader(io.StringIO("\n".join(lines) + "\n"), paper)
        problems = [SettingsError(text, text)]
        Repl(session, reader, paper).run(problems)
    return _INK.sub("", stream.getvalue())


@given(hostile, hostile)
@calm
def test_the_repl(text: str, answer: str) -> None:
    assert harm(written(text, answer)) == []


def test_the_repl_with_the_worst_of_all() -> None:
    assert harm(written(WORST, WORST)) == []


def every_block(text: str) -> list[blocks.Block]:
    column = blocks.Column(text, {text: 1.0})
    return [
        blocks.Markdown(text),
        blocks.Preformatted(text, text),
        blocks.Notice(text),
        blocks.Problem(text, text),
        blocks.Table((text, "b"), ((text, text),), text, 0),
        blocks.Matrix(((text, "1"),), text),
        blocks.Chart((blocks.Bar(text, 1.0),), text),
        blocks.Fold(text, (blocks.Notice(text),)),
        blocks.Asked(text),
        blocks.Answered(column, text, text),
        blocks.Earlier((blocks.Asked(text),)),
    ]


@given(hostile)
@calm
def test_every_block_on_paper(text: str) -> None:
    stream = io.StringIO()
    paper = Paper(stream, colour=True)
    for block in every_block(text):
        for line in draw(block):
            paper.line(line.text, line.ink)
    assert harm(_INK.sub("", stream.getvalue())) == []


@given(hostile)
@calm
def test_errors_and_notes_of_the_command_line(text: str) -> None:
    # JSON is all in ASCII where the encoding is not known.
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", write_through=True)
    err = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as home:
        patch.setattr("sys.stdout", out)
        patch.setattr("sys.stderr", err)
        complain(blocks.Problem(text, text, text), as_json=False)
        complain(record(ValueError(text), Places(Path(home), Path(home))), as_json=False)
        warn(SettingsError(text, text))
        note(text)
        show(every_block(text))
        complain(blocks.Problem(text, text, text), as_json=True)
    assert harm(err.getvalue()) == []
    said = out.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert harm(said) == []
    as_json = said.splitlines()[-1]
    assert json.loads(as_json)["error"]["message"] == text.replace("\ud800", "?")


def no_harm(text: str) -> None:
    """A stream that people look at has no half characters; that of a test keeps them."""
    assert harm(text.replace("\ud800", "?")) == []


@given(
    st.sampled_from(["ask", "ask --json", "ask --stream=json", "compare --json -a pirate"])
    | st.sampled_from(["chats show", "chats show --json", "chats list --json -q", "model"])
    | st.sampled_from(["adapter show", "adapter show --json", "rank", "rank --json"]),
    hostile,
)
@calm
def test_words_of_the_command_line(
    call: Call, engines: list[FakeEngine], command: str, text: str
) -> None:
    done = call(*command.split(), text.replace("\0", ""))
    no_harm(done.out)
    no_harm(done.err)


def test_json_has_what_was_said_and_steers_no_terminal(
    call: Call, engines: list[FakeEngine]
) -> None:
    said = WORST.replace("\ud800", "")
    find_places().settings_file.write_text(f"system = {literal(said)}\n", encoding="utf-8")
    for words in (
        ["ask", said, "--json"],
        ["ask", said, "--stream", "json"],
        ["chats", "show", "--json"],
        ["chats", "list", "--json"],
        ["compare", said, "-a", "pirate", "--json"],
        ["config", "--json"],
        ["rank", f"[{said}]", "--json"],
        ["export", "--format", "json"],
    ):
        done = call(*words)
        assert harm(done.out) == [], words
        if words[0] != "rank":
            assert json.dumps(said)[1:-1] in json.dumps(list(map(json.loads, lines_of(done.out))))


def lines_of(out: str) -> list[str]:
    """An export goes over many lines, everything else has an object on each."""
    return [out] if out.startswith("{\n") else out.splitlines()


def test_ask_chats_and_export_with_the_worst_of_all(
    call: Call, engines: list[FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = call("ask", WORST)
    assert "You said" in said.out
    shown: list[Callable[[], Any]] = [
        lambda: call("chats", "list"),
        lambda: call("chats", "list", "-q", "word"),
        lambda: call("chats", "show"),
        lambda: call("ask", "-c", WORST),
        lambda: call("chats", "delete", "1", "--yes"),
    ]
    for done in [said, *(look() for look in shown)]:
        assert done.code == 0
        assert harm(done.out) == []
        assert harm(done.err) == []


def test_an_export_to_read_steers_no_terminal_and_json_keeps_what_was_said(
    call: Call, engines: list[FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    call("ask", WORST)
    for form in ("md", "html"):
        assert harm(call("export", "--format", form).out) == []
    kept = json.loads(call("export", "--format", "json").out)
    # A lone surrogate has no place in UTF-8.
    said = WORST.replace("\ud800", "\ufffd")
    assert said in [message["text"] for message in kept["messages"]]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert harm(call("export").out) == []


def test_adapter_list_with_hostile_folders(call: Call, tmp_path: Path) -> None:
    name = "\x1b[31m[red]\u202eevil\x07"
    for folder in (tmp_path / "adapters" / name, tmp_path / "models" / name):
        folder.mkdir(parents=True)
        (folder / "adapter_config.json").write_text('{"broken')
        (folder / "config.json").write_text(json.dumps({"model_type": name}))
    for words in (["adapter", "list"], ["adapter", "check", f"adapters/{name}"], ["model", "list"]):
        done = call(*words)
        assert harm(done.out) == [], words
        assert harm(done.err) == [], words
        assert "evil" in done.out + done.err, words


def test_an_engine_that_fails_with_a_hostile_message(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (EngineError(WORST, WORST), RuntimeError(WORST), AdapterNotFound(WORST)):

        def fails(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        monkeypatch.setattr("assistant.engine.open_engine", fails)
        done = call("ask", "hello")
        assert done.code == 1
        assert harm(done.err) == []


def test_a_command_that_fails_with_a_hostile_exception(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(session: Session, line: str) -> Iterator[blocks.Block]:
        raise RuntimeError(WORST)

    monkeypatch.setattr(dispatch, "_run_command", fails)
    assert harm(written("help", "answer")) == []
