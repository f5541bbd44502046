"""What is said below a comparison: where the answers part, and with what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.commands import Session
from assistant.commands.blocks import Notice
from assistant.commands.remarks import partings
from assistant.compare import Comparison
from assistant.paths import Places
from assistant.settings import Settings
from tests.fakes import FakeEngine


@pytest.mark.parametrize(
    ("base", "adapted", "said"),
    [
        (
            "Use `np.sort(x)`. It sorts.",
            "Use `mx.sort(x)`. It sorts.",
            "part at token 2: np.sort(x) ▸ mx.sort(x)",
        ),
        ("It is 1 + 2", "It is 1 + 2 or so", "part at token 6: (the end) ▸ or so"),
        ("same words", "same words", "say the same, token for token"),
        ("a " + "x" * 90, "a b", f"part at token 2: {'x' * 31}… ▸ b"),
    ],
)
def test_the_parting_is_named(places: Places, base: str, adapted: str, said: str) -> None:
    engine = FakeEngine([base, adapted])
    settings = Settings(evidence=False)
    session = Session(settings, places, open_engine=lambda model, places: engine)
    session.start()
    engine.answers.clear()
    engine.answers += [base, adapted]
    answers = session.compare("question", [{}])
    list(answers.generation)
    (notice,) = [block for block in answers.after() if isinstance(block, Notice)]
    assert said in notice.text


@pytest.mark.parametrize(
    ("base", "said"),
    [("same words and more", ["say the same as far as they were said"]), ("other words", ["part"])],
)
def test_a_stopped_answer_is_not_taken_for_a_short_one(
    places: Places, base: str, said: list[str]
) -> None:
    engine = FakeEngine()
    session = Session(Settings(evidence=False), places, open_engine=lambda model, places: engine)
    session.start()
    engine.answers += [base, "same words"]
    comparison = session.compare("question", [{}]).generation
    assert isinstance(comparison, Comparison)
    list(comparison)
    for row, finish in enumerate(comparison.finishes):
        assert finish is not None
        comparison.finishes[row] = replace(finish, reason="cancelled")
    told = [block.text for block in partings(comparison) if isinstance(block, Notice)]
    assert all(part in text for part, text in zip(said, told, strict=True))


def test_what_a_model_cannot_do_is_said_when_it_opens() -> None:
    from dataclasses import replace

    from assistant.commands.remarks import about_model
    from tests.fakes import FakeEngine

    info = FakeEngine().info
    assert about_model(info) == []
    remark = "kv_bits is left out: mlx-lm cannot quantise for this model."
    (block,) = about_model(replace(info, remarks=(remark,)))
    assert block == Notice(remark, "warning")
