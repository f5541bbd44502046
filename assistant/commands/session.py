"""What a front end holds: settings, the engine, the adapters in use and the conversation.

Created without the engine, so that a screen can be painted first; `start` opens it. Methods may
be called from any one thread at a time. It refuses to know slash commands and screens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant import settings as settings_module
from assistant.chat import (
    ChatInfo,
    Conversation,
    Entry,
    Exchange,
    Keeper,
    Made,
    Prompt,
    PromptLibrary,
    Setup,
    Store,
    Turn,
)
from assistant.commands import leaving
from assistant.commands.apprentice import Apprentice, training_news
from assistant.commands.blocks import Answers, Block, Column, Notice
from assistant.commands.carrying import Carried
from assistant.commands.chats import Chats
from assistant.commands.contest import Contest
from assistant.commands.lineup import Lineup
from assistant.commands.remarks import left_out
from assistant.commands.room import make_room
from assistant.commands.status import Status, status_of
from assistant.commands.variants import beside_the_base
from assistant.compare import Comparison, label
from assistant.engine.protocol import Engine, Generation
from assistant.engine.types import AdapterInfo, EngineInfo, Finish, Message, Request, Sampling
from assistant.errors import AssistantError
from assistant.paths import Places, search_folders
from assistant.settings import Settings
from assistant.training.taught import Taught

OpenEngine = Callable[[str, Places], Engine]


def open_local_engine(model: str, places: Places, settings: Settings | None = None) -> Engine:
    # Importing the engine's parts imports mlx: not before a model is wanted.
    from assistant.engine import EngineOptions, open_engine

    chosen = settings or Settings()
    options = EngineOptions.of(chosen)
    return open_engine(model, engine_url=chosen.engine, places=places, options=options)


class Session:
    """One person's chat with one model."""

    def __init__(
        self, settings: Settings, places: Places, *, open_engine: OpenEngine | None = None
    ) -> None:
        self.settings = settings
        self.places = places
        self.conversation = Conversation()
        self.prompts = PromptLibrary(search_folders("prompts", places))
        self.prompt: Prompt | None = None
        self.system = settings.system
        self.last_finish: Finish | None = None
        self.last_question = ""
        """As it was typed, for /compare to ask again."""
        self.changed_settings: set[str] = set()
        """Names of the settings that are no longer what they were at the start."""
        self.contest: Contest | None = None
        """The comparison that was made last, to vote on."""
        opening = open_engine or (lambda m, p: open_local_engine(m, p, self.settings))
        self.lineup = Lineup(lambda model: opening(model, places))
        self.taught = Taught(places.taught_file)
        self.apprentice: Apprentice | None = None
        """The training that was begun last."""
        self.chats = Chats(Store(places.conversations_file))
        self.keeper = Keeper(self.chats.store, lambda: self.settings.save)
        self.read_before = 0
        """Tokens of the opened chat that the engine need not read again."""
        self._put_away: tuple[Entry, ...] = ()
        """The end of the chat as it was when its keys and values were last kept."""
        self._turn: Turn | None = None
        self.prompt_tokens = 0
        """Of what the model read for the answer under way."""

    # Who answers

    @property
    def engine(self) -> Engine:
        """The open engine. Raises EngineError while there is none."""
        return self.lineup.engine

    @property
    def is_open(self) -> bool:
        return self.lineup.info is not None

    def start(self) -> EngineInfo:
        """Open the engine on the model of the settings, and load the settings' adapters.

        Takes seconds. Raises ModelError or AdapterError; after an adapter's error the model is
        open and can be used.
        """
        engine = self.lineup.open(self.settings.model)
        for ref in self.settings.adapters:
            self.load_adapter(ref)
        return engine.info

    def adopt(self, new: Engine, model: str) -> Carried:
        """Go on with another engine, from `lineup.open_other`. The conversation stays, and so do
        the adapters that fit; what became of them is returned."""
        self.settle()
        carried = self.lineup.adopt(new)
        self.settings = replace(self.settings, model=model, adapters=())
        self.changed_settings |= {"model", "adapters"}
        return carried

    def close(self) -> None:
        self._leave_chat()
        if self.apprentice is not None:
            self.apprentice.stop()
        self.lineup.close()
        self.chats.store.close()

    @property
    def in_use(self) -> Mapping[str, float]:
        """The adapters that answer, with their strengths; empty for the base model."""
        return self.lineup.in_use

    def load_adapter(self, ref: str) -> AdapterInfo:
        """Load NAME[=SCALE], a folder too, and put it in use."""
        return self.lineup.load(ref)

    def unload_adapter(self, name: str) -> None:
        self.lineup.unload(name)

    def use_adapters(self, chosen: Mapping[str, float]) -> None:
        """Let exactly these loaded adapters answer; none for the base model."""
        self.lineup.use(chosen)

    # Settings and prompts

    def set(self, name: str, value: Any) -> None:
        """Change one setting for this session.

        Raises:
            SettingsError: no such setting, or a value it does not take.
        """
        self.settings = settings_module.changed(self.settings, name, value)
        self.changed_settings.add(name)
        if name == "system":
            self.system = self.settings.system

    def use_prompt(self, prompt: Prompt | None, values: Mapping[str, str] | None = None) -> None:
        """Take a prompt's system text and template, or go back to the settings' own.

        Raises:
            PromptError: a variable without a value, or a value without a variable.
        """
        self.prompt = prompt = prompt.filled(values) if prompt else None
        self.system = prompt.system if prompt else self.settings.system

    @property
    def sampling(self) -> Sampling:
        chosen = self.settings
        return Sampling(
            max_tokens=chosen.max_tokens,
            temperature=chosen.temperature,
            top_p=chosen.top_p,
            seed=chosen.seed,
            repetition_penalty=chosen.repetition_penalty,
        )

    # Answers

    def ask(self, text: str) -> Answers:
        """Start the model's answer to a text, as the next turn of the conversation."""
        self.settle()
        sent = self.prompt.apply(text) if self.prompt else text
        count = self.make_room(sent)
        asked = self.conversation.ask(text, sent=sent)
        try:
            return self.reply(asked, count)
        except AssistantError:
            self.take_back([asked])
            raise

    def tell(self, question: str, facts: str) -> None:
        """Let the model know what the program itself answered, so that it can be asked about it."""
        self.settle()
        self.conversation.add(Exchange(question, facts, told=True))
        self.keep()

    def reply(self, asked: Entry, count: int) -> Answers:
        """Start an answer to a question that is the tip of the conversation."""
        self.keep()
        generation = self.engine.generate([self._request(asked.read)])
        answer = self.conversation.answer(made=self._made(), to=asked.id)
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
        conversation = self.conversation

        def ended(text: str, finish: Finish | None) -> None:
            grown = finish.grew if finish else len(text) > len(answer.text)
            now = replace(answer, text=text, finish=finish)
            conversation.put(now if grown or before is None else before)
            self.last_finish = finish or self.last_finish
            self.keeper.unwatch(answer)
            self.keep()

        self._turn = turn = Turn(generation, ended, answer.text)
        conversation.put(answer)
        self.keep()
        self.keeper.watch(answer, turn)
        self.last_question = asked.text
        used = {one.name: one.scale for one in answer.made.adapters} if answer.made else {}
        return Answers(
            asked.text,
            (Column(label(used), used),),
            turn,
            lambda: [*after(), *self.news()],
            messages=(asked.id, answer.id),
        )

    @property
    def answering(self) -> bool:
        """Whether an answer of the conversation is under way."""
        return self._turn is not None and self._turn.running

    def settle(self) -> None:
        """Take an answer that nobody listens to any more as it is."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.close()

    def take_back(self, entries: Sequence[Entry]) -> None:
        """Forget what could not be asked."""
        for entry in reversed(entries):
            self.conversation.take_back(entry.id)
            self.keeper.take_back(self.conversation, entry)

    def _made(self) -> Made:
        name = self.prompt.name if self.prompt else ""
        return Made(self.engine.info.model, self.lineup.used, self.sampling, self.system, name)

    # Conversations

    def new_conversation(self) -> None:
        """Begin another one; the model, adapters, prompt and settings stay."""
        self.settle()
        self._leave_chat()
        self.conversation = Conversation()
        self.last_finish = None
        self.last_question = ""
        self.contest = None

    def open_chat(self, id: str, message: int | None = None) -> ChatInfo:
        """Go on with a kept conversation, under its system prompt and its prompt from the library.

        With a message, on the branch that has it.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        self.settle()
        self._leave_chat()
        info, entries = self.chats.store.load(id)
        conversation = Conversation(
            entries, info.tip, id=info.id, title=info.title, created=info.created
        )
        if message is not None and message not in {e.id for e in conversation.path}:
            conversation.go_through(message)
        self.conversation = conversation
        self.keeper.opened(conversation)
        self.prompt = Prompt.of(info.prompt) if info.prompt else None
        self.system = info.system
        answers = [e for e in conversation.path if e.finish]
        self.last_finish = answers[-1].finish if answers else None
        asked = [e for e in conversation.path if e.role == "user" and not e.told]
        self.last_question = asked[-1].text if asked else ""
        self.read_before = leaving.bring(self)
        self._put_away = conversation.path[-1:]
        return info

    def _leave_chat(self) -> None:
        """What the engine holds of this chat stays for another day, if the settings say so."""
        last = self.conversation.path[-1:]
        # Not twice: the end of the program may come from two threads.
        if last != self._put_away:
            self._put_away = last
            leaving.put_away(self)

    @property
    def about_chat(self) -> ChatInfo:
        """This conversation as a list would show it."""
        conversation, setup = self.conversation, self._setup()
        return ChatInfo(
            conversation.id,
            conversation.title,
            conversation.created,
            time.time(),
            conversation.tip,
            len(self.conversation.questions),
            setup.model,
            setup.adapters,
            setup.system,
            setup.prompt,
        )

    def news(self) -> list[Block]:
        """What there is to say about keeping the conversation, and of a training that ended."""
        kept = [Notice(text, "warning") for text in self.keeper.news()]
        return [*kept, *training_news(self.apprentice)]

    def keep(self) -> None:
        """Have the conversation written down as it is now."""
        self.keeper.write(self.conversation, self._setup())

    def _setup(self) -> Setup:
        info = self.lineup.info
        model = info.model if info else ""
        prompt = self.prompt.to_dict() if self.prompt else {}
        return Setup(model, self.lineup.used, self.system, prompt)

    def _request(self, question: str) -> Request:
        thoughts = self.engine.info.keeps_thoughts
        messages = self.conversation.messages(self.system, question, thoughts=thoughts)
        return Request(messages, self.in_use, self.sampling)

    def make_room(self, question: str) -> int:
        """Leave the oldest exchanges out once the chat fills the context; how many."""

        def count(tokens: int) -> None:
            self.prompt_tokens = tokens

        return make_room(
            self.engine, self.conversation, lambda: self._request(question), counted=count
        )

    def compare(
        self,
        text: str,
        variants: Sequence[Mapping[str, float]] | None = None,
        *,
        blind: bool = False,
    ) -> Answers:
        """Start base and adapted answers to a text, side by side; not part of the conversation.

        A blind comparison is shuffled and has no names until the vote.

        Raises:
            UsageError: there is nothing to compare, or too much.
        """
        columns = beside_the_base(variants, self.in_use, self.engine.adapters())
        self.contest = Contest(self, text, self.comparison(text, columns), blind=blind)
        self.last_question = text
        return self.contest.answers()

    def comparison(self, text: str, variants: Sequence[Mapping[str, float]]) -> Comparison:
        """The rows of a comparison, for those who want its numbers."""
        messages, evidence = self.question_alone(text), self.settings.evidence
        return Comparison(self.engine, messages, variants, self.sampling, keep_logits=evidence)

    def question_alone(self, text: str) -> list[Message]:
        """What a model reads when a text is asked outside of the conversation."""
        question = self.prompt.apply(text) if self.prompt else text
        return Conversation().messages(self.system, question)

    @property
    def status(self) -> Status:
        """What the status line shows; from any thread."""
        return status_of(self)
