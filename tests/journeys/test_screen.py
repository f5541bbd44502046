"""The newcomer's first minute on the screen, with the real engine and what ships."""

from __future__ import annotations

from pathlib import Path

from assistant.commands.session import open_local_engine
from tests.journeys.test_what_ships import SORT
from tests.tui.stage import chat


async def test_ask_load_ask_again_compare_rank_and_unload(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(110, 60), open_engine=open_local_engine) as stage:
        await stage.ask(SORT)
        before = stage.session.conversation.exchanges[-1].answer
        assert before
        assert "mx." not in before

        await stage.ask("/adapter load mlx-docs")
        await stage.sees("mlx-docs is loaded")
        await stage.ask(SORT)
        assert "mx.sort" in stage.session.conversation.exchanges[-1].answer
        await stage.sees("mx.sort")

        await stage.ask("/new")
        await stage.ask(f"/compare {SORT}")
        assert len(stage.answers[-1].columns) == 2
        await stage.sees("mx.sort")
        await stage.sees("part at token")

        await stage.ask("/rank [[1,2],[3,6]]")
        await stage.sees("Row 2 = 3 × row 1")

        await stage.ask("/adapter load no-such-adapter")
        await stage.sees("There is no adapter 'no-such-adapter'")

        await stage.ask("/adapter unload mlx-docs")
        await stage.sees("mlx-docs is off the model")
        await stage.ask("/new")
        await stage.ask(SORT)
        assert stage.session.conversation.exchanges[-1].answer == before, "as it was"
