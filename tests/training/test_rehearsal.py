"""What the model says already is learnt again beside what is taught."""

from __future__ import annotations

from assistant.training.rehearsal import MOST_TOKENS, QUESTIONS, rehearsal
from tests.fakes import FakeEngine


def test_everyday_questions_are_answered_by_the_base_and_cut_or_empty_answers_left_out() -> None:
    engine = FakeEngine(["Hi!", "word " * (MOST_TOKENS + 1), "", *["fine"] * (len(QUESTIONS) - 3)])
    engine.load_adapter("mlx-docs")
    examples = rehearsal(engine, "Be brief.")
    assert len(examples) == len(QUESTIONS) - 2
    assert {request.adapters == {} for request in engine.requests} == {True}
    hello = next(one for one in examples if one["messages"][-1]["content"] == "Hi!")
    assert hello["messages"][:2] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": QUESTIONS[0]},
    ]
