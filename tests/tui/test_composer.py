"""What is typed: chips, searches, files, the lines that wait, drafts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from assistant.errors import InputFileError
from assistant.tui import attaching
from assistant.tui.attaching import read_attachment
from assistant.tui.chips import MOST_LINES, Chips
from assistant.tui.completing import named_path
from assistant.tui.history import History
from assistant.tui.searching import found
from assistant.tui.widgets.waiting import WaitingLine
from tests.tui.stage import Stage, chat

LONG = "\n".join(f"line {number}" for number in range(120))


async def paste(stage: Stage, text: str) -> None:
    before = stage.composer.text
    stage.app.post_message(events.Paste(text))
    await stage.until(lambda: stage.composer.text != before)


async def test_a_long_paste_is_a_chip_that_opens_and_is_sent_whole(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("explain ")
        await paste(stage, LONG)
        assert stage.composer.text == "explain [pasted 120 lines]"
        assert stage.composer.draft == f"explain {LONG}"
        await stage.press("ctrl+o")
        assert stage.composer.text == f"explain {LONG}"
        await stage.press("ctrl+z")
        assert stage.composer.text == "explain [pasted 120 lines]"
        await stage.press("enter")
        await stage.settle()
        assert stage.engine.requests[0].messages[-1]["content"] == f"explain {LONG}"
        # In the history too, and as a draft after Ctrl+C.
        await stage.press("up")
        assert stage.composer.text == f"explain {LONG}"


async def test_a_chip_goes_with_one_backspace_and_opens_with_a_click(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await paste(stage, LONG)
        await stage.press("backspace")
        assert stage.composer.text == ""
        await paste(stage, LONG)
        await stage.pilot.click(stage.composer, offset=(6, 1))
        await stage.until(lambda: stage.composer.text == LONG)


@pytest.mark.parametrize("elsewhere", ["a message", "the chat", "a panel", "a line that waits"])
async def test_what_is_pasted_with_the_keys_elsewhere_comes_to_the_composer(
    tmp_path: Path, elsewhere: str
) -> None:
    async with chat(tmp_path, ["one two three"]) as stage:
        await stage.ask("first")
        await stage.type("see ")
        if elsewhere == "a message":
            await stage.press("alt+up")
        elif elsewhere == "the chat":
            await stage.pilot.click(stage.app.transcript.speeches[0])
        elif elsewhere == "a panel":
            await stage.press("f3")
        else:
            stage.engine.hold_after(1)
            stage.app._lines.submit("q")
            await stage.until(lambda: stage.engine.pause.is_set())
            stage.app._lines.submit("waits")
            await stage.until(lambda: stage.app.query(WaitingLine))
            await stage.press("alt+up")
        await stage.until(lambda: stage.app.focused is not stage.composer)
        stage.app.post_message(events.Paste(LONG))
        await stage.until(lambda: stage.composer.draft == f"see {LONG}")
        await stage.until(lambda: stage.app.focused is stage.composer)
        stage.engine.pause.clear()


async def test_a_paste_stays_in_the_field_that_has_the_keys(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one"]) as stage:
        await stage.press("ctrl+f")
        stage.app.post_message(events.Paste("words"))
        await stage.until(lambda: stage.app.find_bar.field.value == "words")
        await stage.press("escape", "ctrl+p")
        stage.app.post_message(events.Paste("words"))
        await stage.until(lambda: getattr(stage.app.focused, "value", "") == "words")
        assert stage.composer.text == ""


async def test_up_walks_what_begins_alike_and_ctrl_r_searches(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        for text in ("sort an array", "what is rank", "sort a list"):
            stage.composer._past.add(text)
        await stage.type("sort")
        await stage.press("up")
        assert stage.composer.text == "sort a list"
        await stage.press("up")
        assert stage.composer.text == "sort an array"
        await stage.press("down", "down")
        assert stage.composer.text == "sort"
        await stage.press("ctrl+c", "ctrl+r")
        await stage.type("rank")
        await stage.sees("what was typed before")
        await stage.press("enter")
        assert stage.composer.text == "what is rank"
        assert stage.engine.requests == [], "it is taken, and not sent"
        await stage.press("ctrl+r")
        await stage.type("zzz")
        await stage.press("escape")
        assert stage.composer.text == "what is rank"


async def test_a_file_named_with_at_is_sent_with_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.py").write_text("x = 1\ny = 2\n")
    monkeypatch.chdir(tmp_path)
    async with chat(tmp_path / "home") as stage:
        await stage.type("explain @nts")
        await stage.until(lambda: stage.app.entry.completions.display)
        await stage.press("enter")
        assert stage.composer.text == "explain [notes.py, 2 lines] "
        await stage.press("enter")
        await stage.settle()
        sent = stage.engine.requests[0].messages[-1]["content"]
        assert sent == "explain notes.py:\n```py\nx = 1\ny = 2\n```"


async def test_a_file_below_folders_with_spaces_is_completed_and_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "my docs" / "of  two years"
    inner.mkdir(parents=True)
    (inner / "a note.txt").write_text("hello")
    (inner / "other.txt").write_text("no")
    (tmp_path / "my docs" / "b.txt").write_text("bye")
    monkeypatch.chdir(tmp_path)
    async with chat(tmp_path / "home") as stage:
        offered = stage.app.entry.completions

        async def take(typed: str, wanted: list[str]) -> None:
            await stage.type(typed)
            await stage.until(lambda: [choice.text for choice in offered.choices] == wanted)
            await stage.press("enter")

        await take("see @my", ["my docs/"])
        assert stage.composer.text == "see @my docs/"
        await take("of", ["my docs/of  two years/"])
        await take("anote", ["my docs/of  two years/a note.txt"])
        assert stage.composer.text == "see [a note.txt, 1 line] "
        # Back in the outer folder; and what is said after it is no path.
        await take("and @my", ["my docs/"])
        await take("b.t", ["my docs/b.txt"])
        await take("@my", ["my docs/"])
        await stage.until(lambda: offered.display)
        await stage.type(" is")
        await stage.until(lambda: not offered.display)
        await stage.press("enter")
        await stage.settle()
        sent = stage.engine.requests[0].messages[-1]["content"]
        assert sent == (
            "see a note.txt:\n```txt\nhello\n``` and b.txt:\n```txt\nbye\n``` @my docs/ is"
        )


async def test_what_waits_can_be_changed_taken_away_and_held(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three"]) as stage:
        stage.engine.hold_after(1)
        await stage.send("q")
        await stage.until(lambda: stage.engine.pause.is_set())
        for text in ("first", "second", "third"):
            await stage.send(text)
        await stage.until(lambda: len(stage.app.query(WaitingLine)) == 3)
        await stage.press("alt+up")
        await stage.until(lambda: isinstance(stage.app.focused, WaitingLine))
        await stage.press("up", "delete")
        await stage.until(lambda: stage.app.entry.waiting.waiting == ("first", "third"))
        await stage.pilot.click(stage.app.query(WaitingLine).first(), offset=(6, 0))
        await stage.until(lambda: stage.composer.text == "first")
        assert stage.app.focused is stage.composer
        await stage.press("ctrl+c")
        await stage.pilot.click(stage.app.query(WaitingLine).first(), offset=(1, 0))
        await stage.until(lambda: stage.app.entry.waiting.waiting == ())
        await stage.send("fourth")
        await stage.press("escape")
        stage.engine.pause.clear()
        await stage.sees("held")
        await stage.settle()
        assert len(stage.engine.requests) == 1, "Esc stops, and nothing else begins"
        await stage.press("enter")
        await stage.until(lambda: len(stage.engine.requests) == 2)
        await stage.settle()
        assert stage.engine.requests[1].messages[-1]["content"] == "fourth"


async def test_ctrl_c_drops_what_waits_before_it_stops_the_answer(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three"]) as stage:
        stage.engine.hold_after(1)
        await stage.send("q")
        await stage.until(lambda: stage.engine.pause.is_set())
        await stage.send("later")
        await stage.until(lambda: stage.answers)
        await stage.press("ctrl+c")
        assert stage.app._lines.waiting() == ()
        assert stage.answers[0].columns[0].finish is None
        await stage.press("up")
        assert stage.composer.text == "later"
        stage.engine.pause.clear()


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_chip_counts_lines_as_people_do(end: str) -> None:
    assert Chips().fold("\n".join("x" * 40) + end) == "[pasted 40 lines]"


def test_a_text_that_looks_like_a_chip_is_no_chip() -> None:
    chips = Chips()
    assert chips.unfold("[pasted 120 lines]") == "[pasted 120 lines]"
    first, second = chips.fold(LONG), chips.fold(LONG.upper())
    assert (first, second) == ("[pasted 120 lines]", "[pasted 120 lines #2]")
    assert chips.fold(LONG) == first
    assert chips.unfold(f"{second} {first}") == f"{LONG.upper()} {LONG}"
    assert chips.fold("a\n" * MOST_LINES) == "a\n" * MOST_LINES


@given(st.lists(st.one_of(st.text(), st.sampled_from(["x\n" * 20, "[pasted 21 lines]\n" * 9]))))
def test_what_is_folded_is_sent_as_it_was(texts: list[str]) -> None:
    chips = Chips()
    # Short texts could spell a chip that is there: only long ones are pasted here.
    long = [text + "\n" * MOST_LINES for text in texts]
    assert chips.unfold("".join(map(chips.fold, long))) == "".join(long)


@pytest.mark.parametrize(
    ("before", "path"),
    [
        ("@", ""),
        ("see @no", "no"),
        ("a@b.c", None),
        ("@x and", None),
        ("", None),
        ("two @a @b/", "b/"),
    ],
)
def test_a_path_is_named_by_the_word_at_the_cursor(before: str, path: str | None) -> None:
    assert named_path(before) == path


def test_a_file_that_cannot_be_sent_says_why(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff\x00")
    (tmp_path / "zeros").write_bytes(b"\0" * 10)
    (tmp_path / "large").write_bytes(b"a" * 500_000)
    for name, why in (("picture", "no text"), ("zeros", "no text"), ("large", "too large")):
        with pytest.raises(Exception, match=why):
            read_attachment(str(tmp_path / name))
    with pytest.raises(Exception, match="cannot be read"):
        read_attachment(str(tmp_path / "nowhere"))


def test_a_pipe_and_a_device_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "link", "folder"):
        with pytest.raises(InputFileError, match="only files can be sent"):
            read_attachment(str(tmp_path / name))


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="there is no /proc here")
def test_a_file_that_does_not_say_how_long_it_is_is_read_only_so_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attaching, "LARGEST", 100)
    with pytest.raises(InputFileError, match="too large"):
        read_attachment("/proc/self/maps")


def test_a_fence_inside_a_file_does_not_end_the_block(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("```\ncode\n```\n")
    assert read_attachment(str(tmp_path / "a.md"))[1] == "a.md:\n````md\n```\ncode\n```\n````"


def test_a_search_finds_all_words_the_newest_first() -> None:
    entries = ["Sort a list", "rank of a matrix", "a list to sort", "Sort a list"]
    assert found(entries, "sort LIST") == ["Sort a list", "a list to sort"]
    assert found(entries, "") == ["Sort a list", "a list to sort", "rank of a matrix"]


@given(st.lists(st.text(min_size=1, max_size=5)), st.text(max_size=3))
def test_walking_up_and_down_again_brings_the_draft_back(entries: list[str], draft: str) -> None:
    history = History(Path("/nowhere/history"), wanted=lambda: False)
    for entry in entries:
        history.add(entry)
    shown, steps = draft, 0
    while (older := history.older(shown)) is not None:
        shown, steps = older, steps + 1
    for _ in range(steps):
        newer = history.newer()
        assert newer is not None
        shown = newer
    assert shown == draft
