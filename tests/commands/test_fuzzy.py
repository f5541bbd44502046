"""Which names a few letters could mean, and which files a path."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commands import complete
from assistant.commands.fuzzy import fitting, in_order, rank
from assistant.commands.path_choices import path_choices
from assistant.paths import Places
from tests.commands.saying import open_session

NAMES = ["adapter", "compare", "continue", "docs", "retry", "mlx-docs"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", NAMES),
        ("co", ["compare", "continue"]),
        ("CO", ["compare", "continue"]),
        ("docs", ["docs"]),
        ("apter", ["adapter"]),
        ("rty", ["retry"]),
        ("mdo", ["mlx-docs"]),
        ("xyz", []),
        ("p", []),
    ],
)
def test_what_letters_could_mean(typed: str, meant: list[str]) -> None:
    assert fitting(typed, NAMES) == meant


def test_the_start_of_a_word_is_nearer_than_its_middle() -> None:
    assert fitting("load", ["reloading", "adapter-load"]) == ["adapter-load", "reloading"]


@given(st.text(max_size=8), st.lists(st.text(max_size=12)))
def test_nothing_is_invented_and_all_letters_are_there(typed: str, names: list[str]) -> None:
    for name in fitting(typed, names):
        assert name in names
        letters = iter(name.lower())
        assert all(letter in letters for letter in typed.lower())


@given(st.text(min_size=1, max_size=8), st.text(max_size=8))
def test_a_name_is_found_by_its_beginning(typed: str, rest: str) -> None:
    name = typed + rest
    if name.lower().startswith(typed.lower()):  # some letters change in company, such as a final Σ
        assert rank(typed, name) == (0, 0)


def test_letters_close_together_are_nearer_than_letters_far_apart() -> None:
    assert fitting("ab", ["a long b", "xxaxb"]) == ["xxaxb", "a long b"]


def test_letters_are_found_the_tightest_way() -> None:
    assert in_order("srt", "s or sort") == (5, 7, 8)
    assert in_order("aa", "a-aa") == (2, 3)
    assert in_order("ba", "ab") is None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "matrix one.csv").write_text("1,2\n")
    (tmp_path / "notes.md").write_text("hello")
    (tmp_path / ".hidden").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_and_folders_complete_a_path(folder: Path) -> None:
    assert [c.text for c in path_choices("")] == ["data/", "notes.md"]
    assert [c.text for c in path_choices("nts")] == ["notes.md"]
    assert [c.text for c in path_choices(".h")] == [".hidden"]
    assert [c.text for c in path_choices(f"{folder}/da")] == [f"{folder}/data/"]
    assert [c.summary for c in path_choices("data/")] == ["4 bytes"]
    assert path_choices("no/such/") == path_choices("~nobody-of-that-name/") == []
    assert path_choices("\0/x") == []


def test_a_path_completes_behind_any_command(folder: Path, places: Places) -> None:
    session, _ = open_session(places)
    assert [c.text for c in complete(session, "/rank ./d")] == ["./data/"]
    assert [c.text for c in complete(session, "/export ./no")] == ["./notes.md"]
    assert complete(session, "what is ./d") == ()


def test_letters_in_order_find_a_command(places: Places) -> None:
    session, _ = open_session(places)
    assert [c.text for c in complete(session, "/rnk")] == ["/rank"]
    assert [c.text for c in complete(session, "/adapter ld")] == ["load", "unload"]
