"""The pages name files, modules and commands that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.commands import all_commands

ROOT = Path(__file__).parents[1]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    ROOT / "models" / "tiny" / "README.md",
    ROOT / "adapters" / "mlx-docs" / "README.md",
]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    here = [link.partition("#")[0] for link in links if "://" not in link]
    assert [link for link in here if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_slash_command_in_a_block_is_one(page: Path) -> None:
    commands = all_commands()
    known = {*commands, *(alias for one in commands.values() for alias in one.aliases)}
    typed = re.findall(r"^(?:    )?/([a-z]+)\b(?!/)", page.read_text("utf-8"), re.M)
    assert [name for name in typed if name not in known] == []


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_module_that_is_named_exists(name: str) -> None:
    page = ROOT / name
    if not page.exists():
        pytest.skip("a source distribution has no pages")
    modules = set(re.findall(r"`([\w/]+\.(?:py|tcss))`", page.read_text("utf-8")))
    assert modules
    there = [
        f"/{file.relative_to(ROOT)}"
        for folder in ("assistant", "tests", "benchmarks", "docs")
        for file in (ROOT / folder).rglob("*.*")
    ]
    assert [one for one in modules if not any(path.endswith(f"/{one}") for path in there)] == []


def test_every_how_to_is_reached_from_the_first_page() -> None:
    pages = [page for page in PAGES if page.parent.name == "how-to"]
    first = (ROOT / "README.md").read_text("utf-8") if pages else ""
    assert [page.name for page in pages if f"docs/how-to/{page.name}" not in first] == []
