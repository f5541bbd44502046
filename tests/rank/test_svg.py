"""The picture of an explanation is well-formed, shows its threshold, and takes texts as data."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from assistant.rank import explain, to_svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    "text",
    ["[[1,2],[3,6]]", "1 2 3; 4 5 6; 7 8 9", "0 0; 0 0", "5", "[]", "1 0; 0 0", "1e400 1; 1 1"],
)
def test_it_is_an_image_with_the_answer_as_its_title(text: str) -> None:
    seen = explain(text)
    root = ElementTree.fromstring(to_svg(seen))
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == seen.headline


def test_the_line_stands_between_what_counts_and_what_does_not() -> None:
    root = ElementTree.fromstring(to_svg(explain("1 0; 0 1e-18")))
    bars = [rect for rect in root.iter(f"{SVG}rect") if rect.get("height") == "16"]
    ends = [float(bar.get("x", "0")) + float(bar.get("width", "0")) for bar in bars]
    (line,) = (x for x in root.iter(f"{SVG}line") if x.get("stroke-width") == "1.5")
    assert ends[0] > float(line.get("x1", "0")) > ends[1]


def test_rows_are_arrows_with_their_numbers() -> None:
    root = ElementTree.fromstring(to_svg(explain("1 2; 3 4")))
    assert len(list(root.iter(f"{SVG}polygon"))) == 2
    assert {"row 1", "row 2"} <= {text.text for text in root.iter(f"{SVG}text")}
