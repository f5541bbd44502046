"""Every sentence about a file that cannot be used ends alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.file_trouble import why


def test_the_systems_words_stand_inside_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        (tmp_path / "nowhere").read_text("utf-8")
    assert why(caught.value) == "no such file or directory"


def test_bytes_that_are_no_text_are_told_as_that() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        b"\xff".decode("utf-8")
    assert why(caught.value) == "it is no text in UTF-8"


@pytest.mark.parametrize(
    ("error", "words"), [(OSError("Disk on fire"), "disk on fire"), (OSError(), "oserror")]
)
def test_an_error_without_the_systems_words_is_never_none(error: OSError, words: str) -> None:
    assert why(error) == words
