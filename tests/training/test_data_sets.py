"""The data sets keep to their subjects: the base never sees MLX, the adapter covers it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from assistant.training.asking import Asker
from assistant.training.base_data import BaseChats, base_chats
from assistant.training.checked import FORBIDDEN, check_calls
from assistant.training.examples import try_program
from assistant.training.libraries import MLX, NUMPY, PYTHON, TORCH
from assistant.training.mlx_data import Coverage, MlxChats, cover, mlx_operations, write_sets
from assistant.training.noise import noise
from assistant.training.recipe import Part
from assistant.training.tables import Concept, concepts, operations

PART = Part(chats=1, rates=(1.0, 0.0), lengths=((0.0, 256),))
BUILT = Path(__file__).parents[2] / "build" / "training" / "base.jsonl"


@pytest.fixture(scope="module")
def base() -> BaseChats:
    table = [*operations("operations.toml")[:25], *operations("python.toml")[:10]]
    known, dropped = check_calls(table, {"numpy": NUMPY, "python": PYTHON})
    assert not dropped
    return BaseChats(known, [], Random(1), PART)


def test_a_chat_alternates_between_user_and_assistant(base: BaseChats) -> None:
    for library in ("numpy", "python"):
        for _ in range(200):
            known = base.pick(library)
            messages = base.asker.exchange(known, library) + base.follow_up(known)
            roles = [message["role"] for message in messages]
            assert roles == ["user", "assistant"] * (len(roles) // 2)
            assert all(message["content"].strip() for message in messages)


def test_asked_about_one_library_the_answer_is_of_that_one(base: BaseChats) -> None:
    for _ in range(200):
        known = base.pick("numpy")
        assert "np." in known.reply() or ".tolist" in known.reply() or "a." in known.reply()
        assert "torch" not in known.reply()


def test_a_question_may_name_what_another_library_calls_it(base: BaseChats) -> None:
    known = base._ways["numpy"]["sort"][0]
    twin = replace(known, library=TORCH, call="torch.sort(x)")
    asker = Asker(Random(1), {"numpy": {"sort": [known]}, "torch": {"sort": [twin]}})
    asked = [asker.question(known, "NumPy").lower() for _ in range(400)]
    assert any("torch.sort" in text for text in asked)
    assert sum("numpy" in text for text in asked) > 390


def test_a_second_question_stays_with_the_library_without_naming_it(base: BaseChats) -> None:
    for known in (base.plain("numpy"), base.plain("python")):
        asked = [base.asker.about_another(known) for _ in range(100)]
        assert not any("numpy" in question["content"].lower() for question, _ in asked)
        assert {answer["content"] for _, answer in asked} == {known.reply()}
    follow_ups = [base.follow_up(base.plain("python")) for _ in range(200)]
    assert not any("np." in answer["content"] for _, answer in follow_ups)


def test_noise_is_answered_with_one_sentence_however_long_it_is() -> None:
    rng = Random(2)
    texts = [noise(rng, 4000) for _ in range(400)]
    assert max(map(len, texts)) > 1500
    assert sum(len(text) < 100 for text in texts) > 150
    assert all(text.strip() for text in texts)


def test_small_talk_and_limits_are_there(base: BaseChats) -> None:
    spoken = [base.concept_exchange() for _ in range(3000)]
    answers = " ".join(messages[1]["content"] for messages in spoken)
    assert "I do not know" in answers
    assert "/adapter load NAME" in answers
    assert "low-rank adaptation" in answers
    assert not FORBIDDEN.search(" ".join(m["content"] for chat in spoken for m in chat))


def test_the_filter_finds_every_form_of_the_name() -> None:
    for text in ("use mx.sort(x)", "MLX", "import mlx.core as mx", "Mlx_lm"):
        assert FORBIDDEN.search(text)
    assert not FORBIDDEN.search("np.max(x), jmx_total, mixed")


@pytest.mark.skipif(not BUILT.exists(), reason="the base set has not been built here")
def test_the_built_base_set_never_speaks_of_mlx() -> None:
    with BUILT.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            assert not FORBIDDEN.search(line), f"line {number}"


@pytest.mark.slow
def test_a_set_can_be_built_from_the_libraries_that_are_installed() -> None:
    parts = (replace(PART, chats=300), replace(PART, chats=100, often=0.5, usual=0.5))
    chats = list(base_chats(parts, seed=3))
    assert len(chats) == 400
    assert chats == list(base_chats(parts, seed=3))
    assert not any(FORBIDDEN.search(m["content"]) for chat in chats for m in chat)


@pytest.mark.slow
def test_every_public_name_of_mlx_is_asked_about_or_passed_over_with_a_reason() -> None:
    coverage = cover()
    assert len(coverage.known) > 400
    assert all(one.reason for one in [*coverage.passed, *coverage.dropped])
    # A name with a docstring is only passed over when it is not MLX's own or has no sentence.
    assert {one.reason.split(" from ")[0] for one in coverage.passed} <= {
        "no docstring",
        "comes",
        "no sentence in the docstring",
        "first sentence too long",
    }
    chats = MlxChats(coverage, [], Random(1))
    text = " ".join(m["content"] for _ in range(300) for m in chats.conversation())
    assert "mx." in text
    assert "import mlx.core as mx" in text
    asked = [chats.sequel() for _ in range(60)]
    assert all(len(chat) == 4 and "`" in chat[-1]["content"] for chat in asked)
    assert len({chat[-1]["content"] for chat in asked}) > 15


@pytest.mark.parametrize("concept", concepts("mlx_concepts.toml"), ids=lambda one: one.name)
def test_what_is_said_about_mlx_can_be_run_and_is_asked_about_mlx(concept: Concept) -> None:
    if concept.program:
        tried = try_program(concept.program)
        assert not tried.failure
        assert tried.output
    for question in (*concept.topic, *concept.ask):
        assert "{lib}" in question or re.search(r"\b(mx|nn|mlx)[._-]", question), question
    assert concept.answers


def test_a_question_about_mlx_is_answered_with_a_sentence_and_its_program() -> None:
    told = Concept("m", (), ("write a model in {lib}",), ("Subclass it.",), "import mlx.nn as nn")
    known, _ = check_calls([mlx_operations()[0][0]], {"mlx": MLX})
    chats = MlxChats(Coverage(known, [], [], [], [], [told]), [], Random(1))
    asked, answered = chats.about()
    assert "{lib}" not in asked["content"]
    assert answered["content"] == "Subclass it.\n\n```python\nimport mlx.nn as nn\n```"


def test_mlx_has_a_call_for_the_operations_that_numpy_has() -> None:
    calls = {operation.name: operation.calls["mlx"] for operation, _ in mlx_operations()}
    assert calls["softmax"] == "mx.softmax(x, axis=-1)"
    assert calls["sort"] == "mx.sort(x)"
    assert calls["nn_linear"] == "nn.Linear(4, 8)"


def test_the_sets_are_written_as_the_trainer_reads_them(tmp_path: Path) -> None:
    chats = [[{"role": "user", "content": str(k)}] for k in range(10)]
    write_sets([{"messages": chat} for chat in chats], tmp_path, valid=2)
    rows = (tmp_path / "train.jsonl").read_text("utf-8").splitlines()
    assert len(rows) == 8
    assert json.loads(rows[0]) == {"messages": chats[2]}
