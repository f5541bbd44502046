"""The adapters panel: what it shows, and what its keys and the mouse do to the next answer."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual import events

import tests.fakes as fakes
from assistant.commands import Session
from assistant.commands.shelf import Shelved
from assistant.engine.types import AdapterInfo
from assistant.errors import AdapterMismatch
from assistant.paths import Places
from assistant.tui.panels import adapters as panel_module
from assistant.tui.panels.adapters import AdaptersPanel
from assistant.tui.panels.slider import LEAST, MOST
from tests.fakes import FakeEngine
from tests.small_models import make_adapter
from tests.tui.stage import Stage, StagedEngine, chat


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with two whole adapters and a half-copied one, and an empty current folder."""
    for name in ("mlx-docs", "pirate", "half"):
        make_adapter(tmp_path / "adapters" / name)
    (tmp_path / "adapters" / "half" / "adapters.safetensors").unlink()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path


async def open_panel(stage: Stage) -> AdaptersPanel:
    await stage.press("f3")
    await stage.until(lambda: stage.app.query(AdaptersPanel) and panel_of(stage).menu.entries)
    return panel_of(stage)


def panel_of(stage: Stage) -> AdaptersPanel:
    return stage.app.query_one(AdaptersPanel)


async def ask(stage: Stage, text: str) -> None:
    stage.composer.focus()
    await stage.ask(text)


async def load(stage: Stage, name: str) -> None:
    panel_of(stage).menu.mark(name)
    await stage.press("enter")
    await stage.until(lambda: name in stage.session.in_use)
    await stage.sees(f"{name} answers from the next message on.")


async def test_it_lists_what_is_in_the_folders_with_what_they_are_made_of(home: Path) -> None:
    async with chat(home, size=(160, 48)) as stage:
        await open_panel(stage)
        await stage.sees("mlx-docs yours")
        await stage.sees("rank 4")
        await stage.sees("half broken")
        await stage.sees("the base model answers")


async def test_enter_loads_one_and_the_next_answer_is_made_with_it(home: Path) -> None:
    async with chat(home, ["one", "two"], size=(160, 48)) as stage:
        await open_panel(stage)
        await load(stage, "mlx-docs")
        await stage.type("hi")
        assert stage.composer.text == "hi"
        await stage.press("enter")
        await stage.settle()
        assert stage.engine.requests[-1].adapters == {"mlx-docs": 1.0}


async def test_the_arrows_weigh_it_and_one_is_as_trained(home: Path) -> None:
    async with chat(home, size=(160, 48)) as stage:
        await open_panel(stage)
        await load(stage, "mlx-docs")
        await stage.press("left", "left", "shift+right")
        assert stage.session.in_use == {"mlx-docs": pytest.approx(0.81)}
        await stage.sees("mlx-docs ×0.81")
        await stage.press("1")
        assert stage.session.in_use == {"mlx-docs": 1.0}


async def test_a_change_while_an_answer_streams_is_for_the_next_one(home: Path) -> None:
    async with chat(home, ["one two three four", "next"], size=(160, 48)) as stage:
        await open_panel(stage)
        await load(stage, "mlx-docs")
        stage.engine.hold_after(2)
        stage.composer.focus()
        await stage.send("question")
        await stage.until(stage.engine.pause.is_set)
        await stage.press("f3", "left")
        assert stage.session.in_use == {"mlx-docs": pytest.approx(0.9)}
        stage.engine.pause.clear()
        await stage.settle()
        await ask(stage, "another")
        assert [r.adapters["mlx-docs"] for r in stage.engine.requests] == [
            1.0,
            pytest.approx(0.9),
        ]


async def test_several_stand_as_a_stack_and_o_leaves_one_of_them(home: Path) -> None:
    async with chat(home, size=(160, 48)) as stage:
        panel = await open_panel(stage)
        await load(stage, "mlx-docs")
        await load(stage, "pirate")
        await stage.sees("answering, added up on the base")
        await stage.sees("mlx-docs ×1 + pirate ×1")
        await stage.press("o")
        assert stage.session.in_use == {"pirate": 1.0}
        await stage.sees("loaded, at rest")
        await stage.press("b")
        assert stage.session.in_use == {}
        assert [a.name for a in stage.engine.adapters()] == ["mlx-docs", "pirate"]
        panel.menu.mark("mlx-docs")
        await stage.press("u")
        await stage.sees("mlx-docs is off the model.")
        assert [a.name for a in stage.engine.adapters()] == ["pirate"]


async def test_one_that_rested_comes_back_as_strong_as_it_was(home: Path) -> None:
    async with chat(home, size=(160, 48)) as stage:
        await open_panel(stage)
        await load(stage, "mlx-docs")
        await stage.press("left", "left", "enter")
        assert stage.session.in_use == {}
        await stage.press("enter")
        assert stage.session.in_use == {"mlx-docs": pytest.approx(0.8)}


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_mouse_drags_the_slider(home: Path, size: tuple[int, int]) -> None:
    async with chat(home, size=size) as stage:
        panel = await open_panel(stage)
        await load(stage, "mlx-docs")
        await stage.pilot.pause(0.2)
        width = panel.menu.content_size.width
        await stage.pilot.mouse_down(panel.menu, offset=(width - 1, 1))
        await stage.until(lambda: stage.session.in_use == {"mlx-docs": MOST})
        await stage.pilot.hover(panel.menu, offset=(width - 40, 1))
        await stage.pilot.mouse_up(panel.menu, offset=(width - 40, 1))
        await stage.press("home")
        assert stage.session.in_use["mlx-docs"] <= MOST


async def test_a_refusal_stands_in_the_panel_with_its_hint(home: Path) -> None:
    class Fussy(StagedEngine):
        def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
            raise AdapterMismatch("It has [b]q_proj[/b] of 64.", "It was made for another model.")

    async with chat(home, size=(100, 40), open_engine=lambda m, p: Fussy()) as stage:
        panel = await open_panel(stage)
        panel.menu.mark("pirate")
        await stage.press("enter")
        await stage.sees("It has [b]q_proj[/b] of 64. It was made for another model.")
        assert stage.session.in_use == {}
        await stage.press("escape")
        await stage.until(lambda: "q_proj[/b]" not in stage.screen)
        assert stage.app.panels.display
        await stage.press("escape")
        await stage.until(lambda: not stage.app.panels.display)
        assert stage.app.focused is stage.composer


async def test_a_broken_folder_says_why_and_is_not_loaded(home: Path) -> None:
    async with chat(home, size=(160, 48)) as stage:
        panel = await open_panel(stage)
        panel.menu.mark("half")
        await stage.press("enter")
        await stage.sees("adapters.safetensors is missing. Copy or train it again.")


async def test_what_is_chosen_while_the_model_is_opened_is_loaded_then(home: Path) -> None:
    gate = threading.Event()
    engine = FakeEngine()

    def slowly(model: str, places: Places) -> FakeEngine:
        gate.wait(20)
        return engine

    async with chat(home, size=(160, 48), open_engine=slowly, opened=False) as stage:
        panel = await open_panel(stage)
        panel.menu.mark("mlx-docs")
        await stage.press("enter")
        await stage.sees("mlx-docs is loaded once the model is there.")
        await stage.press("f3")
        gate.set()
        await stage.until(lambda: stage.session.in_use == {"mlx-docs": 1.0})


async def test_esc_takes_back_what_waits_for_the_model(home: Path) -> None:
    gate = threading.Event()

    def slowly(model: str, places: Places) -> FakeEngine:
        gate.wait(20)
        return FakeEngine()

    async with chat(home, size=(160, 48), open_engine=slowly, opened=False) as stage:
        panel = await open_panel(stage)
        panel.menu.mark("mlx-docs")
        await stage.press("enter")
        await stage.sees("once the model is there")
        await stage.press("escape")
        await stage.until(lambda: "once the model" not in stage.screen)
        gate.set()
        await stage.settle()
        panel.on_tick()
        assert stage.session.engine.adapters() == []


async def test_esc_stops_what_is_under_way(home: Path) -> None:
    gate = threading.Event()

    class Slow(StagedEngine):
        def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
            gate.wait(20)
            return super().load_adapter(ref, name=name)

    engine = Slow()
    async with chat(home, size=(160, 48), open_engine=lambda m, p: engine) as stage:
        await open_panel(stage)
        await stage.press("enter")
        await stage.sees("Loading mlx-docs · Esc stops")
        await stage.press("escape")
        await stage.sees("stopped")
        gate.set()
        await stage.until(lambda: not engine.adapters() and not stage.session.in_use)


async def test_a_folder_elsewhere_is_added_by_its_path(home: Path) -> None:
    async with chat(home, size=(160, 48)) as stage:
        await open_panel(stage)
        await stage.press("a")
        await stage.type("nowhere")
        await stage.press("enter")
        await stage.sees("There is no adapter 'nowhere'.")


async def test_the_command_without_words_opens_it_and_typed_commands_show_in_it(
    home: Path,
) -> None:
    async with chat(home, size=(160, 48)) as stage:
        await stage.ask("/adapter")
        await stage.until(lambda: stage.app.focused is panel_of(stage).menu)
        await ask(stage, "/adapter load pirate=0.5")
        await stage.sees("● pirate ×0.50")


async def test_a_new_folder_is_there_after_r(home: Path) -> None:
    async with chat(home, size=(160, 48)) as stage:
        await open_panel(stage)
        shutil.copytree(home / "adapters" / "pirate", home / "adapters" / "[red]new")
        await stage.press("r")
        await stage.sees("[red]new")


async def test_it_stands_beside_a_wide_chat_and_below_a_narrow_one(home: Path) -> None:
    async with chat(home, size=(160, 48)) as stage:
        panel = await open_panel(stage)
        transcript = stage.app.transcript
        assert panel.region.x > transcript.region.right - 2
        await stage.pilot.resize_terminal(80, 24)
        await stage.until(lambda: panel.region.y >= transcript.region.bottom)
        assert transcript.region.height >= 4
        assert "Esc back" in stage.screen


async def test_a_fault_while_it_looks_is_said_and_written_down_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: object) -> None:
        raise RecursionError("no foresight")

    async with chat(home, size=(160, 48)) as stage:
        await open_panel(stage)
        monkeypatch.setattr(panel_module, "shelf", broken)
        await ask(stage, "/adapter load pirate")
        await stage.sees("Something went wrong inside the program (RecursionError: no foresight).")
        await stage.pilot.pause(0.5)
        assert (home / "errors.log").read_text().count("RecursionError: no foresight") == 1


async def test_a_drag_that_began_beside_the_slider_moves_nothing(home: Path) -> None:
    async with chat(home, size=(100, 40)) as stage:
        panel = await open_panel(stage)
        await load(stage, "mlx-docs")
        await stage.pilot.pause(0.2)
        menu, width = panel.menu, panel.menu.content_size.width

        async def drag(x: int, y: int, to: int) -> None:
            await stage.pilot.mouse_down(menu, offset=(x, y))
            await stage.pilot._post_mouse_events([events.MouseMove], menu, (to, y), button=1)
            await stage.pilot.mouse_up(menu, offset=(to, y))
            await stage.pilot.pause()

        for x, y in ((6, 1), (10, 2), (width - 1, 2)):
            await drag(x, y, x - 1)
            await drag(x, y, width - 20)
            assert stage.session.in_use == {"mlx-docs": 1.0}
        await drag(width - 1, 1, width - 90)
        assert stage.session.in_use == {"mlx-docs": LEAST}, "one that began on it goes to its end"


async def test_a_folder_with_an_equals_sign_in_its_name_is_loaded_by_enter(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("lr=0.1", "mlx-docs=1"):
        make_adapter(home / "adapters" / name)
    monkeypatch.setattr(fakes, "KNOWN_ADAPTERS", ("lr=0.1", "mlx-docs", "mlx-docs=1"))
    async with chat(home, size=(160, 48)) as stage:
        await open_panel(stage)
        await load(stage, "lr=0.1")
        await load(stage, "mlx-docs")
        assert stage.session.in_use == {"lr=0.1": 1.0, "mlx-docs": 1.0}


async def test_the_screen_goes_on_while_the_model_lets_go_of_an_adapter(home: Path) -> None:
    gate = threading.Event()

    class Slow(StagedEngine):
        def unload_adapter(self, name: str) -> None:
            assert gate.wait(20)
            super().unload_adapter(name)

    engine = Slow()
    async with chat(home, size=(160, 48), open_engine=lambda m, p: engine) as stage:
        rescue = threading.Timer(10, gate.set)  # a screen that waits would wait for ever
        rescue.daemon = True
        rescue.start()
        panel = await open_panel(stage)
        await load(stage, "mlx-docs")
        await stage.press("u")
        assert not gate.is_set()
        await stage.sees("Taking mlx-docs off the model")
        assert "Esc stops" not in stage.screen
        await stage.press("left")
        assert stage.session.in_use == {"mlx-docs": pytest.approx(0.9)}
        panel.menu.mark("pirate")
        await stage.press("enter")
        await stage.sees("one thing at a time")
        gate.set()
        await stage.sees("mlx-docs is off the model.")
        assert stage.session.in_use == {}
        rescue.cancel()


async def test_while_one_loads_another_waits_and_that_is_said(home: Path) -> None:
    gate = threading.Event()

    class Slow(StagedEngine):
        def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
            gate.wait(20)
            return super().load_adapter(ref, name=name)

    async with chat(home, size=(160, 48), open_engine=lambda m, p: Slow()) as stage:
        await open_panel(stage)
        await stage.press("enter", "down", "enter")
        await stage.sees("one thing at a time: Esc stops what is under way")
        gate.set()
        await stage.sees("mlx-docs answers from the next message on.")


async def test_nothing_is_said_of_the_folders_before_they_were_looked_through(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()

    def slowly(session: Session) -> Sequence[Shelved]:
        assert looked.wait(8)
        return []

    monkeypatch.setattr(panel_module, "shelf", slowly)
    async with chat(home, size=(160, 48)) as stage:
        await stage.press("f3")
        await stage.sees("Looking…")
        assert "There are no adapters" not in stage.screen
        looked.set()
        await stage.sees("There are no adapters yet; a adds one.")
