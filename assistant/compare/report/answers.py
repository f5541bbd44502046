"""One question of the report: its answers side by side, marked, checked and read by each model.

It refuses to know the page around it and where rows come from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from assistant.compare.bars import kl_bars
from assistant.compare.report.markup import Html, joined, number_cell, table, tag
from assistant.compare.runs import answer_of
from assistant.compare.scores import checks_of
from assistant.compare.words import word_difference

LEVELS = (math.log(2), math.log(10), math.log(100))
"""From where a token is shaded, more, and most: twice, ten and a hundred times as likely."""

Row = Mapping[str, Any]


def question_section(
    number: int, row: Row, before: Row | None, counterparts: Mapping[str, str]
) -> Html:
    """A question with all that is known of its answers; `before` is its row in an earlier run,
    whose columns are named by `counterparts`."""
    head = tag("h2", tag("span", f"{number}", class_="number"), str(row.get("prompt", "")))
    if "answers" not in row:
        error = row.get("error") or {}
        said = f"{error.get('message', 'It was not answered.')} {error.get('hint', '')}".strip()
        return tag("section", head, tag("p", said, class_="problem"))
    answers: Sequence[Row] = row["answers"]
    base = answers[0]
    columns = [_base_column(base, answers[1] if len(answers) > 1 else None)]
    columns += [_adapted_column(base, answer) for answer in answers[1:]]
    more = [_evidence(answer) for answer in answers[1:]]
    if before is not None and "answers" in before:
        more.append(_changes(before, row, counterparts))
    alike = all(answer.get("text") == base.get("text") for answer in answers)
    beside = tag("div", *columns, class_="columns")
    return tag("section", head, beside, *filter(None, more), class_="alike" if alike else None)


def level(shift: float) -> str:
    """The class of a token: u1 to u3 where the adapter makes it likelier, d1 to d3 where less."""
    strength = sum(abs(shift) >= edge for edge in LEVELS)
    return f"{'u' if shift > 0 else 'd'}{strength}" if strength else ""


def _base_column(base: Row, other: Row | None) -> Html:
    spans = word_difference(base["text"], other["text"]) if other is not None else ()
    words = [(span.left, span.same) for span in spans] or [(base["text"], True)]
    evidence = (other or {}).get("evidence")
    tokens = evidence["base_answer"]["tokens"] if evidence else ()
    return _column(base, words, tokens, adapted=False)


def _adapted_column(base: Row, answer: Row) -> Html:
    spans = word_difference(base["text"], answer["text"])
    words = [(span.right, span.same) for span in spans] or [(answer["text"], True)]
    evidence = answer.get("evidence")
    return _column(
        answer, words, evidence["own_answer"]["tokens"] if evidence else (), adapted=True
    )


def _column(
    answer: Row, words: Sequence[tuple[str, bool]], tokens: Sequence[Row], *, adapted: bool
) -> Html:
    parts = [tag("h3", _title(answer), class_="adapted" if adapted else None)]
    if tokens:
        parts.append(tag("div", *map(_token, tokens), _bars(tokens), class_="said tokens"))
    marked = joined(text if same else _marked(text) for text, same in words)
    parts.append(tag("div", marked, class_="said text"))
    parts.append(tag("p", _told(answer), class_="note"))
    return tag("div", *parts, class_="answer adapted-answer" if adapted else "answer")


def _marked(text: str) -> Html:
    """A stretch that differs; white space after it is no part of the difference."""
    core = text.rstrip()
    return joined([tag("mark", core) if core else "", text[len(core) :]])


def _title(answer: Row) -> str:
    """Name and strengths, always both."""
    adapters = answer.get("adapters") or []
    if not adapters:
        return str(answer.get("name", "base"))
    return " + ".join(f"{one['name']} ×{one['scale']:.3g}" for one in adapters)


def _token(token: Row) -> Html:
    shift = token["adapted"] - token["base"]
    times = math.exp(min(abs(shift), 60.0))
    title = f"{'×' if shift >= 0 else '÷'}{times:.3g}, KL {token['kl']:.3g}"
    return tag("span", token["text"], class_=level(shift) or None, title=title)


def _bars(tokens: Sequence[Row]) -> Html:
    """KL of each token below the text, for readers without a pointer to hover with."""
    divergences = [float(token["kl"]) for token in tokens]
    said = f"KL {kl_bars(divergences)} mean {fmean(divergences):.2g}"
    return tag("div", said, class_="bars")


def _told(answer: Row) -> str:
    """What can be told without a judge, in a line."""
    checks = checks_of(answer)
    if checks is None:
        return _ending(answer)
    said = [f"{checks.words} words"]
    if checks.calls:
        said.append(f"MLX calls {checks.calls - len(checks.missing)} of {checks.calls} exist")
    if checks.missing:
        said.append(f"MLX has no {', '.join(dict.fromkeys(checks.missing))}")
    if checks.blocks:
        said.append(f"code {checks.parsed} of {checks.blocks} parses")
    if checks.blocks and checks.ran is not None:
        said.append(f"{checks.ran} of {checks.blocks} runs")
    said += checks.failures
    if checks.repetition >= 0.1:
        said.append(f"{checks.repetition:.0%} repeated")
    return " · ".join(filter(None, [*said, _ending(answer)]))


def _ending(answer: Row) -> str:
    return "cut off at its longest" if answer.get("finish_reason") == "length" else ""


def _evidence(answer: Row) -> Html:
    evidence = answer.get("evidence")
    if not evidence:
        return Html("")
    name = _title(answer)
    base, own = evidence["base_answer"], evidence["own_answer"]
    rows = [
        ("the answer of base", *map(number_cell, _readings(base))),
        (f"the answer of {name}", *map(number_cell, _readings(own))),
    ]
    heads = ("read", "by base", f"by {name}", "mean KL")
    parts = [table(heads, rows, caption="Perplexity; 1 is sure of every token", adapted=2)]
    parting = evidence.get("parting")
    if parting:
        tops = [
            (
                _quoted(b["text"]),
                f"{b['probability']:.1%}",
                _quoted(a["text"]),
                f"{a['probability']:.1%}",
            )
            for b, a in zip(parting["base"], parting["adapted"], strict=False)
        ]
        caption = f"At token {parting['index'] + 1} they part. What each would most likely say"
        heads = ("base", "", name, "")
        parts.append(table(heads, tops, caption=caption, adapted=2, texts=(0, 2)))
        summary = f"{name}: parts from base at token {parting['index'] + 1}"
    else:
        summary = f"{name}: the same as base, token for token"
    return tag("details", tag("summary", summary), *parts)


def _readings(reading: Row) -> tuple[float | None, float | None, float | None]:
    return reading["base_perplexity"], reading["adapted_perplexity"], reading["mean_kl"]


def _changes(before: Row, after: Row, counterparts: Mapping[str, str]) -> Html:
    """What answers of the same columns said in an earlier run."""
    parts = []
    alike = 0
    for answer in after["answers"]:
        old = answer_of(before, counterparts.get(str(answer.get("name")), ""))
        if old is None:
            continue
        if old["text"] == answer["text"]:
            alike += 1
            continue
        spans = word_difference(old["text"], answer["text"])
        said = joined(s.left if s.same else _marked(s.left) for s in spans if s.left)
        parts.append(tag("h3", f"{_title(old)}, before"))
        parts.append(tag("div", said, class_="said"))
        parts.append(tag("p", _told(old), class_="note"))
    if not alike and not parts:
        return Html("")
    if not parts:
        return tag("p", "Every answer is what it was before.", class_="note")
    return tag("details", tag("summary", "What it said before"), *parts)


def _quoted(text: str) -> str:
    shown = text.replace("\n", "\\n").replace("\t", "\\t")
    return f"‘{shown}’"
