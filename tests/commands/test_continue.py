"""/continue makes the last answer longer, as it began, and keeps where it had ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.chat import Entry
from assistant.commands import Session, submit
from assistant.commands.blocks import Answered, Answers
from assistant.commands.turns import Turns
from assistant.engine.types import Event, Sampling
from assistant.errors import EngineError
from assistant.paths import Places
from assistant.settings import Settings
from tests.chat.keeping import rows
from tests.commands.saying import notices, open_session, problem, say
from tests.fakes import FakeEngine, FakeGeneration

SHORT = Settings(max_tokens=2, temperature=0.5, seed=11)


def cut_session(places: Places, *more: str) -> tuple[Session, FakeEngine]:
    """A chat whose last answer was cut after two words."""
    session, engine = open_session(places, ["one two three", *(more or ("three four",))], SHORT)
    say(session, "hello")
    assert last(session).text == "one two"
    return session, engine


def last(session: Session) -> Entry:
    return session.conversation.path[-1]


def test_the_answer_grows_in_its_place(places: Places) -> None:
    session, _ = cut_session(places)
    before = last(session)
    say(session, "/continue")
    after = last(session)
    assert after.text == "one two three four"
    assert (after.id, after.parent) == (before.id, before.parent)
    assert len(session.conversation.entries) == 2
    assert after.finish is not None
    assert after.finish.reason == "stop"


def test_where_it_had_ended_stays_beside_it_on_the_disk_too(places: Places) -> None:
    session, _ = cut_session(places, "three four five", "five six")
    ends = [last(session).finish]
    say(session, "/continue")
    ends.append(last(session).finish)
    say(session, "/continue")
    session.close()
    again, _ = open_session(places)
    again.open_chat(again.chats.recent()[0].id)
    cuts = last(again).cuts
    assert [(c.characters, c.reason, c.seed) for c in cuts] == [
        (len("one two"), "length", 11),
        (len("one two three four"), "length", 11),
    ]
    assert [(c.usage, c.timing) for c in cuts] == [(e.usage, e.timing) for e in ends if e]
    assert last(again).text == "one two three four five six"


def test_it_is_asked_as_it_began_whatever_is_in_use_now(places: Places) -> None:
    session, engine = open_session(places, ["one two three", "more"], SHORT)
    say(session, "/system Be brief.", "/adapter load mlx-docs=0.7", "hello")
    say(session, "/system Be long.", "/adapter use none", "/set temperature 1", "/set seed 5")
    say(session, "/set max_tokens 9", "/continue")
    first, second = engine.requests
    assert list(second.messages) == list(first.messages)
    assert second.adapters == {"mlx-docs": 0.7}
    assert second.sampling == replace(first.sampling, max_tokens=9)
    assert second.begun is not None
    finish_tokens = second.begun.tokens
    assert len(finish_tokens) == 2
    assert session.in_use == {}


def test_the_dice_that_were_drawn_for_it_go_on(places: Places) -> None:
    session, engine = open_session(places, ["one two three"], replace(SHORT, seed=None))
    say(session, "hello")
    entry = last(session)
    assert entry.finish is not None
    session.conversation.put(replace(entry, finish=replace(entry.finish, seed=77)))
    say(session, "/continue")
    assert engine.requests[-1].sampling.seed == 77


def test_a_number_says_how_much_more(places: Places) -> None:
    session, engine = cut_session(places, "a b c d")
    say(session, "/continue 3")
    assert engine.requests[-1].sampling.max_tokens == 3
    assert last(session).text == "one two a b c"


def test_a_stopped_answer_goes_on(places: Places) -> None:
    session, _ = open_session(places, ["one two three four", "three"])
    (answers,) = submit(session, "hello")
    assert isinstance(answers, Answers)
    for number, _event in enumerate(answers.generation):
        if number == 1:
            answers.generation.cancel()
    say(session, "/continue")
    assert last(session).text == "one two three"
    assert last(session).cuts[0].reason == "cancelled"


def test_after_the_program_was_killed_the_text_goes_on(places: Places) -> None:
    session, engine = open_session(places, ["and more"], SHORT)
    session.conversation.ask("hello")
    made = Turns(session).made()
    session.conversation.answer("half an ans", made=made)
    session.keep()
    session.close()
    session, engine = open_session(places, ["and more"], SHORT)
    blocks = say(session, "/open 1")
    (shown,) = [b for b in blocks if isinstance(b, Answered)]
    assert shown.remark == "broken off · /continue goes on"
    say(session, "/continue")
    begun = engine.requests[-1].begun
    assert begun is not None
    assert (begun.text, begun.tokens) == ("half an ans", ())
    assert engine.requests[-1].sampling.seed == 11
    assert last(session).text == "half an ans and more"


def test_after_opening_the_adapter_is_loaded_again_for_it_alone(places: Places) -> None:
    session, _ = open_session(places, ["one two three"], SHORT)
    say(session, "/adapter load mlx-docs", "hello")
    session.close()
    session, engine = open_session(places, ["three"], SHORT)
    blocks = say(session, "/open 1", "/continue")
    assert "mlx-docs: loaded again, for this answer alone." in notices(blocks)
    assert engine.requests[-1].adapters == {"mlx-docs": 1.0}
    assert session.in_use == {}
    (answers,) = [b for b in blocks if isinstance(b, Answers)]
    assert (answers.goes_on, answers.columns[0].title) == (True, "mlx-docs ×1")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "There is no answer to go on with."),
        (("hello",), "The last answer ended by itself."),
        (("hello", "/continue soon"), ""),
    ],
)
def test_without_a_cut_answer_it_says_so(places: Places, lines: tuple[str, ...], said: str) -> None:
    session, engine = open_session(places, ["one"])
    say(session, *lines[:1])
    asked = len(engine.requests)
    found = problem(say(session, lines[1] if len(lines) > 1 else "/continue"))
    assert found.kind == "usage"
    assert said in found.message
    assert len(engine.requests) == asked


def test_a_question_that_was_never_answered_is_not_gone_on_with(places: Places) -> None:
    session, _ = cut_session(places)
    session.conversation.ask("and this?")
    assert "no answer" in problem(say(session, "/continue")).message


def test_what_the_program_told_since_does_not_stand_in_the_way(places: Places) -> None:
    session, engine = cut_session(places)
    session.tell("What is the rank of [[1]]?", "1")
    say(session, "/continue")
    assert session.conversation.exchanges[0].answer == "one two three four"
    assert [m["content"] for m in engine.requests[-1].messages] == ["hello"]


def test_another_model_does_not_go_on_with_it(places: Places) -> None:
    session, engine = cut_session(places)
    entry = last(session)
    assert entry.made is not None
    session.conversation.put(replace(entry, made=replace(entry.made, model="elsewhere")))
    found = problem(say(session, "/continue"))
    assert "elsewhere" in found.message
    assert "/model elsewhere" in found.hint
    assert len(engine.requests) == 1


def test_an_engine_that_cannot_go_on_is_not_asked_to(places: Places) -> None:
    session, engine = cut_session(places)
    engine.goes_on = False
    assert "cannot be gone on with" in problem(say(session, "/continue")).message
    assert len(engine.requests) == 1


def test_an_adapter_that_was_trained_anew_does_not_go_on(places: Places) -> None:
    session, _ = open_session(places, ["one two three"], SHORT)
    say(session, "/adapter load pirate", "hello", "/adapter unload pirate")
    entry = last(session)
    assert entry.made is not None
    (used,) = entry.made.adapters
    changed = replace(entry.made, adapters=(replace(used, fingerprint="f" * 64),))
    session.conversation.put(replace(entry, made=changed))
    assert "has changed" in problem(say(session, "/continue")).message
    assert session.engine.adapters() == []
    assert last(session).text == "[pirate] one"


def test_nothing_new_leaves_the_answer_as_it_was(places: Places) -> None:
    session, _ = cut_session(places)
    before = last(session)
    (answers,) = submit(session, "/continue")
    assert isinstance(answers, Answers)
    answers.generation.cancel()
    list(answers.generation)
    assert last(session) == before
    session.close()
    (stored,) = rows(
        places.conversations_file, "SELECT finish_reason, more FROM message WHERE role='assistant'"
    )
    assert stored[0] == "length"
    assert "cuts" not in json.loads(stored[1])


def test_a_failure_keeps_what_there_was(places: Places) -> None:
    session, engine = cut_session(places)
    before = last(session)

    class Broken(FakeGeneration):
        def _run(self) -> Iterator[Event]:
            raise EngineError("The answer broke off: no memory.")
            yield

    engine.generate = lambda requests: Broken(requests, [""], engine)  # type: ignore[method-assign]
    (answers,) = submit(session, "/continue")
    assert isinstance(answers, Answers)
    with pytest.raises(EngineError):
        list(answers.generation)
    assert last(session) == before


def test_it_is_on_the_disk_as_it_grows(places: Places) -> None:
    session, _ = cut_session(places)
    (answers,) = submit(session, "/continue")
    assert isinstance(answers, Answers)
    stored = rows(places.conversations_file, "SELECT text, finish_reason FROM message")
    assert ("one two", None) in stored, "what was there stays, before anything new comes"
    list(answers.generation)
    stored = rows(places.conversations_file, "SELECT text, finish_reason FROM message")
    assert ("one two three four", "stop") in stored


def test_an_answer_that_went_on_is_asked_about_as_a_whole(places: Places) -> None:
    session, engine = cut_session(places)
    say(session, "/continue", "and now?")
    assert [m["content"] for m in engine.requests[-1].messages] == [
        "hello",
        "one two three four",
        "and now?",
    ]


def test_a_full_context_leaves_the_oldest_out(places: Places) -> None:
    session, engine = open_session(places, [], replace(SHORT, max_tokens=400))
    engine.answers.extend(["w " * 300, "w " * 300, "x " * 500, "end"])
    say(session, "a", "b", "/set max_tokens 380", "c")
    entry = last(session)
    session.conversation.put(replace(entry, text="x " * 700))
    engine.count_tokens = lambda request: (  # type: ignore[method-assign]
        sum(len(m["content"].split()) for m in request.messages)
        + (len(request.begun.text.split()) if request.begun else 0)
    )
    blocks = say(session, "/continue")
    assert "no longer fit" in notices(blocks)
    assert engine.requests[-1].messages[-1]["content"] == "c"


def test_sampling_is_the_answers_own(places: Places) -> None:
    session, _ = cut_session(places)
    assert last(session).made is not None
    say(session, "/continue")
    made = last(session).made
    assert made is not None
    assert made.sampling == Sampling(max_tokens=2, temperature=0.5, seed=11)
