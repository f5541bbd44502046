"""Cutting Markdown into finished pieces: the same cuts for every way of chunking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.plain_text import plain
from assistant.tui.streaming import ITEMS_PER_PIECE, Piece, Pieces, markdown_parser

BLOCKS = [
    "A paragraph\nof two lines.\n\n",
    "Short.\n",
    "# Title\n",
    "Setext\n---\n",
    "***\n",
    "- one\n- two\n\n  more of two\n- three\n",
    "* other bullet\n",
    "".join(f"{n}. item {n}\n" for n in range(1, 25)),
    "".join(f"- item {n}\n\n" for n in range(12)),
    "1. a\n1. b\n1. c\n",
    "2) b\n",
    "- outer\n  1. inner\n  2. inner\n- outer\n",
    "```python\nx = 1\n\n\ny = 2\n```\n",
    "~~~\n- no list\n~~~\n",
    "```\nnever closed\n\n- still code\n",
    "    indented code\n\n    goes on\n",
    "> a quote\nlazily goes on\n>\n> - list in it\n",
    "| a | b |\n|---|---|\n| 1 | [/x] |\n",
    "a | b\n",
    "<div>\n<b>html</b>\n\n",
    "\n\n",
    "   \n",
    "text with `code`, [a link](http://x), **bold\n",
    "\t- tabbed\n",
    "-",
    "1",
    "\\",
    "日本語 🙂\n",
    "[1 2;3 4]\n",
]

texts = st.one_of(
    st.lists(st.sampled_from(BLOCKS), max_size=8).map("".join),
    st.text(alphabet="ab \n#-*>`1.|\t[]:~", max_size=60),
)


@st.composite
def chunked(draw: st.DrawFn) -> list[str]:
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def pieces_of(chunks: list[str]) -> tuple[list[Piece], bool]:
    pieces = Pieces()
    found = [piece for chunk in chunks for piece in pieces.feed(chunk)]
    return found + pieces.finish(), pieces.has_references


def meaning(text: str) -> list[tuple[str, str, str]]:
    """What a text says, without where its top-level lists begin and end."""
    return [
        (token.type, token.tag, token.content)
        for token in markdown_parser().parse(text)
        if not (token.level == 0 and token.type.endswith(("list_open", "list_close")))
    ]


@given(chunked())
def test_the_cuts_do_not_depend_on_how_the_text_was_chunked(chunks: list[str]) -> None:
    assert pieces_of(chunks) == pieces_of(["".join(chunks)])


@given(texts)
def test_the_cuts_do_not_depend_on_single_characters_either(text: str) -> None:
    assert pieces_of(list(text)) == pieces_of([text])


@given(texts)
def test_the_pieces_say_what_the_whole_text_says(text: str) -> None:
    pieces, has_references = pieces_of([text])
    if not has_references:
        assert [m for piece in pieces for m in meaning(piece.text)] == meaning(text)


@given(texts)
def test_no_text_is_lost(text: str) -> None:
    pieces, _ = pieces_of([text])
    assert "".join("".join(p.text for p in pieces).split()) == "".join(text.split())


def test_the_last_block_is_kept_back_because_it_can_still_grow() -> None:
    pieces = Pieces()
    assert pieces.feed("One.\n\nTwo.\n") == [Piece("One.\n")]
    assert pieces.rest == "\nTwo.\n"


@pytest.mark.parametrize(
    "block",
    [
        "# Title\n",
        "***\n",
        "```py\nx\n```\n",
        "~~~~\n~~~\n ~~~~~\n",
        "Text.\n",
        "> a\n> b\n",
        "| a |\n|---|\n| 1 |\n",
    ],
)
def test_a_block_that_cannot_grow_does_not_wait_for_the_next(block: str) -> None:
    assert Pieces().feed(f"{block}\n") == [Piece(block)]


@pytest.mark.parametrize(
    "block",
    [
        "```\nx\n    ```\n",
        "````\nx\n```\n",
        "```\n",
        "~~~\n```\n",
        "```\nx\n```x\n",
        "    x\n",
        "- a\n",
        "1. a\n",
        "Setext\n",
    ],
)
def test_a_block_that_can_grow_waits(block: str) -> None:
    pieces = Pieces()
    behind = "" if block == "Setext\n" else "\n"
    assert pieces.feed(f"{block}{behind}x") == []


def test_half_a_line_finishes_nothing_because_it_can_become_anything() -> None:
    pieces = Pieces()
    assert pieces.feed("1. a\n\n2") == []
    assert pieces.feed(". b\n") == []


def test_an_open_fence_keeps_its_text_when_the_answer_ends_inside_it() -> None:
    assert pieces_of(["```py\nx = 1\n\ny"])[0] == [Piece("```py\nx = 1\n\ny")]


def test_a_long_list_is_cut_and_goes_on_counting() -> None:
    pieces = pieces_of(["".join(f"{n}. item\n" for n in range(1, 2 * ITEMS_PER_PIECE + 4))])[0]
    assert [piece.first_number for piece in pieces] == [None, 11, 21]
    assert [piece.continued for piece in pieces] == [False, True, True]


def test_a_list_that_repeats_its_number_still_goes_on_counting() -> None:
    pieces = pieces_of(["1. item\n" * 25])[0]
    assert [piece.first_number for piece in pieces] == [None, 11, 21]


def test_html_is_text() -> None:
    assert ("inline", "", "<div>List<int></div>") in meaning("<div>List<int></div>")


@pytest.mark.parametrize("definition", ["[x]: http://a\n", "text [x]\n\n[x]: http://a\n"])
def test_references_are_noticed_since_pieces_cannot_see_each_other(definition: str) -> None:
    assert pieces_of(list(definition))[1]


@given(st.text())
def test_plain_text_has_no_line_break_that_only_python_knows(text: str) -> None:
    safe = f"{plain(text)}."
    assert safe.splitlines() == safe.split("\n")
