"""The tokenizer of the embedded model: byte-level BPE over the base set, and its chat template.

It is trained on the base set alone. A vocabulary that had seen MLX text would own tokens that
are never a target in pretraining, and an adapter cannot mend those.
This module refuses to know the model's weights.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BEGIN, SYSTEM, USER, ASSISTANT, END, PAD = (
    "<|begin|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|end|>",
    "<|pad|>",
)
SPECIAL = (BEGIN, SYSTEM, USER, ASSISTANT, END, PAD)

CHAT_TEMPLATE = (
    "{{ '<|begin|>' }}"
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ '<|system|>' }}"
    "{% elif message['role'] == 'user' %}{{ '<|user|>' }}"
    "{% elif message['role'] == 'assistant' %}{{ '<|assistant|>' }}"
    "{% else %}{{ raise_exception('unknown role: ' + message['role']) }}{% endif %}"
    "{{ message['content'] | trim }}{{ '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """A byte-level BPE of `vocabulary` tokens, special ones included."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    # Words, single digits, and runs of signs apart from each other: `np.sort(` is np . sort (,
    # so a name met in one library is the same tokens in another.
    pattern = r" ?[A-Za-z]+|\d| ?[^\sA-Za-z\d]+|\n+|\s+(?!\S)|\s+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        min_frequency=2,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def encode_chat(tokenizer: Any, messages: list[dict[str, str]]) -> tuple[list[int], list[bool]]:
    """Token ids of a chat, and which of them the assistant wrote (its end of turn included)."""
    ids = [tokenizer.token_to_id(BEGIN)]
    own = [False]
    end = tokenizer.token_to_id(END)
    for message in messages:
        role = message["role"]
        text = tokenizer.encode(message["content"].strip(), add_special_tokens=False).ids
        ids += [tokenizer.token_to_id(f"<|{role}|>"), *text, end]
        own += [False, *[role == "assistant"] * (len(text) + 1)]
    return ids, own


def save_tokenizer(tokenizer: Any, folder: Path, context: int) -> None:
    """Write the files that transformers and mlx-lm read."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BEGIN,
        "eos_token": END,
        "pad_token": PAD,
        "clean_up_tokenization_spaces": False,
        "model_max_length": context,
        "chat_template": CHAT_TEMPLATE,
    }
    text = json.dumps(settings, indent=2) + "\n"
    (folder / "tokenizer_config.json").write_text(text, "utf-8")
