"""Exports: Markdown to read, JSON with everything, a page that loads and runs nothing."""

from __future__ import annotations

import json
import re
import resource
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from assistant.chat import Made, UsedAdapter
from assistant.chat.export import export, write_export
from assistant.chat.export.closing import closed, left_open
from assistant.engine.types import Finish, Sampling, Timing, Usage
from assistant.errors import StoreError
from tests.chat.keeping import info_of, talk

FINISH = Finish("cancelled", "x", (1, 2), Usage(9, 0, 2), Timing(0.1, 0.2, 61.4), 7)


def test_markdown_says_who_spoke_and_how() -> None:
    conversation = talk("How do I sort?")
    made = Made("tiny", (UsedAdapter("mlx-docs", 0.5),), Sampling(temperature=0.7), "", "concise")
    answer = conversation.answer("Use `mx.sort`.", made=made)
    conversation.put(replace(answer, finish=FINISH))
    text = export(conversation, replace(info_of(conversation), system="Be brief."), "md")
    assert text.startswith("# How do I sort?\n")
    assert "## System prompt\n\nBe brief.\n" in text
    assert "## You\n\nHow do I sort?\n" in text
    assert "## tiny · mlx-docs ×0.5\n\nUse `mx.sort`.\n" in text
    said = "seed 7, temperature 0.7, prompt concise, 2 tokens at 61 a second, stopped"
    assert f"*{said}*" in text


def test_json_has_every_branch_and_any_text() -> None:
    conversation = talk("a \ud800 \0", "1")
    conversation.answer("2", to=conversation.path[0].id)
    read = json.loads(export(conversation, info_of(conversation), "json"))
    assert (read["format"], read["version"]) == ("assistant-chat", 1)
    assert [m["text"] for m in read["messages"]] == ["a \ud800 \0", "1", "2"]
    assert read["messages"][1]["parent"] == read["messages"][2]["parent"]
    assert read["tip"] == read["messages"][2]["id"]


def test_a_page_runs_nothing_and_loads_nothing() -> None:
    evil = (
        "<script>alert(1)</script> ![p](https://example.com/p.png) [go](javascript:alert(1)) "
        '<img src=x onerror="alert(1)">'
    )
    conversation = talk(evil, evil)
    page = export(conversation, replace(info_of(conversation), title="</title><script>"), "html")
    assert page.count("<title>") == 1
    for dangerous in ("<script", "<img", 'href="javascript'):
        assert dangerous not in page
    assert "default-src 'none'" in page
    assert "&lt;script&gt;" in page


def test_a_page_shows_markdown_of_answers_and_questions_as_typed() -> None:
    conversation = talk("**not bold**", "**bold**\n\n```python\nx < 1\n```\n\n| a |\n|---|\n| 1 |")
    page = export(conversation, info_of(conversation), "html")
    assert "**not bold**" in page
    assert "<strong>bold</strong>" in page
    assert "x &lt; 1" in page
    assert "<td>1</td>" in page


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = 1",
        "~~~~\n```\nx\n~~~",
        "    ```\nno fence, indented code",
        "``` a `tick` b\ninline",
        "```\nx\n```",
        "```\nx\n``` y",
        "- a\n\n  ```\n  x",
    ],
)
def test_a_code_block_that_does_not_end_swallows_nothing(text: str) -> None:
    page = MarkdownIt("commonmark").render(f"{closed(text)}\n\n## You\n\nnext")
    assert "<h2>You</h2>" in page


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("<!-- a comment", "-->"),
        ("- <!-- a comment in a list", "<!-- -->\n\n</li></ul>"),
        ("<details>\n<summary>More</summary>\n\n```python\nx = 1", "```\n\n</details>"),
        ("<script>\nlet x", "</script>"),
        ("<pre>\nx", "</pre>"),
        ("<?php\nx", "?>"),
        ('<div class="cut o', '">\n\n</div>'),
        ("so <b>bold and <i>slanted</i>", "\n</b>"),
        ("Write `List[<x>]`, or a vector<int>, or 1 < 2 <br> <!-- all of it -->", None),
        ("<p>one</p>\n<b>two</b> <img src='x'>", None),
    ],
)
def test_html_that_does_not_end_takes_nothing_in(text: str, end: str | None) -> None:
    whole = closed(text)
    assert whole == (text if end is None else f"{text}\n{end}")
    assert left_open(whole) == []


@pytest.mark.parametrize(
    "text",
    [
        "<pre>\n<!-- a comment in it",
        "<textarea>\n<![CDATA[ x",
        "> <script>\n```` code",
        '<div class="cut\n\n<?php x',
        "- <!-- a\n<style>\n```",
    ],
)
def test_one_endless_thing_within_another_takes_nothing_in(text: str) -> None:
    whole = closed(text)
    assert text in whole
    assert left_open(whole) == []
    page = MarkdownIt("commonmark").render(f"{whole}\n\n## You\n\nnext")
    assert page.endswith("<h2>You</h2>\n<p>next</p>\n")


def test_a_title_and_a_name_with_html_in_them_are_shown_and_take_nothing_in() -> None:
    chat = talk("What does <details> do?", "It folds.")
    text = export(chat, replace(info_of(chat), title="What does\n<details> do?"), "md")
    assert text.startswith("# What does \\<details> do?\n")
    plain = export(chat, replace(info_of(chat), title="Is 1 < 2?"), "md")
    assert plain.startswith("# Is 1 < 2?\n")


def test_a_page_lets_each_paragraph_run_in_its_own_direction() -> None:
    conversation = talk("שלום עולם", "مرحبا\n\nhello\n\n```python\nx = 1\n```")
    page = export(conversation, info_of(conversation), "html")
    assert "שלום עולם" in page
    assert re.search(r"\bp, .*\.said \{ unicode-bidi: plaintext", page)
    assert re.search(r"pre, code \{ direction: ltr", page)
    assert '<code class="language-python">' in page


def test_a_page_is_no_wider_than_what_it_is_read_on() -> None:
    chat = talk("How?", f"https://example.com/{'a' * 300}\n\n| a |\n|---|\n| {'b' * 300} |")
    page = export(chat, info_of(chat), "html")
    assert re.search(r"^body \{[^}]*overflow-wrap: break-word", page, re.MULTILINE)
    assert re.search(r"^table \{[^}]*overflow-x: auto", page, re.MULTILINE)


@pytest.mark.parametrize("format", ["md", "html", "json"])
def test_no_format_steers_the_terminal_that_it_is_read_on(format: str) -> None:
    evil = (
        "a \x1b[31mred\x1b]0;title\x07 \x9b2J \u202eleft\x00\x08 &#x202e;b <http://a.b/%E2%80%AE>"
    )
    conversation = talk(evil, evil)
    about = replace(info_of(conversation), title=evil, system=evil)
    text = export(conversation, about, format)
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x00", "\x08"} & set(text)
    if format == "json":  # where nothing is lost of it
        assert json.loads(text)["messages"][0]["text"] == evil


def test_a_system_prompt_whose_code_does_not_end_swallows_nothing() -> None:
    conversation = talk("Hi.")
    text = export(conversation, replace(info_of(conversation), system="```\nx"), "md")
    assert "```\nx\n```\n\n## You" in text


def test_a_file_that_does_not_fit_on_the_disk_is_not_left_half(tmp_path: Path) -> None:
    chat, file = talk("a long question " * 1000, "yes"), tmp_path / "chat.md"
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most[1]))  # a disk of a thousand bytes
    try:
        with pytest.raises(StoreError, match="cannot be written: file too large"):
            write_export(chat, info_of(chat), file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    write_export(chat, info_of(chat), file)
    assert file.read_text().startswith("# a long question")
