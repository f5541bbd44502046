"""The ranks of an adapter in words: how many of its directions it really uses.

This module chooses the sentences; it refuses to know how ranks are found and files are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..explanation import Bar, Bars, Part, Prose, Section, Table
from ..watch import Watch
from ..words import count, measured
from .ranks import AdapterRanks, ModuleRank, adapter_ranks

_ROWS_UP_TO = 200
_MOST = 0.99  # the share of the energy that is called "nearly all"


@dataclass(frozen=True)
class AdapterExplanation:
    """The same shape as an Explanation: headline, reasons, checks, sections; and the numbers."""

    headline: str
    reasons: tuple[str, ...]
    sections: tuple[Section, ...]
    ranks: AdapterRanks
    checks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For --json: one object for each module."""
        return {
            "path": str(self.ranks.path),
            "format": self.ranks.kind,
            "headline": self.headline,
            "modules": [module.to_dict() for module in self.ranks.modules],
            "others": list(self.ranks.others),
        }


def explain_adapter(
    path: str | Path,
    *,
    module: str = "",
    base: str | Path | None = None,
    watch: Watch | None = None,
) -> AdapterExplanation:
    """What rank the adapter's changes really have; arguments and errors as in adapter_ranks."""
    ranks = adapter_ranks(path, module=module, base=base, watch=watch)
    if len(ranks.modules) == 1:
        return _one(ranks, ranks.modules[0])
    return _many(ranks)


def _one(ranks: AdapterRanks, module: ModuleRank) -> AdapterExplanation:
    height, width = module.shape
    used = f"uses {module.rank} of its {count(module.stored_rank, 'direction')}"
    if module.rank == module.stored_rank:
        used = f"uses all its {count(module.stored_rank, 'direction')}"
    if not module.rank:
        used = "changes nothing: one of its factors is all zeros, as before training"
    headline = f"ΔW of {module.module} ({height} × {width}) {used}."
    return AdapterExplanation(
        headline,
        _reasons(ranks, (module,)),
        (_bars(module), _thrift(module), *_notes(ranks)),
        ranks,
    )


def _many(ranks: AdapterRanks) -> AdapterExplanation:
    modules = ranks.modules
    used, stored = sum(m.rank for m in modules), sum(m.stored_rank for m in modules)
    amount = f"{len(modules)} weights"
    if not used:
        headline = f"The adapter changes {amount} by nothing: it has not been trained."
    elif used == stored:
        headline = f"The adapter changes {amount} and uses all {stored:,} of its directions."
    else:
        headline = f"The adapter changes {amount} and uses {used:,} of its {stored:,} directions."
    strongest = max(modules, key=lambda m: m.singular_values[0] if m.singular_values else 0.0)
    table = Section("Every weight", "simple", (_table(modules),))
    sections = (table, _bars(strongest), _thrift(strongest), *_notes(ranks))
    return AdapterExplanation(headline, _reasons(ranks, modules), sections, ranks)


def _reasons(ranks: AdapterRanks, modules: tuple[ModuleRank, ...]) -> tuple[str, ...]:
    lines = []
    needed = sum(m.directions_for(_MOST) for m in modules)
    stored = sum(m.stored_rank for m in modules)
    if needed and needed < stored:
        hold = "holds" if needed == 1 else "hold"
        lines.append(
            f"{needed:,} of the {stored:,} directions {hold} 99 % of the change (its energy, Σσ²)."
        )
    sizes = [m.relative_size for m in modules if m.relative_size is not None]
    if sizes:
        mean = sum(sizes) / len(sizes)
        lines.append(
            f"Beside the base weights the change is {_how_large(mean)}: ‖ΔW‖ is {mean:.1%} of ‖W‖."
        )
    if any(m.scale is None for m in modules):
        lines.append("No file says the adapter’s scale, so 1 was taken; ranks do not depend on it.")
    return tuple(lines)


def _how_large(share: float) -> str:
    """A word for ‖ΔW‖ / ‖W‖ (Frobenius norms)."""
    if share < 0.05:
        return "small"
    return "moderate" if share < 0.25 else "large"


def _table(modules: tuple[ModuleRank, ...]) -> Table:
    sized = any(module.relative_size is not None for module in modules)
    head = ("weight", "shape", "r", "rank used", "σ1", "for 99 %")
    rows: list[tuple[str, ...]] = []
    for module in modules[:_ROWS_UP_TO]:
        largest = measured(module.singular_values[0]) if module.singular_values else "0"
        size = f"{module.shape[0]} × {module.shape[1]}"
        used, most = str(module.rank), str(module.directions_for(_MOST))
        relative = "" if module.relative_size is None else f"{module.relative_size:.2%}"
        row = (module.module, size, str(module.stored_rank), used, largest, most)
        rows.append((*row, relative) if sized else row)
    return Table((*head, "‖ΔW‖ / ‖W‖") if sized else head, tuple(rows))


def _bars(module: ModuleRank) -> Section:
    bars = tuple(
        Bar(f"σ{number}", value, value > module.threshold)
        for number, value in enumerate(module.singular_values, 1)
    )
    text = (
        f"How strongly each direction of {module.module} pushes. They come from the small"
        f" {module.stored_rank} × {module.stored_rank} core of the two factors; those above"
        f" {measured(module.threshold)} count (NumPy’s rule in single precision)."
    )
    return Section("Singular values", "full", (Prose(text), Bars(bars, module.threshold)))


def _thrift(module: ModuleRank) -> Section:
    height, width = module.shape
    thin, dense = module.stored_rank * (height + width), height * width
    parts: list[Part] = [
        Prose(
            f"The factors store r·(m + n) = {module.stored_rank}·({height} + {width}) = {thin:,}"
            f" numbers instead of m·n = {dense:,}, {thin / dense:.1%} of them."
        )
    ]
    spare = module.stored_rank - module.directions_for(_MOST)
    if spare > 0 and module.rank:
        least = module.directions_for(_MOST)
        parts.append(Prose(f"With r = {least} it would keep {module.share(least):.1%} of ΔW."))
    return Section("What the rank saves", "full", tuple(parts))


def _notes(ranks: AdapterRanks) -> tuple[Section, ...]:
    if not ranks.others:
        return ()
    text = "The file also holds " + "; ".join(ranks.others) + "."
    return (Section("Also in the file", "simple", (Prose(text),)),)
