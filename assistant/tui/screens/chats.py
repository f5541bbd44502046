"""The kept chats, to open one, and to give one another name or delete it after a question.

It refuses to know how they are kept and searched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input
from textual.worker import get_current_worker

from assistant.chat import ChatInfo
from assistant.commands import Session
from assistant.commands.branching import rename_chat
from assistant.commands.browsing import Hit
from assistant.commands.chats import answered_by, when
from assistant.errors import AssistantError
from assistant.plain_text import plain
from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line
from assistant.tui.screens.picking import Picker, Row


class ChatsScreen(Picker):
    """Titles and texts are looked through while one types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,f4", "rename", "give it another name", priority=True),
        Binding("ctrl+x,f8", "delete", "delete it, after a question", priority=True),
    ]
    HEADING = "Chats"
    PLACEHOLDER = "Letters of a title, or words that were said"
    KEYS = "Enter opens · Ctrl+R renames · Ctrl+X deletes · Esc back"
    NOTHING = "No chat fits."

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._chats: Sequence[ChatInfo] | None = None
        """Read once, and again after a change here: not with every letter."""
        self._hits: list[Hit] = []
        self._deleting: ChatInfo | None = None
        self._renaming: ChatInfo | None = None
        self._words_before = ""
        self._news = ""
        """What was just done; it stands until something else is typed or marked."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A name that is being written has its own beginning and end."""
        return action != "end_of_list" or self._renaming is None

    def fill(self, words: str) -> None:
        if self._renaming is None:
            self._deleting = None
            if words != self._words_before:
                self._news = ""
            # Texts are looked up on the disk: not while somebody types.
            look = partial(self._look_in_time, words)
            self.run_worker(look, group="chats", exclusive=True, thread=True)

    def _look_in_time(self, words: str) -> None:
        if not get_current_worker().is_cancelled:  # else more was typed before this began
            self._look(words)

    def _look(self, words: str) -> None:
        try:
            if self._chats is None:
                self._chats = self._session.chats.latest()
            found = self._session.chats.browse(words, self._chats)
        except AssistantError as error:
            self.app.call_from_thread(self.failed, plain(str(error)))
            return
        self.app.call_from_thread(self._offer, words, found)

    def _offer(self, words: str, found: list[Hit]) -> None:
        if not self.is_mounted or words != self.words:
            return
        self._deleting = None  # what stood below the question is gone
        at = self.list.highlighted or 0
        self._hits = found
        self.show(len(found), lambda place: _row(found[place]), at if self._news else 0)
        if self._news:
            self.say(self._news, keys=self.KEYS)

    @property
    def _chat(self) -> ChatInfo | None:
        at = self.list.highlighted
        return self._hits[at].chat if at is not None and at < len(self._hits) else None

    def action_take(self) -> None:
        self.in_turn(self._answer)

    def _answer(self) -> None:
        if self._deleting is not None:
            self._delete(self._deleting)
        elif self._renaming is not None:
            self._rename(self._renaming)
        else:
            self.take_soon()

    def take(self) -> None:
        # Not what was pressed before a question was there to be read.
        if self._deleting is None and self._renaming is None:
            super().take()

    def move(self, by: int) -> None:
        if self._renaming is None:
            self._deleting, self._news = None, ""
            self.say(keys=self.KEYS)
            super().move(by)

    def back(self) -> None:
        """Out of a question first."""
        if self._deleting is None and self._renaming is None:
            super().back()
            return
        if self._renaming is not None:
            with self.field.prevent(Input.Changed):
                self.field.value = self._words_before
        self._deleting = self._renaming = None
        self.say(keys=self.KEYS)

    def action_delete(self) -> None:
        self.in_turn(lambda: self.once_shown(self._ask_to_delete))

    def _ask_to_delete(self) -> None:
        chat = self._chat
        if chat is None or self._renaming is not None:
            return
        if chat.id == self._session.conversation.id:
            self.say("This is the chat you are in; begin another with /new first.", warning=True)
            return
        self._deleting = chat
        many = f"{chat.questions} question{'' if chat.questions == 1 else 's'}"
        self.say(
            f"Delete “{one_line(_title(chat))}”, {many}, for good?",
            keys="Enter deletes · Esc keeps it",
            warning=True,
        )

    def action_rename(self) -> None:
        self.in_turn(lambda: self.once_shown(self._begin_to_rename))

    def _begin_to_rename(self) -> None:
        chat = self._chat
        if chat is None or self._renaming is not None:
            return
        self._deleting, self._renaming = None, chat
        self._words_before = self.field.value
        self.field.value = one_line(chat.title)
        self.field.cursor_position = len(self.field.value)
        self.say("The new name", keys="Enter takes it · Esc leaves it as it was")

    def _delete(self, chat: ChatInfo) -> None:
        self._deleting = None
        self._words_before = words = self.words

        news = f"Deleted “{one_line(_title(chat))}”."
        self._do(lambda: self._session.chats.store.delete(chat.id), news, words)

    def _rename(self, chat: ChatInfo) -> None:
        title = one_line(self.field.value)
        if not title:
            text = "A name has at least one letter"
            self.say(text, keys="Esc leaves it as it was", warning=True)
            return
        self._renaming = None
        words = plain(self._words_before)
        with self.field.prevent(Input.Changed):
            self.field.value = self._words_before

        news = f"It is “{title}” now."
        self._do(lambda: rename_chat(self._session, chat.id, title), news, words)

    def _do(self, change: Callable[[], None], news: str, words: str) -> None:
        """Change a kept chat, and show what there is for these words then."""

        def work() -> None:
            try:
                change()
                self._chats, self._news = None, news
                self._look(words)
            except AssistantError as error:
                self.app.call_from_thread(self.failed, plain(str(error)))

        # Of the app, not of this screen: what was begun is done, also when Esc follows at once.
        context = copy_context()
        self.app.run_worker(lambda: context.run(work), group="chats", thread=True)


def _title(chat: ChatInfo) -> str:
    return chat.title or "(nothing asked yet)"


def _row(hit: Hit) -> Row:
    chat = hit.chat
    title = Content(one_line(_title(chat)))
    for at in hit.marked if one_line(chat.title) == chat.title else ():
        title = title.stylize("bold underline", at, at + 1)
    many = f"{chat.questions} question{'' if chat.questions == 1 else 's'}"
    facts = [when(chat.changed), many, *filter(None, [one_line(answered_by(chat))])]
    text = Content.assemble(title, "\n  ", (" · ".join(facts), FAINT))
    if hit.snippet:
        text += Content.assemble("\n  ", (f"“{one_line(hit.snippet)}”", "italic"))
    line = f"/open {chat.id}" + (f"@{hit.message}" if hit.message is not None else "")
    return Row(text, line, chat.id)
