"""Whatever people, models and files say is drawn on the screen harmless, and does nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from textual import events
from textual.widgets import Input

from assistant.commands import blocks
from assistant.errors import SettingsError
from assistant.tui import runner
from tests.safety.hostile import WORST, harm, hostile
from tests.tui.stage import Stage, chat


def look(stage: Stage) -> None:
    """Nothing on the screen steers the terminal, or does something that is not ours."""
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            assert harm(segment.text, kept="") == [], segment
            style = segment.style
            if style is not None:
                # A link is drawn with what it says: the terminal gets no address of its own.
                assert style.link is None, segment
                assert "app.quit" not in str(style.meta.get("@click")), segment
    assert stage.app.is_running
    assert stage.app._exception is None


def as_answers(text: str) -> list[str]:
    return [
        text,
        f"```{text}\n{text}\n```\n\n- {text}\n\n| {text} |\n|---|\n| {text} |\n\n# {text}",
    ]


async def through_every_door(texts: list[str], home: Path) -> None:
    answers = [answer for text in texts for answer in as_answers(text)]
    problems = [SettingsError(text, text) for text in texts]
    async with chat(home, answers, size=(100, 40), problems=problems) as stage:
        look(stage)
        for text in texts:
            await stage.ask(f"{text} one")
            look(stage)
            await stage.ask(f"x {text}")  # its answer comes as code, list, table, heading
            look(stage)
            stage.app.post_message(events.Paste(text))
            await stage.pilot.pause()
            look(stage)
            stage.composer.put("")
        for line in ("/open", "/search word", f"/open {texts[0]}", f"/adapter load {texts[0]}"):
            await stage.ask(line.replace("\n", " "))
            look(stage)
        await stage.press("ctrl+r")
        await stage.pilot.pause()
        look(stage)
        await stage.press("escape")
        stage.engine.hold_after(1)
        await stage.send("hold")
        await stage.until(lambda: stage.engine.pause.is_set())
        for text in texts[:3]:
            await stage.send(f"{text} waits")
        await stage.pilot.pause()
        look(stage)
        stage.engine.pause.clear()
        await stage.settle()
        look(stage)


@pytest.mark.timeout(600)
@given(st.lists(hostile, min_size=2, max_size=2))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=1,
    phases=[Phase.generate],
)
async def test_through_every_door_of_the_screen(texts: list[str]) -> None:
    with TemporaryDirectory() as home:
        await through_every_door(texts, Path(home))


@pytest.mark.timeout(600)
async def test_the_worst_of_all_through_every_door(tmp_path: Path) -> None:
    await through_every_door([WORST], tmp_path)


def every_block(text: str) -> list[blocks.Block]:
    column = blocks.Column(text, {text: 1.0})
    return [
        blocks.Effect("clear"),
        blocks.Markdown(text),
        blocks.Preformatted(text, "python"),
        blocks.Notice(text),
        blocks.Problem(text, text),
        blocks.Table((text, "b"), ((text, text),), text, 0),
        blocks.Matrix(((text, "1"),), text),
        blocks.Chart((blocks.Bar(text, 1.0),), text),
        blocks.Fold(text, (blocks.Notice(text),), open=True),
        blocks.Asked(text),
        blocks.Answered(column, text, text),
        blocks.Earlier((blocks.Asked(text),)),
        blocks.Draft(text),
    ]


async def test_every_block_and_every_fault_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(session: object, line: str) -> Iterator[blocks.Block]:
        yield from every_block(WORST)
        raise RuntimeError(WORST)

    monkeypatch.setattr(runner, "submit", said)
    async with chat(tmp_path, size=(110, 80)) as stage:
        await stage.ask("go")
        look(stage)


@pytest.mark.parametrize(
    "to_the_field",
    [
        ("ctrl+f",),
        ("ctrl+p",),
        (*"/open", "enter"),
        (*"/branch", "space", *"tree", "enter"),
        ("f3", "a"),
    ],
    ids=["find", "palette", "chats", "branches", "adapters"],
)
async def test_what_is_pasted_into_any_field(tmp_path: Path, to_the_field: tuple[str, ...]) -> None:
    async with chat(tmp_path, ["one", "two"], size=(100, 40)) as stage:
        await stage.ask("first")
        await stage.ask("/retry")
        await stage.press(*("slash" if key == "/" else key for key in to_the_field))
        await stage.until(lambda: isinstance(stage.app.focused, Input))
        await stage.settle()
        field = stage.app.focused
        assert isinstance(field, Input)
        stage.app.post_message(events.Paste(f"ab\x1b]0;pwned\x07{WORST}"))
        await stage.until(lambda: field.value)
        await stage.pilot.pause()
        assert field.value.startswith("ab]0;pwned")
        look(stage)


@pytest.mark.parametrize("name", ["dz\x1b]0;title\x07", "dz\x1b[31mred", "dz \u202ez", "dz\nz"])
async def test_a_folder_of_a_hostile_name_can_be_gone_into(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here" / name
    folder.mkdir(parents=True)
    (folder / "inside.txt").write_text("x")
    (folder / "out\x1b[31mside").write_bytes(b"\0")
    monkeypatch.chdir(tmp_path / "here")
    async with chat(tmp_path, size=(100, 40)) as stage:
        await stage.type("@dz")
        await stage.until(lambda: stage.app.entry.completions.display)
        await stage.press("enter")
        await stage.until(lambda: len(stage.app.entry.completions.choices) == 2)
        assert harm(stage.composer.text, kept="") == []
        look(stage)
        await stage.press("enter")
        assert stage.composer.text == "[inside.txt, 1 line] "
        stage.composer.put("")
        await stage.type("@dz")
        await stage.until(lambda: stage.app.entry.completions.display)
        await stage.press("enter")
        await stage.until(lambda: len(stage.app.entry.completions.choices) == 2)
        await stage.press("down", "enter")
        await stage.sees("is no text")
        assert harm(stage.composer.text, kept="") == []
        look(stage)


@pytest.mark.parametrize("name", ["\x1b[31m[red]x", "[/x]", "[@click=app.quit]y", "\u202ez"])
async def test_names_of_adapters_and_files(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.KNOWN_ADAPTERS", (name,))
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / f"{name.replace('/', '')}.txt").write_text(name)
    monkeypatch.chdir(folder)
    async with chat(tmp_path, size=(100, 40)) as stage:
        stage.session.load_adapter(f"{name}=1")
        await stage.ask("q")
        await stage.ask("/compare q")
        await stage.ask("/adapter list")
        look(stage)
        await stage.type("/adapter unload ")
        await stage.until(lambda: stage.app.entry.completions.display)
        look(stage)
        stage.composer.put("")
        await stage.type("@")
        await stage.until(lambda: stage.app.entry.completions.display)
        look(stage)
        await stage.press("tab")
        assert harm(stage.composer.text) == []
        look(stage)
