"""What is said below a comparison: where the answers part, and with what."""

from __future__ import annotations

import pytest

from assistant.commands import Session
from assistant.commands.blocks import Notice
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
