"""The loss curve of the model cards."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from assistant.training.curve import read_losses, svg


def test_a_resumed_run_counts_each_step_once(tmp_path: Path) -> None:
    log = tmp_path / "losses.jsonl"
    log.write_text('{"step": 10, "loss": 3.0}\n{"step": 10, "loss": 2.0}\n{"step": 5, "x": 1}\n')
    assert read_losses(log) == [(10, 2.0)]


def test_the_picture_is_valid_and_falls_from_left_to_right() -> None:
    picture = ElementTree.fromstring(svg([(10, 3.0), (20, 2.0), (30, 1.0)], "Loss"))
    line = next(part for part in picture if part.tag.endswith("polyline"))
    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert heights[0] <= heights[1] < heights[2]
