"""Going on with an answer that was cut: at its longest, by a stop, or by the end of the program.

It is the same answer, made longer, by the model, adapters, strengths, system prompt and dice that
it began with; where it had ended before stays beside it. It refuses to know how the engine goes on
and how it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.chat import Cut, Entry, Made
from assistant.commands.blocks import Answers, Block, Notice
from assistant.commands.remarks import left_out
from assistant.commands.room import make_room
from assistant.engine.types import Begun, Request
from assistant.errors import AssistantError, UsageError

if TYPE_CHECKING:
    from assistant.commands.session import Session

FULL = 0.95
"""How much of the context may be in use: what makes room also makes the model read all anew."""


def can_go_on(answer: Entry) -> bool:
    """Whether an answer did not end by itself, and had begun."""
    cut = answer.finish is None or answer.finish.reason != "stop"
    return cut and not answer.told and bool(answer.text or (answer.finish and answer.finish.tokens))


def cut_answer(session: Session) -> tuple[Entry, Entry]:
    """The last question and its answer, which was cut.

    Raises:
        UsageError: there is nothing to go on with.
    """
    asked = [exchange for exchange in session.conversation.exchanges if not exchange.told]
    if not asked:
        raise UsageError("There is no answer to go on with.", "Ask something first.")
    question, answer = asked[-1].asked, asked[-1].answered
    if question is None or answer is None or not (can_go_on(answer) or answer.finish):
        raise UsageError("The last question has no answer to go on with.", "/retry asks it again.")
    if not can_go_on(answer):
        ended = answer.finish is not None and answer.finish.reason == "stop"
        how = "ended by itself" if ended else "had not begun"
        raise UsageError(f"The last answer {how}.", "/retry asks for another.")
    return question, answer


def go_on(session: Session, most: int | None = None) -> Answers:
    """Go on with the last answer, for at most so many tokens; else as many as answers may have.

    Raises:
        UsageError: there is nothing to go on with, or not as it began.
        PromptTooLong: no more of it fits into the model's context.
    """
    session.settle()
    question, answer = cut_answer(session)
    info = session.engine.info
    if not info.goes_on:
        raise UsageError(
            f"{info.server or info.model} begins every answer anew: it cannot be gone on with.",
            "/retry asks again; /set max_tokens NUMBER allows longer answers.",
        )
    made = answer.made or Made()
    _refuse_other_model(session, made)
    loaded = _load(session, made)
    sampling = replace(
        made.sampling, seed=_seed(answer), max_tokens=most or session.settings.max_tokens
    )

    def request() -> Request:
        messages = session.conversation.messages(
            made.system,
            question.read,
            before=question,
            thoughts=session.engine.info.keeps_thoughts,
        )
        return Request(messages, made.scales, sampling, begun_of(answer))

    before = session.conversation.standing
    count = make_room(session.engine, session.conversation, request, FULL)
    try:
        generation = session.engine.generate([request()])
    except AssistantError:
        session.conversation.go_back(before)
        raise

    def after() -> Sequence[Block]:
        return [*_reloaded(loaded), *left_out(count)]

    grown = replace(answer, finish=None, cuts=(*answer.cuts, _cut(answer)))
    return replace(session.listen(question, grown, generation, after, answer), goes_on=True)


def begun_of(answer: Entry) -> Begun:
    """An answer as far as it was said, as the engine takes it."""
    if answer.finish is not None and answer.finish.tokens:
        return Begun(answer.text, answer.finish.tokens, answer.finish.thought)
    return Begun(answer.text, thought=answer.cuts[-1].thought if answer.cuts else "")


def _seed(answer: Entry) -> int | None:
    """The seed that the answer began with, whether it was given or drawn."""
    if answer.finish is not None:
        return answer.finish.seed
    known = [cut.seed for cut in answer.cuts if cut.seed is not None]
    given = answer.made.sampling.seed if answer.made else None
    return known[-1] if known else given


def _cut(answer: Entry) -> Cut:
    finish, length = answer.finish, len(answer.text)
    if finish is None:
        thought = answer.cuts[-1].thought if answer.cuts else ""
        return Cut(length, seed=_seed(answer), thought=thought)
    return Cut(length, finish.reason, finish.seed, finish.thought, finish.usage, finish.timing)


def _refuse_other_model(session: Session, made: Made) -> None:
    now = session.engine.info.model
    if made.model and made.model != now:
        raise UsageError(
            f"The last answer is {made.model}'s, and {now} is open.",
            f"/model {made.model} opens it; /retry asks {now}.",
        )


def _load(session: Session, made: Made) -> list[str]:
    """Have the answer's adapters loaded, the very ones; names of those that were not."""
    engine = session.engine
    resident = {adapter.name: adapter for adapter in engine.adapters()}
    loaded: list[str] = []
    for used in made.adapters:
        found = resident.get(used.name)
        if found is None:
            found = engine.load_adapter(used.name)
            loaded.append(used.name)
        if used.fingerprint and found.fingerprint != used.fingerprint:
            for name in loaded:
                engine.unload_adapter(name)
            raise UsageError(
                f"The adapter {used.name!r} is not the one that began this answer: its folder has "
                "changed.",
                "/retry asks the one of now.",
            )
    return loaded


def _reloaded(names: Sequence[str]) -> list[Block]:
    if not names:
        return []
    return [Notice(f"{', '.join(names)}: loaded again, for this answer alone.")]
