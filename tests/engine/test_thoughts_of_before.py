"""Whether a model reads again what it thought in earlier turns is for its chat template to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.engine.chat_template import encode_messages, keeps_thoughts
from assistant.engine.types import Message
from tests.small_models import make_tokenizer

TURNS: list[Message] = [
    {"role": "user", "content": "abc"},
    {"role": "assistant", "content": "xyz", "reasoning_content": "why"},
    {"role": "user", "content": "abc"},
]
_TELLS = "{% if m.reasoning_content %}({{ m.reasoning_content }}){% endif %}"


def template(thought: str) -> str:
    return "{% for m in messages %}" + thought + "{{ m['content'] }}{% endfor %}<|assistant|>"


@pytest.mark.parametrize(
    ("thought", "wanted"),
    [
        ("", False),
        (_TELLS, True),
        ("{% if loop.last %}" + _TELLS + "{% endif %}", False),
        ("{{ raise_exception('no') if m.reasoning_content else '' }}", False),
    ],
)
def test_a_template_wants_them_when_it_writes_them(
    tmp_path: Path, thought: str, wanted: bool
) -> None:
    from mlx_lm.tokenizer_utils import load as load_tokenizer

    make_tokenizer(tmp_path)
    tokenizer = load_tokenizer(tmp_path)
    tokenizer.chat_template = template(thought)
    assert keeps_thoughts(tokenizer) is wanted
    if wanted:
        text = tokenizer.decode(encode_messages(tokenizer, TURNS))
        assert "(why)xyz" in text.replace(" ", "")
