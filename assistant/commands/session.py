"""What a front end holds: settings, the engine, the adapters in use and the conversation.

Created without the engine, so that a screen can be painted first; `start` opens it. Methods may
be called from any one thread at a time. It refuses to know slash commands and screens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
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
    UsedAdapter,
)
from assistant.commands.blocks import Answers, Block, Column, Notice
from assistant.commands.chats import Chats
from assistant.commands.contest import Contest
from assistant.commands.remarks import left_out
from assistant.commands.scales import split_scale
from assistant.commands.status import Status
from assistant.compare import Comparison, label
from assistant.engine.protocol import Engine
from assistant.engine.types import AdapterInfo, EngineInfo, Finish, Message, Request, Sampling
from assistant.errors import AdapterNotLoaded, AssistantError, EngineError, UsageError
from assistant.paths import Places, search_folders
from assistant.settings import Settings

MOST_VARIANTS = 4
"""Columns beside the base: more cannot be read side by side."""
OpenEngine = Callable[[str, Places], Engine]


def open_local_engine(model: str, places: Places, settings: Settings | None = None) -> Engine:
    # Importing the engine's parts imports mlx: not before a model is wanted.
    from assistant.engine import EngineOptions, open_engine

    return open_engine(model, places=places, options=EngineOptions.of(settings or Settings()))


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
        self._open_engine: OpenEngine = open_engine or (
            lambda model, places: open_local_engine(model, places, self.settings)
        )
        self.chats = Chats(Store(places.conversations_file))
        self.keeper = Keeper(self.chats.store, lambda: self.settings.save)
        self._turn: Turn | None = None
        self._engine: Engine | None = None
        self._in_use: dict[str, float] = {}

    # The engine

    @property
    def engine(self) -> Engine:
        """The open engine.

        Raises:
            EngineError: it is still loading, or did not open.
        """
        if self._engine is None:
            raise EngineError(
                "No model is loaded yet.", "Wait for it, or choose one with /model NAME."
            )
        return self._engine

    @property
    def is_open(self) -> bool:
        return self._engine is not None

    def start(self) -> EngineInfo:
        """Open the engine on the model of the settings, and load the settings' adapters.

        Takes seconds. Raises ModelError or AdapterError; after an adapter's error the model is
        open and can be used.
        """
        if self._engine is None:
            self._engine = self._open_engine(self.settings.model, self.places)
        for ref in self.settings.adapters:
            self.load_adapter(ref)
        return self._engine.info

    def change_model(self, model: str) -> EngineInfo:
        """Open another model, then let go of the old one. The conversation stays; adapters of the
        old model do not fit the new one and are not carried over.

        Raises:
            ModelError: the old model is still there.
        """
        new = self._open_engine(model, self.places)
        old, self._engine = self._engine, new
        self._in_use.clear()
        self.settings = replace(self.settings, model=model, adapters=())
        self.changed_settings |= {"model", "adapters"}
        if old is not None:
            old.close()
        return new.info

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        self.chats.store.close()

    # Adapters

    @property
    def in_use(self) -> Mapping[str, float]:
        """The adapters that answer, with their strengths; empty for the base model."""
        return dict(self._in_use)

    def load_adapter(self, ref: str) -> AdapterInfo:
        """Load NAME[=SCALE], a folder too, and put it in use."""
        name, scale = split_scale(ref)
        info = next((a for a in self.engine.adapters() if a.name == name), None)
        info = info or self.engine.load_adapter(name)
        self._in_use[info.name] = scale
        return info

    def unload_adapter(self, name: str) -> None:
        self.engine.unload_adapter(name)
        self._in_use.pop(name, None)

    def use_adapters(self, chosen: Mapping[str, float]) -> None:
        """Let exactly these loaded adapters answer; none for the base model."""
        loaded = {adapter.name for adapter in self.engine.adapters()}
        for name in chosen:
            if name not in loaded:
                raise AdapterNotLoaded(
                    f"The adapter {name!r} is not loaded.", f"Load it with /adapter load {name}."
                )
        self._in_use = dict(chosen)

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

    def use_prompt(self, prompt: Prompt | None) -> None:
        """Take a prompt's system text and template, or go back to the settings' own."""
        self.prompt = prompt
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
        conversation = self.conversation
        self.keep()
        generation = self.engine.generate([self._request(asked.read)])
        answer = conversation.answer(made=self._made(), to=asked.id)

        def ended(text: str, finish: Finish | None) -> None:
            conversation.put(replace(answer, text=text, finish=finish))
            self.last_finish = finish or self.last_finish
            self.keeper.unwatch(answer)
            self.keep()

        self._turn = turn = Turn(generation, ended)
        self.keep()
        self.keeper.watch(answer, turn)
        self.last_question = asked.text
        column = Column(label(self.in_use), self.in_use)
        both = (asked.id, answer.id)
        return Answers(asked.text, (column,), turn, lambda: [*left_out(count), *self.news()], both)

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
        return Made(self.engine.info.model, self._used(), self.sampling, self.system, name)

    def _used(self) -> tuple[UsedAdapter, ...]:
        loaded = self._engine.adapters() if self._engine else []
        prints = {adapter.name: adapter.fingerprint for adapter in loaded}
        return tuple(UsedAdapter(n, s, prints.get(n, "")) for n, s in self._in_use.items())

    # Conversations

    def new_conversation(self) -> None:
        """Begin another one; the model, adapters, prompt and settings stay."""
        self.settle()
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
        return info

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
        """What there is to say about keeping the conversation."""
        return [Notice(text, "warning") for text in self.keeper.news()]

    def keep(self) -> None:
        """Have the conversation written down as it is now."""
        self.keeper.write(self.conversation, self._setup())

    def _setup(self) -> Setup:
        model = self._engine.info.model if self._engine else ""
        prompt = self.prompt.to_dict() if self.prompt else {}
        return Setup(model, self._used(), self.system, prompt)

    def _request(self, question: str) -> Request:
        messages = self.conversation.messages(self.system, question)
        return Request(messages, self.in_use, self.sampling)

    def make_room(self, question: str) -> int:
        """Leave the oldest exchanges out once the chat fills the context; how many, by this call.

        A quarter of the context is kept for the answer. When that is gone, the chat shrinks to
        half of it at once, so that the model's prompt cache serves the turns that follow.
        """
        context = self.engine.info.context_length

        def fills(share: float) -> bool:
            return self.engine.count_tokens(self._request(question)) > context * share

        alone = Request(Conversation().messages(self.system, question))
        if not fills(0.75) or self.engine.count_tokens(alone) >= context:
            return 0  # it fits as it is, or would not even by itself
        return self.conversation.leave_out(lambda: not fills(0.5))

    def compare(
        self,
        text: str,
        variants: Sequence[Mapping[str, float]] | None = None,
        *,
        blind: bool = False,
    ) -> Answers:
        """Start base and adapted answers to a text, side by side; not part of the conversation.

        Without variants, the adapters in use make one column together; when none is in use, each
        loaded one makes its own. A blind comparison is shuffled and has no names until the vote.

        Raises:
            UsageError: there is nothing to compare, or too much.
        """
        if variants is None:
            variants = [self.in_use] if self._in_use else []
            variants = variants or [{adapter.name: 1.0} for adapter in self.engine.adapters()]
        if not variants:
            raise UsageError(
                "There is no adapter to compare with the base model.",
                "Load one first: /adapter load mlx-docs",
            )
        if len(variants) > MOST_VARIANTS:
            raise UsageError(
                f"{len(variants)} adapted answers are too many to compare at once.",
                f"At most {MOST_VARIANTS} stand beside the base: /compare -a NAME -a NAME …",
            )
        self.contest = Contest(self, text, self.comparison(text, variants), blind=blind)
        self.last_question = text
        return self.contest.answers()

    def comparison(self, text: str, variants: Sequence[Mapping[str, float]]) -> Comparison:
        """The rows of a comparison, for those who want its numbers."""
        return Comparison(self.engine, self.question_alone(text), variants, self.sampling)

    def question_alone(self, text: str) -> list[Message]:
        """What a model reads when a text is asked outside of the conversation."""
        question = self.prompt.apply(text) if self.prompt else text
        return Conversation().messages(self.system, question)

    # What the status line shows

    @property
    def status(self) -> Status:
        info = self._engine.info if self._engine else None
        last = self.last_finish
        used = last.usage.prompt_tokens + last.usage.completion_tokens if last else 0
        return Status(
            model=info.model if info else Path(self.settings.model).name,
            loading=info is None,
            adapters=label(self._in_use),
            tokens_per_s=last.timing.tokens_per_s if last else None,
            first_token_s=last.timing.first_token_s if last else None,
            context_used=0 if self.conversation.is_empty else used,
            context_length=info.context_length if info else None,
            memory_bytes=info.memory_bytes if info else None,
        )
