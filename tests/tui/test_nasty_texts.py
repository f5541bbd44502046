"""Everything that people, models and files write is shown as it is, and does nothing."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.content import Content
from textual.widget import Widget

from assistant.commands import blocks
from assistant.plain_text import plain
from assistant.tui import runner
from assistant.tui.drawing import draw, matrix_content
from assistant.tui.widgets.answer import Head
from assistant.tui.widgets.drawn import Drawn
from assistant.tui.widgets.texts import Question
from tests.safety.hostile import harm
from tests.tui.stage import chat

NASTY = [
    "[/x]",
    "[1 2;3 4]",
    "[red]not red[/red]",
    "[@click=app.quit]quit[/]",
    "[[1,2],[3,6]]",
    "日本語のテキスト",
    "👩‍👩‍👧 🙂 é",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
    "a\rb",
    "\u202eright to left\u202c",
    "\u2028line\x85",
    "<script>alert(1)</script>",
    "$primary {x} %s",
    "\\[escaped]",
]


def shown(text: str) -> str:
    """What a screen should show of it, without spaces."""
    return "".join(plain(text).split())


@pytest.mark.parametrize("text", NASTY)
async def test_as_a_prompt_and_as_an_answer(tmp_path: Path, text: str) -> None:
    answer = f"```\n{text}\n```\n\n{text}"
    async with chat(tmp_path, [answer], size=(100, 30)) as stage:
        await stage.ask(text)
        screen = "".join(stage.screen.replace("▌", "").split())
        assert screen.count(shown(text).replace("\\[", "[")) >= 1
        assert screen.count(shown(text)) >= 2, "the prompt and the code"
        assert "\x1b" not in stage.screen
        assert stage.app.is_running


def all_kinds(text: str) -> list[blocks.Block]:
    return [
        blocks.Notice(text),
        blocks.Problem(text, text),
        blocks.Table((text, "b"), ((text, text),), text, 0),
        blocks.Matrix(((text, "1"),), text),
        blocks.Chart((blocks.Bar(text, 1.0),), text),
        blocks.Fold(text, (blocks.Preformatted(text),), open=True),
    ]


async def test_as_a_title_a_cell_a_name_and_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [[blocks.Effect("clear"), *all_kinds(text)] for text in NASTY]
    monkeypatch.setattr(runner, "submit", lambda session, line: iter(said[int(line)]))
    async with chat(tmp_path, size=(120, 50)) as stage:
        for number, text in enumerate(NASTY):
            await stage.ask(str(number))
            screen = "".join(stage.screen.replace("▌", "").split())
            assert screen.count(shown(text)) >= len(all_kinds(text)), text


@pytest.mark.parametrize("text", ["[/x]", "[red]", "日本 語", "\x1b[31m", "a\nb"])
async def test_as_the_name_of_an_adapter(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.KNOWN_ADAPTERS", (text,))
    async with chat(tmp_path, ["answer", "a", "b"]) as stage:
        stage.session.load_adapter(text)
        await stage.ask("q")
        await stage.ask("/compare q")
        name = " ".join(plain(text).split())
        await stage.sees(f"{name} ×1")
        await stage.sees(f"fake · {name} ×1")


async def test_hovering_a_table_cell_reads_no_markup(tmp_path: Path) -> None:
    async with chat(tmp_path, ["| a |\n|---|\n| [/x] |\n"]) as stage:
        await stage.ask("q")
        await stage.pilot.hover("Cells", offset=(1, 2))
        await stage.pilot.pause(0.6)
        assert stage.app.is_running


async def test_a_link_says_where_it_leads_and_only_the_web_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = "[docs](https://a.b/c) and [local](file:///etc/passwd)"
    async with chat(tmp_path, [answer]) as stage:
        opened: list[str] = []
        monkeypatch.setattr(stage.app, "open_url", lambda url, **_: opened.append(url))
        await stage.ask("q")
        await stage.sees("docs (https://a.b/c) and")
        paragraph = stage.app.query_one("MarkdownParagraph")
        await paragraph.action_link("https://a.b/c")
        await paragraph.action_link("file:///etc/passwd")
        await stage.until(lambda: opened)
        await stage.pilot.pause()
        assert opened == ["https://a.b/c"]


@pytest.mark.parametrize(
    ("answer", "drawn"),
    [
        ("![see docs.a.b](https://evil.b/p)", "see docs.a.b (https://evil.b/p)"),
        ("- ![x](https://evil.b/p) y", "x (https://evil.b/p) y"),
        ("![https://a.b/c](https://a.b/c) z", "https://a.b/c z"),
        ("[![x](https://evil.b/p)](https://a.b/c)", "x (https://evil.b/p) (https://a.b/c)"),
        (
            "[![https://a.b/c](https://evil.b/p)](https://a.b/c) z",
            "https://a.b/c (https://evil.b/p) (https://a.b/c) z",
        ),
        ("[see ![x](https://evil.b/p) z](https://a.b/c)", "z (https://evil.b/p) (https://a.b/c)"),
    ],
)
async def test_a_picture_says_where_it_leads(tmp_path: Path, answer: str, drawn: str) -> None:
    async with chat(tmp_path, [answer]) as stage:
        await stage.ask("q")
        await stage.sees(drawn)


async def test_no_text_beside_a_picture_leads_elsewhere_than_it_says(tmp_path: Path) -> None:
    async with chat(tmp_path, ["[![x](https://evil.b/p)](https://a.b/c)"]) as stage:
        await stage.ask("q")
        await stage.sees("(https://evil.b/p)")
        for strip in stage.app.screen._compositor.render_strips():
            for segment in strip:
                if "https://" in segment.text and segment.style is not None:
                    assert "@click" not in segment.style.meta


@pytest.mark.parametrize(
    "text",
    [
        "a&#x202e;b",
        "`c` a&#x2066;&#8237;b",
        "| h&#x202e; |\n|---|\n| a&#x202e;b |",
        "- a&#x202e;b",
        "# a&#x202e;b",
        "[a&#x202e;b](https://a.b/&#x202e;)",
        "![a&#x202e;&#13;&#12;b](https://a.b/%E2%80%AE)",
        "![![a&#x202e;b](https://a.b/c)](https://a.b/d)",
        "<https://a.b/%E2%80%AEb>",
        "see https://a.b/%E2%80%AEb",
        "```a&#x202e;b\na&#x202e;b\n```",
    ],
)
async def test_what_an_entity_stands_for_steers_nothing(tmp_path: Path, text: str) -> None:
    async with chat(tmp_path, [text]) as stage:
        await stage.ask("q")
        await stage.sees("b")
        for strip in stage.app.screen._compositor.render_strips():
            for segment in strip:
                assert harm(segment.text, kept="") == []


any_text = st.one_of(st.text(), st.sampled_from(NASTY))


@given(any_text, any_text, st.integers(1, 60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_drawn_lines_fit_and_say_what_was_said(text: str, other: str, width: int) -> None:
    many: list[blocks.Block] = [
        blocks.Notice(text),
        blocks.Problem(text, other),
        blocks.Table((text, other), ((other, text),), text, 1),
        blocks.Chart((blocks.Bar(text, 3.0), blocks.Bar(other, 0.0)), other, 1.0),
    ]
    for block in many:
        widget = draw(block)
        assert isinstance(widget, Drawn)
        for line in widget.lines(width):
            assert "\n" not in line.plain
            assert not any(ord(c) < 32 and c != "\t" for c in line.plain)
    matrix = matrix_content(blocks.Matrix(((text, other),), text))
    assert isinstance(matrix, Content)
    assert Head(text, adapted=True).lines(width)[0].cell_length <= max(width, 2)
    assert isinstance(Question(text), Widget)


def test_no_widget_of_ours_reads_markup() -> None:
    """A Static that is given a text, not a Content, must have markup turned off."""
    import re

    import assistant.tui

    folder = Path(assistant.tui.__file__).parent
    for path in folder.rglob("*.py"):
        for call in re.findall(
            r"(?:Static|FoldTitle|Label)\(([^()]*(?:\([^()]*\)[^()]*)*)\)", path.read_text()
        ):
            if call and "can_focus" not in call:
                assert "markup=False" in call, (path.name, call)
