"""The completions above the composer."""

from pathlib import Path

from tests.tui.stage import Stage, chat


def offered(stage: Stage) -> list[str]:
    return [choice.text for choice in stage.app.entry.completions.choices]


async def test_a_slash_offers_the_commands_with_what_they_do(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("/")
        assert "/adapter" in offered(stage)
        await stage.sees("Load adapters and choose")


async def test_tab_completes_and_goes_on_with_the_next_word(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("/ad")
        await stage.press("tab")
        assert stage.composer.text == "/adapter "
        await stage.until(lambda: "load" in offered(stage))
        await stage.type("unl")
        await stage.until(lambda: offered(stage) == ["unload"])
        await stage.press("tab")
        assert stage.composer.text == "/adapter unload "


async def test_names_of_loaded_adapters_are_offered(tmp_path: Path) -> None:
    async with chat(tmp_path, adapters=("mlx-docs",)) as stage:
        await stage.type("/adapter unload ")
        await stage.until(lambda: offered(stage) == ["mlx-docs"])


async def test_arrows_choose_and_enter_takes_the_choice(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("/")
        second = offered(stage)[1]
        await stage.press("down", "enter")
        assert stage.composer.text == f"{second} "
        assert stage.runner.idle


async def test_enter_completes_half_a_name_and_sends_a_whole_one(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(80, 40)) as stage:
        await stage.type("/hel")
        await stage.press("enter")
        assert stage.composer.text == "/help "
        await stage.press("enter")
        await stage.settle()
        await stage.sees("/help COMMAND says more")


async def test_esc_closes_the_completions_and_not_the_answer(tmp_path: Path) -> None:
    async with chat(tmp_path, ["one two three"]) as stage:
        stage.engine.hold_after(1)
        await stage.send("q")
        await stage.until(lambda: stage.answers)
        await stage.type("/")
        assert stage.app.entry.completions.display
        await stage.press("escape")
        assert not stage.app.entry.completions.display
        stage.engine.pause.clear()
        await stage.settle()
        assert "stopped" not in stage.screen


async def test_a_click_takes_a_choice(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("/")
        third = offered(stage)[2]
        await stage.pilot.click(stage.app.entry.completions, offset=(3, 2))
        await stage.until(lambda: stage.composer.text == f"{third} ")
        assert stage.app.focused is stage.composer


async def test_what_comes_from_history_is_not_completed(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.ask("older")
        await stage.ask("/help")
        await stage.press("up")
        assert stage.composer.text == "/help"
        assert not stage.app.entry.completions.display
        await stage.press("up")
        assert stage.composer.text == "older"


async def test_plain_text_is_not_completed(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("what is a/b")
        assert not stage.app.entry.completions.display
