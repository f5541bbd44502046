"""Answers are compared by words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.compare.words import Span, marked, word_difference


def test_only_the_words_that_differ_are_marked() -> None:
    spans = word_difference("Use `np.sort` now.", "Use `mx.sort` now.")
    assert [span for span in spans if not span.same] == [Span("np", "mx", same=False)]
    assert marked(spans) == "Use `[-np-]{+mx+}.sort` now."


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "", ""),
        ("same", "same", "same"),
        ("", "all new", "{+all new+}"),
        ("all gone", "", "[-all gone-]"),
        ("one two three", "one three", "one [-two-] three"),
        ("one three", "one two three", "one {+two+} three"),
        ("a  b\nc", "a b c", "a b c"),
    ],
)
def test_what_is_gone_and_what_is_new_can_be_read(left: str, right: str, expected: str) -> None:
    assert marked(word_difference(left, right)) == expected


@given(st.text("ab .,\n世", max_size=40), st.text("ab .,\n世", max_size=40))
def test_nothing_of_either_text_is_lost(left: str, right: str) -> None:
    spans = word_difference(left, right)
    assert "".join(span.left for span in spans) == left
    assert "".join(span.right for span in spans) == right
    for span in spans:
        if span.same:
            assert "".join(span.left.split()) == "".join(span.right.split())


@given(st.text("ab .", max_size=40))
def test_a_text_differs_nowhere_from_itself(text: str) -> None:
    assert all(span.same for span in word_difference(text, text))
