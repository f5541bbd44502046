"""How much of an answer is read: its gist, its first line, or all of it."""

from __future__ import annotations

import pytest

from assistant.training.cutting import first_line, gist, is_alone, is_short

ASKED = {"role": "user", "content": "How do I sort?"}


def chat(answer: str) -> list[dict[str, str]]:
    return [ASKED, {"role": "assistant", "content": answer}]


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ("Use `np.sort(x)`. It returns a copy.\n\n```python\nx\n```", "Use `np.sort(x)`."),
        ("Use `d['a.b']`: the value. And more.", "Use `d['a.b']`:"),
        ("The rank is 2. It counts rows.", "The rank is 2."),
        ("It is 3.5 and not `x`. More.", "It is 3.5 and not `x`."),
        ("Type `/rank`\n\nand a matrix", "Type `/rank`"),
        ("Is it so? Yes.", "Is it so?"),
    ],
)
def test_the_gist_is_the_call_or_else_the_first_sentence(answer: str, read: str) -> None:
    assert gist(chat(answer)) == chat(read)


def test_a_gist_leaves_the_question_and_the_system_prompt_as_they_are() -> None:
    system = {"role": "system", "content": "Be brief."}
    assert gist([system, *chat("One. Two.")]) == [system, *chat("One.")]


def test_an_answer_of_one_sentence_is_its_own_gist() -> None:
    assert gist(chat("One sentence.")) == chat("One sentence.")


def test_a_first_line_ends_before_the_program() -> None:
    assert first_line(chat("Use `f()`. It works.\n\n```python\nf()\n```")) == chat(
        "Use `f()`. It works."
    )


def test_short_is_one_question_about_a_call() -> None:
    assert is_short(chat("Use `f()`."))
    assert not is_short(chat("The rank is 2."))
    assert not is_short(chat("Use `f()`.") * 2)
    assert is_alone(chat("The rank is 2."))
    assert not is_alone(chat("The rank is 2.") * 2)
