"""What a front end holds: settings, the engine, the adapters in use and the conversation.

Created without the engine, so that a screen can be painted first; `start` opens it. Methods may
be called from any one thread at a time. Each concern has a room of its own (`lineup`, `turns`,
`current_chat`); here they meet. It refuses to know slash commands and screens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant import settings as settings_module
from assistant.chat import ChatInfo, Conversation, Entry, Keeper, Prompt, PromptLibrary, Store
from assistant.commands.apprentice import Apprentice, training_news
from assistant.commands.blocks import Answers, Block, Notice
from assistant.commands.carrying import Carried
from assistant.commands.chats import Chats
from assistant.commands.current_chat import CurrentChat
from assistant.commands.engines import OpenEngine, open_local_engine
from assistant.commands.lineup import Lineup
from assistant.commands.scales import split_scale
from assistant.commands.status import Status, status_of
from assistant.commands.turns import Turns
from assistant.commands.variants import beside_the_base
from assistant.compare import Comparison
from assistant.engine.protocol import Engine, Generation
from assistant.engine.types import (
    AdapterInfo,
    AskedSampling,
    EngineInfo,
    Finish,
    Message,
    Sampling,
)
from assistant.paths import Places, search_folders
from assistant.settings import Settings
from assistant.training.taught import Taught

if TYPE_CHECKING:
    from assistant.commands.contest import Contest


class Session:
    """One person's chat with one model."""

    def __init__(
        self, settings: Settings, places: Places, *, open_engine: OpenEngine | None = None
    ) -> None:
        self.settings = settings
        self.places = places
        self.prompts = PromptLibrary(search_folders("prompts", places))
        self.prompt: Prompt | None = None
        self.system = settings.system
        self.changed_settings: set[str] = set()
        """Names of the settings that are no longer what they were at the start."""
        self.contest: Contest | None = None
        """The comparison that was made last, to vote on."""
        opening = open_engine or (lambda m, p: open_local_engine(m, p, self.settings))
        self.lineup = Lineup(lambda model: opening(model, places))
        self.taught = Taught(places.taught_file)
        self.apprentice: Apprentice | None = None
        """The training that was begun last."""
        self.chats = Chats(Store(places.conversations_file), lambda: self.conversation.id)
        self._chat = CurrentChat(self, self.chats.store)
        self._turns = Turns(self)

    # Who answers

    @property
    def engine(self) -> Engine:
        """The open engine. Raises EngineError while there is none."""
        return self.lineup.engine

    @property
    def is_open(self) -> bool:
        """Whether there is an engine; from any thread."""
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
        self._chat.leave()
        if self.apprentice is not None:
            self.apprentice.stop()
        self.lineup.close()
        self.chats.store.close()

    @property
    def in_use(self) -> Mapping[str, float]:
        """The adapters that answer, with their strengths; empty for the base model."""
        return self.lineup.in_use

    def load_adapter(self, ref: str, scale: float | None = None) -> AdapterInfo:
        """Load NAME[=SCALE], a folder too, and put it in use; with a scale, `ref` is the name
        alone. Raises AdapterError, and UsageError for a scale that is no number."""
        named = split_scale(ref, self.is_adapter) if scale is None else (ref, scale)
        return self.lineup.load(*named)

    def is_adapter(self, ref: str) -> bool:
        """Whether one of exactly that name is loaded, or lies in a folder."""
        from assistant.lora import folder_of  # knows the formats: only for a name with an =

        loaded = self.engine.adapters() if self.is_open else []
        return any(adapter.name == ref for adapter in loaded) or (
            folder_of(ref, search_folders("adapters", self.places)) is not None
        )

    def weigh_adapter(self, name: str, scale: float | None) -> None:
        """Let a loaded adapter answer at this strength beside the others in use; None: not at all.
        Raises AdapterNotLoaded."""
        self.lineup.weigh(name, scale)

    def unload_adapter(self, name: str) -> None:
        """Take an adapter off the model, and out of use. Raises AdapterError."""
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
        """How the next answer's tokens are chosen: as the settings say, else as the model asks."""
        chosen, info = self.settings, self.lineup.info
        asked = info.sampling if info else AskedSampling()
        return Sampling(
            max_tokens=chosen.max_tokens,
            temperature=asked.temperature if chosen.temperature is None else chosen.temperature,
            top_p=asked.top_p if chosen.top_p is None else chosen.top_p,
            top_k=asked.top_k,
            min_p=asked.min_p,
            seed=chosen.seed,
            repetition_penalty=chosen.repetition_penalty,
        )

    # Answers

    def ask(self, text: str) -> Answers:
        """Start the model's answer to a text, as the next turn of the conversation."""
        return self._turns.ask(text)

    def tell(self, question: str, facts: str) -> None:
        """Let the model know what the program itself answered, so that it can be asked about it."""
        self._turns.tell(question, facts)

    def reply(self, asked: Entry, count: int) -> Answers:
        """Start an answer to a question that is the tip of the conversation, after `make_room`
        left so many turns out."""
        return self._turns.reply(asked, count)

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
        return self._turns.listen(asked, answer, generation, after, before)

    @property
    def answering(self) -> bool:
        """Whether an answer of the conversation is under way."""
        return self._turns.answering

    @property
    def so_far(self) -> str | None:
        """What the answer under way has said; None when none is."""
        return self._turns.so_far

    def settle(self) -> None:
        """Take an answer that nobody listens to any more as it is."""
        self._turns.settle()

    def take_back(self, entries: Sequence[Entry]) -> None:
        """Forget what could not be asked."""
        self._turns.take_back(entries)

    def make_room(self, question: str) -> int:
        """Leave the oldest exchanges out once the chat fills the context; how many."""
        return self._turns.make_room(question)

    @property
    def prompt_tokens(self) -> int:
        """Of what the model read for the answer under way."""
        return self._turns.prompt_tokens

    @property
    def last_finish(self) -> Finish | None:
        """How the last answer of the conversation ended."""
        return self._turns.last_finish

    @property
    def last_question(self) -> str:
        """As it was typed, for /compare to ask again."""
        return self._turns.last_question

    # Conversations

    @property
    def conversation(self) -> Conversation:
        """The one that is gone on with; another object after /new and /open."""
        return self._chat.conversation

    @property
    def keeper(self) -> Keeper:
        """Writes it down, and the draft."""
        return self._chat.keeper

    def new_conversation(self) -> None:
        """Begin another one; the model, adapters, prompt and settings stay."""
        self.settle()
        self._chat.begin()
        self._turns.turn_to(self.conversation)
        self.contest = None

    def turned(self) -> None:
        """Another branch of the conversation is gone on with: what was last asked and answered is
        what was said last on that."""
        self._turns.turn_to(self.conversation)

    def open_chat(self, id: str, message: int | None = None) -> ChatInfo:
        """Go on with a kept conversation, under its system prompt and its prompt from the library.

        With a message, on the branch that has it.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        self.settle()
        info = self._chat.open(id, message)
        self._turns.turn_to(self.conversation)
        return info

    @property
    def read_before(self) -> int:
        """Tokens of the opened chat that the engine need not read again."""
        return self._chat.read_before

    @property
    def about_chat(self) -> ChatInfo:
        """This conversation as a list would show it."""
        return self._chat.info

    def keep(self) -> None:
        """Have the conversation written down as it is now."""
        self._chat.keep()

    def news(self) -> list[Block]:
        """What there is to say about keeping the conversation, and of a training that ended."""
        kept = [Notice(text, "warning") for text in self.keeper.news()]
        return [*kept, *training_news(self.apprentice)]

    # Comparisons, which are no part of the conversation

    def compare(
        self,
        text: str,
        variants: Sequence[Mapping[str, float]] | None = None,
        *,
        blind: bool = False,
    ) -> Answers:
        """Start base and adapted answers to a text, side by side.

        A blind comparison is shuffled and has no names until the vote.

        Raises:
            UsageError: there is nothing to compare, or too much.
        """
        # Brings everything that judges answers: not before somebody compares.
        from assistant.commands.contest import Contest

        columns = beside_the_base(variants, self.in_use, self.engine.adapters())
        self.contest = Contest(self, text, self.comparison(text, columns), blind=blind)
        self._turns.last_question = text
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
