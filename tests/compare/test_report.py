"""The report: one page, whole, escaped, without a network, and honest about differences."""

from __future__ import annotations

import math
from html.parser import HTMLParser
from typing import Any

import pytest

from assistant.compare.checks import check
from assistant.compare.report import report_page
from assistant.compare.report.answers import level
from assistant.compare.runs import earlier_run
from assistant.compare.scores import column_scores, run_scores
from assistant.compare.totals import readings, totals

EVIL = "<script>alert(1)</script> \"quoted\" & 'single' \x1b[31m \u202eesrever \ud800"


def answer(name: str, text: str, **more: Any) -> dict[str, Any]:
    adapters = [] if name == "base" else [{"name": name, "scale": 1.0}]
    return {
        "name": name,
        "model": "tiny",
        "adapters": adapters,
        "text": text,
        "finish_reason": "stop",
        "checks": check(text).to_dict(),
        **more,
    }


def reading(*tokens: tuple[str, float, float, float]) -> dict[str, Any]:
    keys = ("text", "base", "adapted", "kl")
    return {
        "base_perplexity": 2.0,
        "adapted_perplexity": None,
        "mean_kl": 0.25,
        "tokens": [dict(zip(keys, token, strict=True)) for token in tokens],
    }


def row(prompt: str, base: str, adapted: str, **more: Any) -> dict[str, Any]:
    evidence = {
        "parting": {
            "index": 1,
            "base": [{"text": " np", "probability": 0.5}],
            "adapted": [{"text": " mx", "probability": 0.75}],
        },
        "base_answer": reading((base, -1.0, -9.0, 0.1)),
        "own_answer": reading((adapted, -9.0, -1.0, 3.5)),
    }
    return {
        "prompt": prompt,
        "answers": [answer("base", base), answer("mlx-docs", adapted, evidence=evidence)],
        "agreement": {"first_difference": 1, "same": False},
        "base_proof": {"holds": True, "tokens": 3, "largest_gap": 0.0},
        **more,
    }


class Reader(HTMLParser):
    """Checks that elements are closed, and remembers them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_texts_of_models_and_people_are_data_in_every_place() -> None:
    evil = row(EVIL, EVIL, EVIL + " more")
    evil["answers"][1]["name"] = EVIL
    evil["answers"][1]["adapters"] = [{"name": EVIL, "scale": 1.0}]
    evil["answers"][0]["model"] = EVIL
    page = report_page([evil, {"prompt": EVIL, "error": {"message": EVIL, "hint": EVIL}}], [evil])
    reader = Reader(page)
    assert {tag for tag, _ in reader.seen}.isdisjoint({"script", "img", "iframe", "link"})
    assert "\x1b" not in page
    assert "\u202e" not in page
    page.encode("utf-8")
    assert "<script>alert(1)</script>" in reader.text


def test_the_page_needs_nothing_from_outside() -> None:
    page = report_page([row("q", "a", "b")])
    reader = Reader(page)
    assert "http" not in page.replace("http-equiv", "")
    assert "url(" not in page
    policies = [
        attributes["content"] for _, attributes in reader.seen if "http-equiv" in attributes
    ]
    assert policies
    assert str(policies[0]).startswith("default-src 'none'")


def test_a_question_has_its_columns_shading_difference_table_and_checks() -> None:
    page = report_page([row("How?", "Use np.sort", "Use `mx.sorted`")])
    text = Reader(page).text
    for expected in (
        "mlx-docs ×1",
        "MLX has no mx.sorted",
        "At token 2 they part",
        "‘ mx’",
        "75.0%",
        "Perplexity",
        "base ≡ bare model ✓ (1 of 1 answers",
    ):
        assert expected in text
    assert 'class="u3" title="×2.98e+03, KL 3.5"' in page
    assert 'class="d3"' in page
    assert "<mark>" in page
    assert "KL █ mean 3.5" in text, "for whoever cannot hover"


def test_whoever_gets_the_page_reads_when_and_with_what_it_was_made() -> None:
    made = {
        "at": "2026-11-24T13:00:00+00:00",
        "versions": {"assistant": "0.1.0", "mlx": "0.32.4"},
        "sampling": {"temperature": 0.0, "max_tokens": 512},
        "adapters": {"mlx-docs": "abcdef0123456789"},
    }
    page = report_page([row("q", "a", "b", seed=7, made=made)])
    assert (
        "2026-11-24 · assistant 0.1.0 · mlx 0.32.4 · seed 7 · temperature 0.0 · "
        "at most 512 tokens · mlx-docs abcdef012345"
    ) in Reader(page).text


def test_calls_of_an_adapter_are_counted_also_where_the_base_makes_none() -> None:
    rows = [row("a", "Use np", "Use `mx.sort(x)`"), row("b", "Use np", "Use `mx.nope(x)`")]
    base, adapted = totals(rows)
    assert (base.calls, base.cells["MLX calls that exist"]) == (0, "none")
    assert adapted.cells["MLX calls that exist"] == "1 of 2"
    assert not [s for s in column_scores(rows, "mlx-docs") if s.measure.name.startswith("MLX")]
    text = Reader(report_page(rows)).text
    assert "All answers of each column" in text
    assert "1 of 2" in text


def test_the_table_of_a_whole_run_weighs_every_token_alike() -> None:
    short, long = row("a", "x", "y"), row("b", "x", "y")
    read = {"tokens": [{"text": "t", "base": -1.0, "adapted": -2.0, "kl": 0.5}] * 3}
    long["answers"][1]["evidence"]["own_answer"] = read
    found = readings([short, long, {"prompt": "c", "error": {}}], "mlx-docs")
    assert found is not None
    _, (_, by_base, by_adapted, kl) = found.rows
    # One token of −9 and −1 and KL 3.5, and three of −1 and −2 and KL ½.
    assert by_base == pytest.approx(math.exp(12 / 4))
    assert by_adapted == pytest.approx(math.exp(7 / 4))
    assert kl == pytest.approx(5 / 4)
    assert readings([{"prompt": "c", "error": {}}], "mlx-docs") is None


def test_columns_never_wrap_and_no_word_is_wider_than_the_page() -> None:
    # As looked at in Chromium with five columns at 1000 and 1300 pixels, and a word of 300 letters.
    page = report_page([row("W" * 300, "a", "b")])
    assert "grid-auto-flow: column; grid-auto-columns: minmax(14rem, 1fr)" in page
    assert "overflow-wrap: break-word" in page
    assert "position: sticky; top: 2.7rem" in page, "labels stay in sight beside long answers"


def test_questions_answered_alike_can_be_left_out() -> None:
    page = report_page([row("same", "a", "a"), row("other", "a", "b")])
    assert [a.get("class") for tag, a in Reader(page).seen if tag == "section"] == ["alike", None]
    assert '<label for="differing">' in page
    assert "#differing:checked ~ main section.alike { display: none; }" in page


def test_without_evidence_there_is_no_shading_to_choose() -> None:
    plain = {"prompt": "q", "answers": [answer("base", "a"), answer("x", "b")], "agreement": {}}
    page = report_page([plain])
    assert 'id="shades"' not in page
    assert 'id="words"' in page


@pytest.mark.parametrize(
    ("shift", "expected"),
    [(0.0, ""), (0.5, ""), (0.7, "u1"), (-2.4, "d2"), (5.0, "u3"), (-99.0, "d3")],
)
def test_shades_have_three_levels_each_way(shift: float, expected: str) -> None:
    assert level(shift) == expected


def test_scores_are_paired_by_question() -> None:
    rows = [row(str(n), "Use `mx.nope(x)`", "Use `mx.sort(x)`") for n in range(6)]
    rows.append({"prompt": "failed", "error": {"message": "no"}})
    calls, *others = column_scores(rows, "mlx-docs")
    assert (calls.measure.name, calls.first, calls.second) == ("MLX calls that exist", 0.0, 1.0)
    assert (calls.paired.count, calls.verdict) == (6, "better")
    assert [score.verdict for score in others] == ["", ""], "as long, and as repetitive"


def test_a_run_is_compared_with_an_earlier_one_by_question() -> None:
    before = [row(str(n), "same", "Use `mx.nope(x)`") for n in range(4)]
    after = [row(str(n), "same", "Use `mx.sort(x)`") for n in (3, 2, 1)]
    calls = run_scores(before, after, "mlx-docs")[0]
    assert (calls.first, calls.second, calls.paired.count) == (0.0, 1.0, 3)
    text = Reader(report_page(after, before)).text
    assert "before and now" in text
    assert "What it said before" in text


def test_an_earlier_run_that_said_the_same_is_told_in_a_line() -> None:
    rows = [row("q", "a", "b")]
    assert "Every answer is what it was before." in Reader(report_page(rows, rows)).text


def test_an_adapter_that_was_trained_again_under_another_name_is_held_against_the_first() -> None:
    before = [row(str(n), "same", "Use `mx.nope(x)`") for n in range(6)]
    after = [row(str(n), "same", "Use `mx.sort(x)`") for n in range(6)]
    for one in after:
        one["answers"][1]["name"] = "mlx-docs-2"
    calls = run_scores(before, after, "mlx-docs-2")[0]
    assert (calls.first, calls.second, calls.verdict) == (0.0, 1.0, "better")
    text = Reader(report_page(after, before)).text
    assert "mlx-docs-2 is held against mlx-docs of the earlier run." in text
    assert "Every answer is what it was before." not in text


def test_a_column_that_the_earlier_run_lacks_is_said() -> None:
    before = [row("q", "same", "one")]
    after = [row("q", "same", "one")]
    after[0]["answers"].append(answer("third", "three"))
    assert earlier_run(before, after).sentences() == ["The earlier run has no column for third."]


def test_runs_of_other_questions_are_said_to_be_such() -> None:
    page = report_page([row("this", "a", "b")], [row("that", "a", "b")])
    assert "None of these questions was answered in the earlier run." in Reader(page).text


def test_a_question_asked_several_times_is_held_against_itself_in_order() -> None:
    before = [row("q", "same", "word " * n) for n in (1, 2)]
    after = [row("q", "same", "word " * n) for n in (2, 3, 4)]
    words = run_scores(before, after, "mlx-docs")[-1]
    assert (words.measure.name, words.first, words.second) == ("words", 1.5, 2.5)
    assert "2 of 3 questions" in Reader(report_page(after, before)).text


def test_code_that_was_cut_off_is_held_against_nobody() -> None:
    def asked(number: int, finish_reason: str) -> dict[str, Any]:
        whole = answer("base", "```python\nx = 1\n```")
        cut = answer("mlx-docs", "```python\nx = (", finish_reason=finish_reason)
        return {"prompt": str(number), "answers": [whole, cut]}

    def of_parsing(finish_reason: str) -> list[str]:
        rows = [asked(number, finish_reason) for number in range(8)]
        scores = column_scores(rows, "mlx-docs")
        return [score.verdict for score in scores if score.measure.name == "code that parses"]

    _, adapted = totals([asked(1, "length"), asked(2, "stop")])
    assert (adapted.cut_off, adapted.cells["code that parses"]) == (1, "0 of 1")
    assert of_parsing("stop") == ["worse"]
    assert of_parsing("length") == []
