"""The models panel: what is here, what could be fetched, what fits; and how one is chosen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.commands import catalogue as catalogue_module
from assistant.commands.fetching import telling
from assistant.commands.job import Calculation
from assistant.engine.recommended import RECOMMENDED
from assistant.errors import ModelNotFound
from assistant.paths import Places
from assistant.rank.watch import Watch
from assistant.tui.panels import models as panel_module
from assistant.tui.panels.models import ModelsPanel
from tests.small_models import make_model
from tests.tui.stage import Stage, StagedEngine, chat

QWEN = "mlx-community/Qwen3-0.6B-4bit"


class Named(StagedEngine):
    """An engine whose model has the name it was opened by."""

    def __init__(self, model: str) -> None:
        super().__init__()
        self._model = model

    @property
    def info(self):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        return replace(super().info, model=self._model)


def by_name(model: str, places: Places) -> Named:
    return Named(model)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a model, and room for some of the recommended ones."""
    make_model(tmp_path / "models" / "mine")
    monkeypatch.setattr(catalogue_module, "_memory", lambda: (2_000_000_000, "memory"))
    return tmp_path


async def open_panel(stage: Stage) -> ModelsPanel:
    await stage.press("f4")
    await stage.until(
        lambda: stage.app.query(ModelsPanel) and stage.app.query_one(ModelsPanel).menu.entries
    )
    return stage.app.query_one(ModelsPanel)


async def test_it_shows_what_is_here_and_what_fits(home: Path) -> None:
    async with chat(home, size=(160, 60), open_engine=by_name) as stage:
        await open_panel(stage)
        await stage.sees("2 GB of memory free")
        await stage.sees("● tiny in use")
        await stage.sees("mine fits")
        await stage.sees("Qwen3-0.6B-4bit fits 596M, 4-bit · 335 MB on disk")
        await stage.sees("Qwen3-14B-4bit does not fit")


async def test_choosing_one_keeps_the_conversation(home: Path) -> None:
    async with chat(home, size=(160, 60), open_engine=by_name) as stage:
        await stage.ask("hello")
        panel = await open_panel(stage)
        panel.menu.mark("mine")
        await stage.press("enter")
        await stage.sees("mine answers from now on")
        assert stage.app.focused is stage.composer
        assert not stage.app.panels.display
        await stage.ask("and now")
        engine = stage.session.engine
        assert isinstance(engine, Named)
        assert engine.requests[-1].messages[0]["content"] == "hello"


async def test_one_that_does_not_fit_is_refused_in_place(home: Path) -> None:
    async with chat(home, size=(160, 60), open_engine=by_name) as stage:
        panel = await open_panel(stage)
        panel.menu.mark("mlx-community/Qwen3-14B-4bit")
        await stage.press("enter")
        await stage.sees("it needs 9.7 GB and 2 GB of memory are free.")
        assert stage.session.engine.info.model == "tiny"


def slow_fetch(gate: threading.Event) -> Callable[[str], Calculation[Path]]:
    def fetching(repository: str) -> Calculation[Path]:
        def work(watch: Watch) -> Path:
            tell = telling(watch, repository)
            while not gate.wait(0.02):
                tell(120_000_000, 335_000_000)
            return Path("/")

        return Calculation(work, verb="")

    return fetching


async def test_fetching_shows_a_bar_and_esc_stops_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(panel_module, "fetching_model", slow_fetch(gate))
    async with chat(home, size=(100, 50), open_engine=by_name) as stage:
        panel = await open_panel(stage)
        panel.menu.mark(QWEN)
        await stage.press("f")
        await stage.sees("━ 36% Fetching mlx-community/Qwen3-0.6B-4bit: 120 MB of 335 MB")
        await stage.press("escape")
        await stage.sees("stopped")
        await stage.press("f")
        await stage.sees("36%")
        gate.set()
        await stage.sees("is here. Enter answers with it.")


async def test_a_download_that_fails_is_said_in_place(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(repository: str) -> Calculation[Path]:
        def work(watch: Watch) -> Path:
            raise ModelNotFound("It could not be fetched: no [red]network.", "Check the network.")

        return Calculation(work)

    monkeypatch.setattr(panel_module, "fetching_model", failing)
    async with chat(home, size=(80, 24), open_engine=by_name) as stage:
        panel = await open_panel(stage)
        panel.menu.mark(QWEN)
        await stage.press("f")
        await stage.sees("It could not be fetched: no [red]network. Check the network.")


async def test_model_without_words_opens_it(home: Path) -> None:
    async with chat(home, open_engine=by_name) as stage:
        await stage.ask("/model")
        await stage.until(lambda: stage.app.focused is stage.app.query_one(ModelsPanel).menu)
        await stage.press("f3")
        await stage.until(lambda: not stage.app.query_one(ModelsPanel).display)


def test_the_sizes_of_the_recommended_follow_from_their_parameters() -> None:
    for one in RECOMMENDED:
        assert one.repository.startswith("mlx-community/")
        assert one.bytes == pytest.approx(one.parameters * 4.5 / 8, rel=0.01)
    assert sorted(RECOMMENDED, key=lambda one: one.parameters) == list(RECOMMENDED)


async def test_of_a_server_it_shows_what_that_has(home: Path) -> None:
    class Elsewhere(Named):
        @property
        def info(self):  # type: ignore[no-untyped-def]
            from dataclasses import replace

            return replace(super().info, server="host:1", served=("tiny", "owner/big"))

    async with chat(home, size=(160, 60), open_engine=lambda m, p: Elsewhere(m)) as stage:
        panel = await open_panel(stage)
        await stage.sees("on host:1")
        assert [entry.name for entry in panel.menu.entries] == ["tiny", "owner/big"]
        panel.menu.mark("owner/big")
        await stage.press("f")
        await stage.sees("owner/big is on host:1.")
        assert "does not fit" not in stage.screen


def strange_models(home: Path) -> None:
    """A link that leads nowhere, as caches that were pruned have, and a config without an end."""
    for name, config in (("dangling", "{}"), ("nested", "[" * 100_000)):
        folder = home / "models" / name
        folder.mkdir()
        (folder / "config.json").write_text(config)
        (folder / "model.safetensors").symlink_to("/nowhere/blob")


async def test_strange_folders_stand_in_the_list_and_end_nothing(home: Path) -> None:
    strange_models(home)
    async with chat(home, size=(160, 60), open_engine=by_name) as stage:
        panel = await open_panel(stage)
        assert {"dangling", "mine", "nested"} <= {entry.name for entry in panel.menu.entries}
        await stage.sees("nested")
        await stage.press("escape")
        await stage.type("/model ne")
        await stage.sees("unreadable config.json")
        await stage.ask("/model list")
        await stage.sees("dangling")


async def test_a_fault_while_it_looks_is_said_and_written_down(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: object) -> None:
        raise ZeroDivisionError("no [red]foresight")

    monkeypatch.setattr(panel_module, "catalogue_of", broken)
    async with chat(home, size=(160, 60), open_engine=by_name) as stage:
        await stage.press("f4")
        await stage.sees("Something went wrong inside the program (ZeroDivisionError: no [red]")
        assert "ZeroDivisionError" in (home / "errors.log").read_text()
        await stage.press("escape", "escape")
        await stage.ask("the chat goes on")
        await stage.sees("You said: the chat goes on")
