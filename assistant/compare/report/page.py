"""The page: what the run was, what it adds up to, and every question below.

One file without scripts and without a network: its own policy forbids both. It refuses to know
where rows come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.compare.report.answers import question_section
from assistant.compare.report.markup import Html, joined, number_cell, table, tag
from assistant.compare.runs import EarlierRun, column_names, earlier_run, told_same
from assistant.compare.scores import Score, column_scores, run_scores
from assistant.compare.totals import readings, totals

Row = Mapping[str, Any]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_VIEWS = (("plain", "Plain"), ("words", "Difference"), ("shades", "Shading"))


def report_page(rows: Sequence[Row], before: Sequence[Row] = ()) -> str:
    """The report of a run as HTML; with the rows of an earlier run, what changed since."""
    names = column_names(rows)
    title = ", ".join(names) or "Comparison"
    earlier = earlier_run(before, rows)
    shades = any(answer.get("evidence") for row in rows for answer in row.get("answers") or ())
    views = [view for view in _VIEWS if view[0] != "shades" or shades]
    choices = [*views, ("differing", "Only where they differ")]
    main = [
        question_section(number, row, old, earlier.columns)
        for number, (row, old) in enumerate(zip(rows, earlier.rows, strict=True), 1)
    ]
    style = Html(Path(__file__).with_name("report.css").read_text("utf-8"))
    head = tag(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", title),
        tag("style", style),
    )
    body = tag(
        "body",
        tag("header", tag("h1", title), *_about(rows)),
        *_totals(rows, names),
        *_sums(rows, names),
        *(_changes(rows, before, earlier) if before else ()),
        _what_is_claimed(rows),
        *(_choice(name, checked=name == "words") for name, _ in views),
        Html('<input class="view" type="checkbox" id="differing">'),
        tag("div", *(tag("label", said, for_=name) for name, said in choices), class_="views"),
        _legend() if shades else "",
        tag("main", *main),
    )
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def _choice(name: str, *, checked: bool) -> Html:
    state = " checked" if checked else ""
    return Html(f'<input class="view" type="radio" name="view" id="{name}"{state}>')


def _about(rows: Sequence[Row]) -> list[Html]:
    """The lines below the title."""
    said = filter(None, (_facts(rows), _made(rows)))
    return [tag("p", one, class_="facts") for one in said]


def _made(rows: Sequence[Row]) -> str:
    """When and with what: of the first row, since a run that goes on has the same settings."""
    row = next((row for row in rows if isinstance(row.get("made"), dict)), None)
    if row is None:
        return ""
    made = row["made"]
    sampling = made.get("sampling") or {}
    said = [str(made.get("at", ""))[:10]]
    said += [f"{name} {version}" for name, version in (made.get("versions") or {}).items()]
    seeds = {one.get("seed") for one in rows if "answers" in one}
    said.append(f"seed {next(iter(seeds))}" if len(seeds) == 1 else "a seed for each question")
    said.append(f"temperature {sampling.get('temperature')}")
    said.append(f"at most {sampling.get('max_tokens')} tokens")
    prints = (made.get("adapters") or {}).items()
    said += [f"{name} {content[:12]}" for name, content in prints if content]
    return " · ".join(filter(None, said))


def _facts(rows: Sequence[Row]) -> str:
    answered = [row for row in rows if "answers" in row]
    models = dict.fromkeys(str(a.get("model")) for row in answered for a in row["answers"])
    said = [", ".join(models), "1 question" if len(rows) == 1 else f"{len(rows)} questions"]
    if len(answered) < len(rows):
        said.append(f"{len(rows) - len(answered)} not answered")
    said.append(told_same(rows))
    proofs = [row["base_proof"] for row in answered if row.get("base_proof")]
    if proofs:
        holds = sum(bool(proof["holds"]) for proof in proofs)
        mark = "base ≡ bare model ✓" if holds == len(proofs) else "base is NOT the bare model"
        said.append(f"{mark} ({holds} of {len(proofs)} answers equal to the last bit)")
    return " · ".join(filter(None, said))


def _totals(rows: Sequence[Row], names: Sequence[str]) -> list[Html]:
    """What each column's answers add up to, and the 2 × 2 table of all of them."""
    parts = []
    if counted := totals(rows):
        cells = [one.cells for one in counted]
        said = [tuple(one.get(head, "–") for head in cells[0]) for one in cells]
        parts.append(table(tuple(cells[0]), said, caption="All answers of each column"))
    for name in names[1:]:
        if (read := readings(rows, name)) is not None:
            said = [(whose, *map(number_cell, numbers)) for whose, *numbers in read.rows]
            caption = "Perplexity over all of them; 1 is sure of every token"
            heads = ("read", "by base", f"by {name}", "mean KL")
            parts.append(table(heads, said, caption=caption, adapted=2))
    return parts


def _sums(rows: Sequence[Row], names: Sequence[str]) -> list[Html]:
    scored = ((name, column_scores(rows, name)) for name in names[1:])
    return [
        _score_table(scores, ("base", name), f"{name} against base")
        for name, scores in scored
        if scores
    ]


def _changes(rows: Sequence[Row], before: Sequence[Row], earlier: EarlierRun) -> list[Html]:
    """What became of each column since an earlier run."""
    parts = [tag("p", " ".join(earlier.sentences()), class_="note")] if earlier.sentences() else []
    for name in column_names(rows):
        scores = run_scores(before, rows, name)
        if scores:
            caption = f"{name}, before and now, same questions"
            parts.append(_score_table(scores, ("before", "now"), caption))
    return parts


def _what_is_claimed(rows: Sequence[Row]) -> Html:
    if not any(answer.get("checks") for row in rows for answer in row.get("answers") or ()):
        return Html("")
    said = (
        "Differences are paired by question; the interval is a 95 % bootstrap. Where it holds "
        "zero, or with fewer than six questions, nothing is claimed."
    )
    return tag("p", said, class_="note")


def _score_table(scores: Sequence[Score], names: tuple[str, str], caption: str) -> Html:
    rows = []
    for score in scores:
        low, high = score.paired.interval.low, score.paired.interval.high
        shown = [_shown(score, value) for value in (score.first, score.second)]
        gap = (
            f"{_signed(score, score.paired.mean)} ({_signed(score, low)} to {_signed(score, high)})"
        )
        verdict = tag("span", score.verdict or "–", class_="verdict")
        rows.append((score.measure.name, *shown, gap, str(score.paired.count), verdict))
    heads = ("", *names, "difference", "questions", "")
    return table(heads, rows, caption=caption, adapted=2)


def _shown(score: Score, value: float) -> str:
    return f"{value:.1%}" if score.measure.share else f"{value:.1f}"


def _signed(score: Score, value: float) -> str:
    return f"{value * 100:+.1f}" if score.measure.share else f"{value:+.1f}"


def _legend() -> Html:
    shown = [
        tag("span", f" {sign}{times} ", class_=f"{letter}{n}")
        for letter, sign in (("u", "×"), ("d", "÷"))
        for n, times in enumerate((2, 10, 100), 1)
    ]
    said = joined(
        [
            "Shading: how many times likelier (solid line) or less likely (dotted line) the "
            "adapter makes a token than the base does. ",
            joined(f"{one} " if not isinstance(one, Html) else joined([one, " "]) for one in shown),
        ]
    )
    return tag("p", said, class_="note legend")
