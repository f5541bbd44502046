"""/prompt: its variables are asked for, and files of one's own are begun and mended."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from assistant.commands import Session, complete, submit
from assistant.commands.blocks import Block, Draft, Edit, Notice, Preformatted, Problem, Table
from assistant.commands.editor import find_editor
from assistant.errors import EditorError
from assistant.paths import Places
from tests.commands.saying import open_session

GREET = """
template = "Say in {{language}}: {text}"
[variables]
language = { question = "Into which language?" }
"""


@pytest.fixture
def session(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    folder = places.data / "prompts"
    folder.mkdir(parents=True)
    (folder / "greet.toml").write_text(GREET, encoding="utf-8")
    return open_session(places)[0]


def said(session: Session, line: str) -> list[Block]:
    return list(submit(session, line))


def test_what_is_missing_is_asked_for_and_the_line_is_begun(session: Session) -> None:
    problem, draft = said(session, "/prompt greet")
    assert isinstance(problem, Problem)
    assert "Into which language?" in problem.message
    assert draft == Draft("/prompt use greet language=")
    assert session.prompt is None


def test_a_value_with_spaces_is_quoted(session: Session) -> None:
    said(session, '/prompt greet language="Old German"')
    assert session.prompt is not None
    assert session.prompt.apply("hi") == "Say in Old German: hi"
    (problem,) = said(session, "/prompt greet language=Old German")
    assert isinstance(problem, Problem)
    assert "NAME=VALUE" in problem.message


def test_variables_are_completed(session: Session) -> None:
    assert [c.text for c in complete(session, "/prompt greet l")] == ["language="]
    assert [c.text for c in complete(session, "/prompt use greet ")] == ["language="]
    assert [c.text for c in complete(session, "/prompt show gr")] == ["greet"]
    assert complete(session, "/prompt use greet language=x ") == ()


def test_a_name_with_a_space_is_quoted(session: Session) -> None:
    (session.places.data / "prompts" / "my greeting.toml").write_text(GREET, encoding="utf-8")
    (choice,) = complete(session, "/prompt use my")
    assert choice.text == "'my greeting'"
    assert [c.text for c in complete(session, f"/prompt {choice.text} ")] == ["language="]
    problem, draft = said(session, f"/prompt {choice.text}")
    assert isinstance(problem, Problem)
    assert draft == Draft("/prompt use 'my greeting' language=")
    assert isinstance(draft, Draft)
    said(session, f"{draft.text}German")
    assert session.prompt is not None
    assert session.prompt.name == "my greeting"


def test_the_line_that_is_begun_says_what_was_said(session: Session) -> None:
    (session.places.data / "prompts" / "two.toml").write_text('system = "{{a}} {{b}}"')
    for value in ("x y", "it's", 'say "x"', "$(x)\\"):
        draft = said(session, f"/prompt two {shlex.quote(f'a={value}')}")[-1]
        assert isinstance(draft, Draft)
        said(session, f"{draft.text}z")
        assert session.prompt is not None
        assert session.prompt.values == {"a": value, "b": "z"}


def test_show_prints_the_file(session: Session) -> None:
    blocks = said(session, "/prompt show greet")
    assert Preformatted(GREET.strip(), "toml") in blocks


def test_a_broken_one_is_named_and_the_others_are_listed(session: Session) -> None:
    folder = session.places.data / "prompts"
    (folder / "broken.toml").write_text("system = 'x'\nsummry = 'y'\n")
    table, problem = said(session, "/prompt list")
    assert isinstance(table, Table)
    assert "greet" in [row[0] for row in table.rows]
    assert isinstance(problem, Problem)
    assert "broken.toml, line 2" in problem.message
    shown = said(session, "/prompt show broken")
    assert isinstance(shown[-1], Problem)
    assert "/prompt edit broken" in shown[-1].hint


@pytest.mark.parametrize("text", ["system = " + "9" * 5000, "system = " + "[" * 3000])
def test_one_that_no_program_can_hold_takes_no_other_with_it(session: Session, text: str) -> None:
    (session.places.data / "prompts" / "broken.toml").write_text(f"summary = 'x'\n{text}\n")
    table, problem = said(session, "/prompt list")
    assert isinstance(table, Table)
    assert "greet" in [row[0] for row in table.rows]
    assert isinstance(problem, Problem)
    assert "broken.toml is not valid TOML: what begins on line 2" in problem.message


def edit_of(blocks: list[Block]) -> Edit:
    (wish,) = (block for block in blocks if isinstance(block, Edit))
    return wish


def test_a_new_one_opens_in_the_editor_and_is_checked_afterwards(session: Session) -> None:
    wish = edit_of(said(session, "/prompt new haiku"))
    wish.file.write_text('sytem = "Answer in a haiku."\n')
    (problem,) = wish.after()
    assert isinstance(problem, Problem)
    assert "line 1" in problem.message
    wish = edit_of(said(session, "/prompt edit haiku"))
    wish.file.write_text('system = "Answer in a haiku."\n')
    (notice,) = wish.after()
    assert isinstance(notice, Notice)
    said(session, "/prompt haiku")
    assert session.system == "Answer in a haiku."


def test_a_new_one_left_as_it_was_leaves_nothing_behind(session: Session) -> None:
    wish = edit_of(said(session, "/prompt new haiku"))
    (notice,) = wish.after()
    assert isinstance(notice, Notice)
    assert not wish.file.exists()


@pytest.mark.parametrize("ending", ["emptied", "taken away"])
def test_a_new_one_that_the_editor_emptied_leaves_nothing_behind(
    session: Session, ending: str
) -> None:
    wish = edit_of(said(session, "/prompt new haiku"))
    wish.file.write_text("\n") if ending == "emptied" else wish.file.unlink()
    (notice,) = wish.after()
    assert isinstance(notice, Notice)
    assert not wish.file.exists()


def test_one_that_ships_is_edited_as_a_copy(session: Session) -> None:
    wish = edit_of(said(session, "/prompt edit concise"))
    assert wish.file == session.places.data / "prompts" / "concise.toml"
    wish.file.write_text('system = "Mine."\n')
    said(session, "/prompt concise")
    assert session.system == "Mine."


@pytest.mark.parametrize(
    "line",
    ["/prompt new", "/prompt new list", "/prompt new ../x", "/prompt new two words"],
)
def test_what_cannot_be_begun_is_said(session: Session, line: str) -> None:
    (problem,) = said(session, line)
    assert isinstance(problem, Problem)
    assert problem.hint


def test_the_editor_is_the_persons_own() -> None:
    chosen = find_editor({"VISUAL": "code --wait", "EDITOR": "vi"})
    assert (chosen.command, chosen.remark) == (("code", "--wait"), "")
    assert find_editor({"EDITOR": "'my editor' -n"}).command == ("my editor", "-n")


def test_without_one_another_is_taken_and_that_is_said(tmp_path: Path) -> None:
    program = tmp_path / "vi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    chosen = find_editor({"PATH": str(tmp_path)})
    assert chosen.command == ("vi",)
    assert "vi" in chosen.remark
    with pytest.raises(EditorError):
        find_editor({"PATH": "/nowhere"})
