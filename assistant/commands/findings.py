"""What there is to say about a comparison once its answers have ended, as blocks.

First what everybody wants to know, in lines; then what takes a second look, in folds. It refuses
to know how any of it is computed and how blocks are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.commands.blocks import (
    Block,
    Fold,
    Marked,
    Notice,
    Preformatted,
    Problem,
    Shade,
    Table,
)
from assistant.commands.blocks import Column as ShownColumn
from assistant.commands.remarks import partings
from assistant.compare import Comparison, Evidence, Pair, gather, label, marked, word_difference
from assistant.compare.checks import Checks, check
from assistant.compare.proof import BaseProof, prove_base
from assistant.engine.protocol import Engine
from assistant.errors import AssistantError, NotOnServer, ScoringStopped

MOST_TOKENS = 8
"""Tokens named as those that changed most."""


def findings(
    engine: Engine, comparison: Comparison, *, evidence: bool, run_code: bool
) -> tuple[list[Block], Evidence | None]:
    """The blocks, and the evidence behind them where it was gathered."""
    blocks = partings(comparison)
    ends = comparison.ended
    if ends is None or comparison.stopped or not evidence:
        return blocks, None

    def stop() -> bool:
        return comparison.stopped

    tokens = [finish.tokens for finish in ends]
    found: Evidence | None = None
    proof: BaseProof | None = None
    left_out: list[Block] = []
    try:
        found = gather(engine, comparison.messages, comparison.columns, tokens, stop=stop)
        proof = prove_base(engine, comparison.messages, comparison.columns, tokens[0], stop=stop)
    except NotOnServer as error:
        left_out = [Notice(str(error))]
    except ScoringStopped:
        return [*blocks, Notice("Reading the answers again was stopped.")], None
    except AssistantError as error:  # the model or an adapter has gone, or memory is short
        return [*blocks, Problem.of(error)], None
    names = [label(adapters) for adapters in comparison.columns]
    checks = [check(finish.text, run=run_code) for finish in ends]
    blocks += [*proof_notice(proof), *left_out]
    blocks.append(Fold("checks", (checks_table(names, checks), *_failures(names, checks))))
    for number in range(1, len(names)):
        beside = f": {names[number]}" if len(names) > 2 else ""
        text = marked(word_difference(ends[0].text, ends[number].text))
        if not comparison.agreement(number).same:
            difference = Preformatted(text or "(both empty)")
            blocks.append(Fold(f"difference{beside}", (difference,)))
        if found is not None:
            told = evidence_blocks(names[number], found.pairs[number - 1])
            blocks.append(Fold(f"evidence{beside}", tuple(told)))
    return blocks, found


def proof_notice(proof: BaseProof | None) -> list[Block]:
    """The mark that base is base."""
    if proof is None:
        return []
    tokens = "1 token" if proof.tokens == 1 else f"{proof.tokens} tokens"
    if proof.holds:
        text = f"base ≡ bare model: {tokens} read beside the adapter, equal to the last bit."
        return [Notice(text, "good")]
    return [
        Notice(
            f"The base column is not the bare model: its log-probabilities differ by up to "
            f"{proof.largest_gap:.2g} over {tokens}. Please report it.",
            "warning",
        )
    ]


def checks_table(names: Sequence[str], checks: Sequence[Checks]) -> Table:
    """A row for each column: what can be told without a judge."""
    runs = any(one.ran is not None for one in checks)
    heads = ["", "words", "repeated", "MLX calls that exist", "code that parses"]
    rows = []
    for name, one in zip(names, checks, strict=True):
        row = [
            name,
            str(one.words),
            f"{one.repetition:.0%}",
            _of(one.calls - len(one.missing), one.calls),
            _of(one.parsed, one.blocks),
        ]
        rows.append((*row, _of(one.ran or 0, one.blocks)) if runs else tuple(row))
    return Table((*heads, "code that runs") if runs else tuple(heads), tuple(rows), accent=None)


def _of(good: int, all_of_them: int) -> str:
    return f"{good} of {all_of_them}" if all_of_them else "none"


def _failures(names: Sequence[str], checks: Sequence[Checks]) -> list[Block]:
    blocks: list[Block] = []
    for name, one in zip(names, checks, strict=True):
        if one.missing:
            blocks.append(Notice(f"{name}: MLX has no {', '.join(dict.fromkeys(one.missing))}."))
        blocks += [Notice(f"{name}: its code failed: {said}") for said in one.failures]
    return blocks


def evidence_blocks(name: str, pair: Pair) -> list[Block]:
    """The parting's likeliest tokens, the 2 × 2 table, and the tokens that changed most."""
    blocks: list[Block] = []
    if pair.parting is not None:
        title = f"At token {pair.parting.index + 1}, what each would most likely say"
        rows = tuple(
            (quoted(b.text), f"{b.probability:.1%}", quoted(a.text), f"{a.probability:.1%}")
            for b, a in zip(pair.parting.base, pair.parting.adapted, strict=True)
        )
        blocks.append(Table(("base", "p", name, "p "), rows, title))
    (a, b), (c, d) = pair.table
    rows2 = (
        ("the answer of base", _number(a), _number(b), _number(pair.base.mean_kl)),
        (f"the answer of {name}", _number(c), _number(d), _number(pair.own.mean_kl)),
    )
    title = "Perplexity: each answer read by each model; 1 is sure of every token"
    blocks.append(Table(("", "by base", f"by {name}", "mean KL"), rows2, title))
    tokens = sorted(enumerate(pair.own.tokens, 1), key=lambda one: -abs(one[1].shift))
    changed = [(n, token) for n, token in tokens if token.shift != 0][:MOST_TOKENS]
    if changed:
        rows3 = tuple((str(n), quoted(t.text), factor(t.shift), f"{t.kl:.3g}") for n, t in changed)
        title = f"Tokens of {name} that the adapter made likelier or less likely, most first"
        blocks.append(Table(("token", "text", "likelier by", "KL"), rows3, title))
    return blocks


def marks(comparison: Comparison, evidence: Evidence | None) -> list[Marked]:
    """For each column what can be marked in it; the base beside the first adapted one."""
    ends = comparison.ended
    if ends is None:
        return []
    columns: Sequence[Mapping[str, float]] = comparison.columns
    marked_columns: list[Marked] = []
    for row, adapters in enumerate(columns):
        other = ends[row or 1].text
        spans = word_difference(ends[0].text, other)
        words = tuple((span.right if row else span.left, span.same) for span in spans)
        shades: tuple[Shade, ...] = ()
        if evidence is not None:
            reading = evidence.pairs[row - 1].own if row else evidence.pairs[0].base
            shades = tuple(Shade(t.text, t.shift, t.kl) for t in reading.tokens)
        shown = ShownColumn(label(adapters), adapters)
        marked_columns.append(Marked(shown, tuple(w for w in words if w[0]), shades))
    return marked_columns


def factor(shift: float) -> str:
    """A difference of logarithms as people say it: ×7.4, or ÷20."""
    import math

    size = math.exp(min(abs(shift), 60.0))
    shown = f"{size:.3g}" if size < 1000 else f"{size:.0e}".replace("e+0", "e").replace("e+", "e")
    return f"{'×' if shift >= 0 else '÷'}{shown}"


def quoted(text: str) -> str:
    """A token between quotes, so that its spaces and line breaks can be seen."""
    shown = (
        text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    )
    return f"‘{shown}’" if text else "(the end)"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if value < 1e6 else f"{value:.0e}"
