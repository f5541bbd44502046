"""The chat's screen: it fetches reports from the runner, shows them, and sends lines to it.

Painted before its own parts are imported, let alone anything of the model: what it needs of them it
names in annotations only, and gets them from `furnishing`. It refuses to know commands and engines.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from queue import Empty
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import SystemModalScreen

from assistant.commands.model_name import shown_model
from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.tui.arranging import ChatScreen
from assistant.tui.first_frame import first_frame
from assistant.tui.focusing import give_keys
from assistant.tui.pace import TICKS_PER_SECOND, Pace
from assistant.tui.stopping import StoppingApp
from assistant.tui.theme import choose_theme
from assistant.tui.themes import THEMES, own_variables

if TYPE_CHECKING:
    from textual.command import Provider

    from assistant.commands import Session
    from assistant.commands.blocks import Block, Notice
    from assistant.tui.bindings import Does
    from assistant.tui.panels.panel import Panel
    from assistant.tui.panels.place import PanelName
    from assistant.tui.runner import Runner
    from assistant.tui.widgets.answers import AnswerColumns
    from assistant.tui.widgets.code_head import CodeHead
    from assistant.tui.widgets.composer import Composer
    from assistant.tui.widgets.sticky import StickyHeads
    from assistant.tui.widgets.welcome import Welcome

TELLS_PER_SECOND = 4
"""How often speeds and the status line follow the words of an answer; other news at once."""


def _everything() -> type[Provider]:
    from assistant.tui.palette import Everything  # when the palette is opened

    return Everything


class ChatApp(StoppingApp):
    """One person's chat on one screen."""

    CSS_PATH = "frame.tcss"
    TITLE = "assistant"
    COMMANDS = {_everything}  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+c,super+c",
            "interrupt",
            "copy, else clear the draft, else drop a line that waits, else stop, else quit",
            priority=True,
        ),
        Binding("escape", "escape", "stop, or close what is open", priority=True),
        Binding("ctrl+p", "command_palette", "every command and key, by name", priority=True),
        Binding("f1", "help", "this help, on and off", priority=True),
        Binding("f2", "compared", "to the keys of the comparison, and back", priority=True),
        Binding("f3", "panel('adapters')", "the adapters: load, weigh, blend", priority=True),
        Binding("f4", "panel('models')", "the models: choose, fetch", priority=True),
        Binding("f7", "copy_code", "copy the last code block", priority=True),
        Binding("f8", "copy_answer", "copy the selection, else the last answer", priority=True),
    ]

    # What `furnish` makes.
    heads: StickyHeads

    def __init__(self, settings: Settings, problems: Sequence[AssistantError] = ()) -> None:
        super().__init__()
        self._settings = settings
        for theme in THEMES:
            self.register_theme(theme)
        # Before the first style is read: a change of theme reads all of them again.
        self.theme, self._about_theme = self._chosen_theme(settings)
        self.stylesheet.set_variables(self.get_css_variables())
        self._styled = False
        self._told_at = 0.0
        self._problems = problems
        self.keys_below: tuple[Does, ...] = ()
        """The keys that worked when the palette was opened."""

    def furnish(self, session: Session, runner: Runner) -> None:
        """Make the parts of the screen; it shows them once it runs."""
        from assistant.tui.furnishing import furnish  # after the first paint

        self._runner = runner
        self._lines = furnish(self, session, runner)
        self.furnished = True

    def get_default_screen(self) -> ChatScreen:
        return ChatScreen()

    def first_frame(self) -> ComposeResult:
        return first_frame(shown_model(None, self._settings))

    def parts(self) -> ComposeResult:
        with Vertical(id="view"):
            yield self.transcript
            yield self.heads
            yield self.below
        yield self.panels
        yield self.entry

    def refresh_css(self, animate: bool = True) -> None:
        """Textual asks for it when the theme is set; before the first paint that is no change."""
        if self._styled:
            super().refresh_css(animate)
            for top in self.screen_stack[-1:]:  # none while the program ends
                if isinstance(top, SystemModalScreen):  # the palette, which Textual leaves out
                    self.stylesheet.update(top, animate)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return own_variables(self.current_theme)

    def on_ready(self) -> None:
        self._styled = True

    def moved_in(self) -> None:
        if self._about_theme is not None:
            self.show_quietly(self._about_theme)
        for problem in self._problems:
            self.showing.tell_problem(problem, quietly=True)
        self.entry.tell()
        self.panels.fit(self.size, self.entry.taken)
        self._pace = Pace()
        self.set_interval(1 / TICKS_PER_SECOND, self._tick)
        # The model is opened behind a screen that is there already.
        self.call_after_refresh(self._start)

    def arrived(self) -> None:
        self.entry.look_for_draft()

    def _start(self) -> None:
        # What was imported stays: the collector need not look through it again, which takes longer
        # than to draw a chat. Before the model is there, which must be freed when it is changed.
        gc.freeze()
        gc.enable()
        self._runner.start()

    @property
    def busy(self) -> bool:
        """Whether the model is being opened, or a line runs or waits."""
        return self.showing.opening or self.showing.line_runs or not self._runner.idle

    # What the person does

    def on_composer_sent(self, event: Composer.Sent) -> None:
        self.send(event.text)

    def on_composer_says(self, event: Composer.Says) -> None:
        self.showing.tell_problem(event.error)

    async def on_composer_wants_editor(self) -> None:
        from assistant.tui.editing import draft_outside  # an editor is rare

        for said in draft_outside(self, self.composer.draft):
            await self.showing.show(said)

    def on_resize(self, event: events.Resize) -> None:
        if self.furnished:
            self.entry.fit()
            self.panels.fit(event.size, self.entry.taken)

    def on_entry_grew(self) -> None:
        self.panels.fit(self.size, self.entry.taken)

    def on_welcome_chosen(self, event: Welcome.Chosen) -> None:
        self.entry.begin(event.line)

    def on_composer_left(self) -> None:
        self.leave()

    def on_composer_paged(self, event: Composer.Paged) -> None:
        for shown in self.query("Help"):
            shown.scroll_page_up() if event.direction < 0 else shown.scroll_page_down()
            return
        self.transcript.page(event.direction)

    def send(self, line: str) -> None:
        """Run a line that was not typed; what is being typed stays."""
        self.transcript.follow()
        self._lines.submit(line)
        self.entry.tell()

    def began(self, line: str) -> bool:
        """A line has begun; whether it had to wait."""
        return self._lines.begin(line)

    def begin(self, line: str) -> None:
        """Let the person go on with a line."""
        self.entry.begin(line)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Help lists what works now; what is laid over the chat has its own Esc."""
        if action == "escape":
            return not (self.screen.is_modal or self.entry.waiting.has_focus_within)
        if action == "compared" and self.showing.compared is None:
            return False
        if action == "panel" and self.find_bar.field.has_focus:
            return False  # there, F3 means the next match, as it does everywhere
        return super().check_action(action, parameters)

    @property
    def _walks_to_waiting(self) -> bool:
        """Whether the lines that wait are the next thing above what has the keys."""
        return self.focused is self.composer and bool(self._lines.waiting())

    def describe_action(self, action: str) -> str | None:
        if action == "walk" and self._walks_to_waiting:
            return "choose one of the lines that wait"
        if self.showing.with_keys is not None or self.transcript.spoken is not None:
            here = {"copy_answer": "copy what this says", "copy_code": "copy its last code block"}
            if action in here:
                return here[action]
        return super().describe_action(action)

    def action_walk(self) -> None:
        if not (self._walks_to_waiting and self.entry.waiting.choose()):
            super().action_walk()

    def action_command_palette(self) -> None:
        from assistant.tui.bindings import keys_here  # when the palette is opened
        from assistant.tui.palette import Palette

        if not self.screen.is_modal:
            # Below the palette none of them works, and it offers them.
            self.keys_below = tuple(keys_here(self.screen))
            self.push_screen(Palette(id="--command-palette"))

    async def action_panel(self, name: PanelName) -> None:
        """Open a panel, go to it, or close it when the keys are there already."""
        if self.panels.has_keys(name):
            self.leave_panel()
        else:
            await self.panels.open(name)

    def on_panel_left(self) -> None:
        self.leave_panel()

    def on_panel_wished(self, event: Panel.Wished) -> None:
        self.send(event.line)

    def copy_to_clipboard(self, text: str) -> None:
        """Where Textual's own cutting and copying comes to."""
        self._clipboard = text
        self.copier.copy_text(text, "the selection")

    def action_copy_answer(self) -> None:
        if not self.copier.copy_selected():
            self.copier.wish("answer")

    def action_copy_code(self) -> None:
        self.copier.wish("code")

    def on_code_head_wished(self, event: CodeHead.Wished) -> None:
        self.copier.copy_text(event.code, "the code")

    def on_answer_columns_wished(self, event: AnswerColumns.Wished) -> None:
        self.transcript.follow()
        self.run_line(event.line)

    def on_answer_columns_stop_wished(self, event: AnswerColumns.StopWished) -> None:
        self._runner.stop_row(event.answers, event.place)

    def on_answer_columns_copy_wished(self, event: AnswerColumns.CopyWished) -> None:
        self.copier.copy_column(event.columns, event.what)

    def action_compared(self) -> None:
        """Give the keys to the answers that stand side by side, or back to the composer."""
        if self.showing.compared is not None and self.focused is not self.showing.compared:
            self.showing.compared.take_keys(by_mouse=False)
        else:
            self.back_to_composer()

    def run_line(self, line: str) -> None:
        self.back_to_composer()
        self._lines.submit(line)
        self.entry.tell()

    def back_to_composer(self) -> None:
        give_keys(self.composer)

    def action_help(self) -> None:
        from assistant.tui.widgets.help import Help  # when it is asked for

        shown = self.query(Help)
        if shown:
            shown.remove()
        else:
            self.mount(Help())

    async def action_quit(self) -> None:
        self.leave()

    def leave(self) -> None:
        self.entry.keep_draft()
        self._runner.stop()
        self.exit()

    # What the runner reports

    async def _tick(self) -> None:
        if self._pace.is_time():
            await self._fetch()

    async def _fetch(self) -> None:
        news = False
        if not self._runner.reports.empty():
            # What comes together is drawn together: a chat that is opened is laid out once.
            with self.batch_update():
                news = await self._take_reports()
            # Where things stand is known only now: while it was drawn, nothing was laid out.
            self.call_after_refresh(self.heads.look)
        self.look_again()
        if news or time.monotonic() - self._told_at >= 1 / TELLS_PER_SECOND:
            self._told_at = time.monotonic()
            if self.showing.answers is not None:
                self.showing.answers.tell_speed()
            self.entry.tell()

    async def _take_reports(self) -> bool:
        """Show all that was reported; whether it was more than words of an answer."""
        from assistant.tui.runner import Said  # after the first paint

        news = False
        while True:
            try:
                report = self._runner.reports.get_nowait()
            except Empty:
                break
            news = news or not isinstance(report, Said)
            await self.showing.take(report)
        await self.showing.mounted()
        return news

    def wear_theme(self) -> None:
        """Look as the settings say."""
        self.theme, notice = self._chosen_theme(self.session.settings)
        if notice is not None:
            self.show_quietly(notice)

    def _chosen_theme(self, settings: Settings) -> tuple[str, Notice | None]:
        return choose_theme(settings.theme, self.available_themes, no_color=self.no_color)

    def show_quietly(self, block: Block) -> None:
        """Put a block at the end that comes from no line of the person's."""
        self.showing.add_quietly(block)
