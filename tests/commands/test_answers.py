"""/compare, /retry and /new: what is asked again, and what is forgotten."""

from __future__ import annotations

from assistant.commands.blocks import Answers, Block, Effect
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import notices, open_session, problem, say


def answers(blocks: list[Block]) -> Answers:
    (found,) = [block for block in blocks if isinstance(block, Answers)]
    return found


def test_compare_asks_the_base_first_and_says_where_they_part(places: Places) -> None:
    session, engine = open_session(places, ["use np.sort here", "use mx.sort here"])
    blocks = say(session, "/adapter load mlx-docs", "/compare How do I sort?")
    assert [column.title for column in answers(blocks).columns] == ["base", "mlx-docs ×1"]
    assert [request.adapters for request in engine.requests] == [{}, {"mlx-docs": 1.0}]
    assert "part at token 1" in notices(blocks)
    assert not session.conversation.exchanges


def test_both_rows_of_a_comparison_draw_with_the_same_dice(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "/set temperature 0.8", "/adapter load mlx-docs", "/compare hello")
    seeds = {request.sampling.seed for request in engine.requests}
    assert len(seeds) == 1
    assert None not in seeds


def test_compare_without_text_takes_the_last_question(places: Places) -> None:
    session, engine = open_session(places)
    assert problem(say(session, "/adapter load mlx-docs", "/compare")).kind == "usage"
    say(session, "What is rank?", "/compare")
    assert engine.requests[-1].messages[-1]["content"] == "What is rank?"


def test_compare_needs_an_adapter(places: Places) -> None:
    session, _ = open_session(places)
    assert "/adapter load" in problem(say(session, "/compare hello")).hint


def test_compare_gives_each_loaded_adapter_a_column_when_none_is_in_use(places: Places) -> None:
    session, _ = open_session(places)
    blocks = say(
        session,
        "/adapter load mlx-docs",
        "/adapter load pirate",
        "/adapter use none",
        "/compare hello",
    )
    titles = [column.title for column in answers(blocks).columns]
    assert titles == ["base", "mlx-docs ×1", "pirate ×1"]


def test_retry_replaces_the_last_answer(places: Places) -> None:
    session, _ = open_session(places, ["first", "second"])
    say(session, "hello", "/retry")
    assert [exchange.answer for exchange in session.conversation.exchanges] == ["second"]


def test_retry_says_when_nothing_could_change(places: Places) -> None:
    session, _ = open_session(places, ["same", "same", "other"])
    assert "The same answer again" in notices(say(session, "hello", "/retry"))
    assert notices(say(session, "/retry")) == ""


def test_retry_does_not_put_the_template_around_the_question_twice(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "/prompt review", "x = 1", "/retry")
    first, second = engine.requests
    assert first.messages == second.messages
    assert session.last_question == "x = 1"


def test_retry_with_nothing_asked_is_a_usage_problem(places: Places) -> None:
    session, _ = open_session(places)
    assert problem(say(session, "/retry")).kind == "usage"


def test_a_retry_that_cannot_start_keeps_the_last_answer(places: Places) -> None:
    session, _ = open_session(places, ["kept"])
    say(session, "hello", "/system " + "word " * 2000)
    assert problem(say(session, "/retry")).kind == "prompt_too_long"
    assert [exchange.answer for exchange in session.conversation.exchanges] == ["kept"]


def test_new_forgets_what_was_said_and_nothing_else(places: Places) -> None:
    session, engine = open_session(places)
    blocks = say(session, "/adapter load mlx-docs", "hello", "/new")
    assert Effect("clear") in blocks
    assert session.status.context_used == 0
    assert session.in_use == {"mlx-docs": 1.0}
    say(session, "again")
    assert [message["content"] for message in engine.requests[-1].messages] == ["again"]
    assert problem(say(session, "/new", "/retry")).kind == "usage"


def test_a_prompt_that_is_too_long_is_said_and_the_chat_goes_on(places: Places) -> None:
    session, _ = open_session(places)
    assert problem(say(session, "word " * 2000)).kind == "prompt_too_long"
    assert not session.conversation.exchanges
    say(session, "short")
    assert session.conversation.exchanges[0].answer == "You said: short"


def test_adapters_of_the_settings_are_loaded_at_the_start(places: Places) -> None:
    session, _ = open_session(places, settings=Settings(adapters=("mlx-docs=0.7",)))
    assert session.in_use == {"mlx-docs": 0.7}
