"""The parts that need no screen: Ctrl-C's ladder, the status line, themes, widths, completion."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commands import Status
from assistant.commands.command import Choice
from assistant.tui.completing import accept, enter_completes, may_complete, still_open
from assistant.tui.ladder import PATIENCE_S, QUICK_S, Ladder, Pressed, Situation
from assistant.tui.layout import fit_columns, is_number
from assistant.tui.status import Live, status_line
from assistant.tui.theme import DEFAULT_THEME, choose_theme

STATUS = Status("tiny", False, "mlx-docs ×1", 118.2, 0.081, 300, 1000, 84_000_000)


def press(
    ladder: Ladder,
    now: float,
    *,
    selected: bool = False,
    draft: bool = False,
    waits: bool = False,
    run: bool = False,
) -> Pressed:
    return ladder.press(Situation(selected, draft, waits, run), now)


def test_ctrl_c_takes_one_thing_at_a_time() -> None:
    ladder = Ladder()
    assert press(ladder, 0, selected=True, draft=True, waits=True, run=True) == "copy"
    assert press(ladder, 1.0, draft=True, waits=True, run=True) == "clear"
    assert press(ladder, 1.1, waits=True, run=True) == "drop"
    assert press(ladder, 1.2, run=True) == "stop"
    assert press(ladder, 1.3) == "warn"
    assert press(ladder, 1.4) == "quit"


def test_a_second_press_that_comes_at_once_is_the_same_wish() -> None:
    ladder = Ladder()
    assert press(ladder, 0, selected=True, draft=True) == "copy"
    assert press(ladder, QUICK_S / 2, draft=True) == "rest"
    assert press(ladder, QUICK_S, draft=True) == "clear"
    ladder.closed(5)
    assert press(ladder, 5 + QUICK_S, run=True) == "rest"
    assert press(ladder, 5 + QUICK_S, run=True) == "stop"
    ladder.closed(7)
    assert press(ladder, 7 + QUICK_S * 2, waits=True) == "drop"


def test_what_was_closed_is_no_step_towards_the_end() -> None:
    ladder = Ladder()
    assert press(ladder, 0) == "warn"
    ladder.closed(0.2)
    assert press(ladder, 0.4) == "warn"
    assert press(ladder, 0.6) == "quit"


def test_ctrl_c_warns_again_when_the_second_press_comes_late() -> None:
    ladder = Ladder()
    assert press(ladder, 0) == "warn"
    assert press(ladder, PATIENCE_S + 0.1) == "warn"
    assert press(ladder, PATIENCE_S + 0.2) == "quit"


def test_ctrl_c_forgets_its_warning_when_something_was_typed() -> None:
    ladder = Ladder()
    assert press(ladder, 0) == "warn"
    assert press(ladder, 0.1, draft=True) == "clear"
    assert press(ladder, 0.2) == "warn"


def test_the_status_line_says_everything_when_there_is_room() -> None:
    line = status_line(STATUS, Live(), 120).plain
    assert line.startswith("tiny · mlx-docs ×1 · 118 tok/s · first 0.08 s · ctx ━━────── 30 % ")
    assert "84 MB" in line
    assert line.endswith("F1 help")


def test_the_least_needed_parts_of_the_status_line_give_way_first() -> None:
    status = replace(STATUS, adapters="mlx-docs ×0.7 + pirate ×0.5")
    said = [status_line(status, Live(), width).plain for width in range(110, 27, -1)]

    def gone(part: str) -> int:
        return next((n for n, line in enumerate(said) if part not in line), len(said))

    places = [gone(part) for part in ("━", "/1000", "MB", "first", "tok/s", "30 %", "mlx-docs")]
    assert places == sorted(places), places
    assert places[0] > 0
    assert places[-1] < len(said)
    assert "tiny · 2 adapters" in said[-1]


def test_eighty_columns_have_room_for_every_number() -> None:
    line = status_line(STATUS, Live(), 74).plain
    assert line.split(" · ")[:5] == ["tiny", "mlx-docs ×1", "118 tok/s", "first 0.08 s", "ctx 30 %"]
    assert "84 MB" in line


def test_a_context_that_is_nearly_full_warns_and_stays_on_a_narrow_screen() -> None:
    full = replace(STATUS, context_used=3600, context_length=4096)
    line = status_line(full, Live(), 56)
    assert "ctx 88 % nearly full" in line.plain
    assert any("error" in str(span.style) for span in line.spans)


def test_tokens_of_the_answer_that_streams_count_at_once() -> None:
    status = replace(STATUS, context_used=1000, context_length=4000)
    assert "30 % 1200/4000" in status_line(status, Live(tokens=200), 120).plain


def test_the_status_line_keeps_model_and_adapter_when_there_is_little_room() -> None:
    assert status_line(STATUS, Live(), 40).plain.startswith("tiny · mlx-docs ×1")


def test_the_status_line_says_that_the_model_is_being_opened() -> None:
    loading = Status("tiny", True, "base", None, None, 0, None, None)
    assert status_line(loading, Live(opening_s=0.0), 40).plain.startswith("loading tiny…")
    assert status_line(loading, Live(), 40).plain.startswith("no model (tiny)")


@given(st.integers(1, 200), st.text(max_size=30), st.text(max_size=30))
def test_the_status_line_is_one_line_that_fits(width: int, model: str, adapters: str) -> None:
    status = Status(model, False, adapters, 1.0, 1.0, 1, 2, 3)
    line = status_line(status, Live(), width)
    assert line.cell_length <= width
    assert "\n" not in line.plain


def test_an_unknown_theme_is_named_and_the_default_is_worn() -> None:
    theme, notice = choose_theme("nope", ["textual-dark", "nord"])
    assert theme == DEFAULT_THEME
    assert notice is not None
    assert "'nope'" in notice.text


def test_ansi_themes_are_not_worn_without_colours() -> None:
    known = ["textual-dark", "textual-light", "ansi-dark"]
    assert choose_theme("ansi-dark", known, no_color=True) == (DEFAULT_THEME, None)
    assert choose_theme("ansi-dark", known) == ("ansi-dark", None)
    assert choose_theme("textual-light", known, no_color=True) == ("textual-light", None)


@given(
    st.lists(st.lists(st.text("ab 界", max_size=40), min_size=1, max_size=3), min_size=1),
    st.integers(1, 120),
)
def test_columns_fit_the_room_when_they_can(columns: list[list[str]], room: int) -> None:
    widths = fit_columns(columns, room)
    assert all(width >= 1 for width in widths)
    assert sum(widths) <= max(room, 3 * len(columns))


@pytest.mark.parametrize("text", ["1", "-2.5", "1,000", "30 %", "1e-3", "−4"])
def test_numbers_are_recognised(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize("text", ["", "a", "1 b", "×"])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert not is_number(text)


def test_completing_replaces_the_last_word() -> None:
    assert accept("/ad", Choice("/adapter")) == "/adapter "
    assert accept("/adapter lo", Choice("load")) == "/adapter load "
    assert accept("/adapter load ", Choice("mlx-docs")) == "/adapter load mlx-docs "


def test_only_command_lines_are_completed() -> None:
    assert may_complete("/rank", at_end=True)
    assert not may_complete("/rank", at_end=False)
    assert not may_complete("//etc", at_end=True)
    assert not may_complete("/rank\n", at_end=True)
    assert not may_complete("rank", at_end=True)


def test_a_word_that_is_complete_has_no_choices_left() -> None:
    assert not still_open("/rank", [Choice("/rank")])
    assert still_open("/ra", [Choice("/rank")])
    assert not still_open("/ra", [])


def test_enter_completes_only_what_could_not_be_run() -> None:
    assert enter_completes("/ra", moved=False)
    assert enter_completes("/", moved=False)
    assert not enter_completes("/rank", moved=False)
    assert not enter_completes("/adapter lo", moved=False)
    assert enter_completes("/adapter lo", moved=True)
