"""Which lines of Markdown are code and tables, held against the parser of the full screen."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from assistant.commands.line_kinds import LineKinds, hanging

TEXTS = {
    "a fence": "prose\n```python\nx = 1\n\n| no table |\n```\nprose",
    "a fence in a fence": "````\n```\nx\n```\n````\nprose\n~~~\n```\n~~~\nprose",
    "a fence that never ends": "```\nx\n\ny",
    "inline code at the start": "```x``` is code\nprose\n`y` too",
    "indented code": "prose\n\n    x = 1\n\n    y = 2\nprose\n    prose still",
    "a list, and what belongs to it": "- one\n\n    prose of it\n    - two\n\nprose\n\n    code",
    "code in a list": "1. one\n   ```\n   x\n   ```\n2. two",
    "a quotation": "> prose\n> ```\n> x\n> ```\nprose",
    "a table": "| a | b |\n|---|:-:|\n| 1 | 2 |\n\nprose",
    "only a rule": "a | b in prose\n\n---\n\nprose",
}


def stand(text: str) -> list[bool]:
    kinds = LineKinds()
    found = []
    for line in text.split("\n"):
        found.append(bool(line.strip()) and kinds.stands(line))
        kinds.end(line)
    return found


def parsed(text: str) -> list[bool]:
    """The same by markdown-it; lines with nothing on them are neither."""
    lines = text.split("\n")
    found = [False] * len(lines)
    for token in MarkdownIt("gfm-like").parse(text):
        if token.type in {"fence", "code_block", "table_open"} and token.map is not None:
            for number in range(*token.map):
                found[number] = bool(lines[number].strip())
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_lines_are_what_the_parser_says_they_are(name: str) -> None:
    text = TEXTS[name]
    found, expected = stand(text), parsed(text)
    if name == "inline code at the start":
        found[0] = False  # a line's first word decides, and it looks like a fence
    assert dict(zip(text.split("\n"), found, strict=True)) == dict(
        zip(text.split("\n"), expected, strict=True)
    )


def test_rows_without_a_bar_at_the_edge_stand_from_the_rule_on() -> None:
    assert stand("a | b\n--|--\n1 | 2\n\nprose") == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("line", "before"), [("- x", 2), ("  10. x", 6), ("> x", 2), ("x - y", 0), ("-x", 0)]
)
def test_text_goes_on_behind_the_sign_of_its_item(line: str, before: int) -> None:
    assert hanging(line) == before
