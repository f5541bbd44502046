"""The turns of a conversation: a question is asked, and its answer grows, on the disk too.

One answer at a time. It refuses to know branches, comparisons and how an answer is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.chat import Conversation, Entry, Exchange, Made, Turn
from assistant.commands.blocks import Answers, Block, Column
from assistant.commands.remarks import left_out
from assistant.commands.room import make_room
from assistant.compare import label
from assistant.engine.protocol import Generation
from assistant.engine.types import Finish, Request
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.commands.session import Session


class Turns:
    """Asks the engine of a session, and keeps what it says in the session's conversation."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._turn: Turn | None = None
        self.last_finish: Finish | None = None
        self.last_question = ""
        """As it was typed."""
        self.prompt_tokens = 0
        """Of what the model read for the answer under way."""

    @property
    def answering(self) -> bool:
        """Whether an answer is under way; from any thread."""
        return self._turn is not None and self._turn.running

    @property
    def so_far(self) -> str | None:
        """What the answer under way has said; None when none is. From any thread."""
        turn = self._turn
        return turn.text if turn is not None and turn.running else None

    def turn_to(self, conversation: Conversation) -> None:
        """What was last asked and answered is this conversation's now."""
        back = conversation.newest_first
        self.last_finish = next((entry.finish for entry in back if entry.finish), None)
        back = conversation.newest_first
        asked = (entry.text for entry in back if entry.role == "user" and not entry.told)
        self.last_question = next(asked, "")

    def settle(self) -> None:
        """Take an answer that nobody listens to any more as it is."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.close()

    def ask(self, text: str) -> Answers:
        """Start the model's answer to a text, as the next turn of the conversation."""
        session = self._session
        self.settle()
        sent = session.prompt.apply(text) if session.prompt else text
        before = session.conversation.standing
        count = self.make_room(sent)
        asked = session.conversation.ask(text, sent=sent)
        try:
            return self.reply(asked, count)
        except AssistantError:
            self.take_back([asked])
            # What was left out for it was not said to anybody.
            session.conversation.go_back(before)
            raise

    def tell(self, question: str, facts: str) -> None:
        """Let the model know what the program itself answered."""
        self.settle()
        self._session.conversation.add(Exchange(question, facts, told=True))
        self._session.keep()

    def reply(self, asked: Entry, count: int) -> Answers:
        """Start an answer to a question that is the tip of the conversation; `count` of the oldest
        turns were left out for it."""
        session = self._session
        session.keep()
        generation = session.engine.generate([self._request(asked.read)])
        answer = session.conversation.answer(made=self.made(), to=asked.id)
        return self.listen(asked, answer, generation, lambda: left_out(count))

    def listen(
        self,
        asked: Entry,
        answer: Entry,
        generation: Generation,
        after: Callable[[], Sequence[Block]],
        before: Entry | None = None,
    ) -> Answers:
        """Have an answer grow in the conversation, and on the disk, while it is generated.

        When nothing comes of it, an answer that goes on is what it was `before`.
        """
        session = self._session
        conversation, keeper = session.conversation, session.keeper

        def ended(text: str, finish: Finish | None) -> None:
            grown = finish.grew if finish else len(text) > len(answer.text)
            now = replace(answer, text=text, finish=finish)
            conversation.put(now if grown or before is None else before)
            self.last_finish = finish or self.last_finish
            keeper.unwatch(answer)
            session.keep()

        self._turn = turn = Turn(generation, ended, answer.text)
        conversation.put(answer)
        session.keep()
        keeper.watch(answer, turn)
        self.last_question = asked.text
        used = answer.made.scales if answer.made else {}
        return Answers(
            asked.text,
            (Column(label(used), used),),
            turn,
            lambda: [*after(), *session.news()],
            messages=(asked.id, answer.id),
        )

    def take_back(self, entries: Sequence[Entry]) -> None:
        """Forget what could not be asked."""
        session = self._session
        for entry in reversed(entries):
            session.conversation.take_back(entry.id)
            session.keeper.take_back(session.conversation, entry)

    def made(self) -> Made:
        """What the next answer will be made with."""
        session = self._session
        name = session.prompt.name if session.prompt else ""
        used = session.lineup.used
        return Made(session.engine.info.model, used, session.sampling, session.system, name)

    def make_room(self, question: str) -> int:
        """Leave the oldest exchanges out once the chat fills the context; how many."""

        def count(tokens: int) -> None:
            self.prompt_tokens = tokens

        engine, conversation = self._session.engine, self._session.conversation
        return make_room(engine, conversation, lambda: self._request(question), counted=count)

    def _request(self, question: str) -> Request:
        session = self._session
        thoughts = session.engine.info.keeps_thoughts
        messages = session.conversation.messages(session.system, question, thoughts=thoughts)
        return Request(messages, session.in_use, session.sampling)
