"""The person's editor, whatever way it ends: no draft is lost, and nothing said is untrue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from textual.app import App

from assistant.commands.blocks import Block, Draft, Notice, Problem
from assistant.tui.editing import draft_outside


class Terminal:
    """What an app gives to the editor. As Textual's own, it takes the terminal back only from a
    body that ends."""

    given_away = False

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.given_away = True
        yield
        self.given_away = False


@pytest.fixture
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "drafts"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.delenv("VISUAL", raising=False)
    return folder


def edited(monkeypatch: pytest.MonkeyPatch, script: str, editor: str = "") -> list[Block]:
    """What comes of a draft in an editor that does so."""
    monkeypatch.setenv("EDITOR", editor or f"sh -c '{script}' editor")
    terminal = Terminal()
    said = list(draft_outside(cast("App[Any]", terminal), "a draft"))
    assert not terminal.given_away, "the screen is dead"
    return said


def test_what_is_saved_comes_back(kept_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (draft,) = edited(monkeypatch, 'echo "and more" >> "$1"')
    assert draft == Draft("a draftand more", edited=True)
    assert not list(kept_in.iterdir())


def test_an_editor_that_changed_nothing_leaves_folded_texts_folded(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert edited(monkeypatch, "true") == []


@pytest.mark.parametrize(
    ("script", "how"), [("exit 3", "code 3"), ("kill -9 $$", "a signal (9)"), ("exec /no", "code")]
)
def test_an_editor_that_fails_leaves_the_draft(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch, script: str, how: str
) -> None:
    (problem,) = edited(monkeypatch, script)
    assert isinstance(problem, Problem)
    assert how in problem.message
    assert str(kept_in) not in problem.message + problem.hint, "a file that is gone is named"
    assert not list(kept_in.iterdir())


def test_what_it_saved_before_it_failed_is_kept_in_its_file(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, notice = edited(monkeypatch, 'echo better > "$1"; kill -9 $$')
    (file,) = kept_in.iterdir()
    assert file.read_text() == "better\n"
    assert isinstance(notice, Notice)
    assert str(file) in notice.text


def test_an_editor_that_is_missing_leaves_the_draft(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (problem,) = edited(monkeypatch, "", editor="no-such-editor")
    assert isinstance(problem, Problem)
    assert "'no-such-editor' cannot be run" in problem.message
    assert "VISUAL" in problem.hint


def test_an_editor_that_takes_the_file_away_leaves_the_draft(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (problem,) = edited(monkeypatch, 'rm "$1"')
    assert isinstance(problem, Problem)


def test_ctrl_c_in_an_editor_that_only_waits_does_not_end_the_chat(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The terminal sends it to both.
    (problem,) = edited(monkeypatch, "kill -INT $PPID; kill -INT $$; sleep 5")
    assert isinstance(problem, Problem)
    assert "a signal (2)" in problem.message
