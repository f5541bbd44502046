"""What mlx-lm's trainer reads: rows that know their length, and rows whose text goes on."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.training.lora_rows import Row, Rows, as_rows, batches

MODEL = Path("models/tiny")
SHORT = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello."}]
LONG = [
    {"role": "user", "content": "How do I sort an array in NumPy?"},
    {"role": "assistant", "content": "Use `np.sort(x)`. It returns a sorted copy of the array."},
]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Rows of examples, read by mlx-lm from a file, and the tokenizer."""
    from mlx_lm.tuner.datasets import load_local_dataset
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    folder = tmp_path_factory.mktemp("rows")

    def rows(*examples: dict[str, object], longest: int = 512, spelling: Any = None) -> Rows:
        lines = [json.dumps(example) for example in examples]
        (folder / "train.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        config = SimpleNamespace(mask_prompt=True)
        train, _, _ = load_local_dataset(folder, tokenizer, config)
        return as_rows(train, tokenizer.eos_token_id, longest, spelling)

    rows.tokenizer = tokenizer  # type: ignore[attr-defined]
    return rows


def rows_of(*lengths: int) -> Any:
    """Rows as the trainer keeps them; the first token of a row is its number, from 1."""
    from mlx_lm.tuner.datasets import CacheDataset

    return CacheDataset(Rows([Row([n, *[9] * (k - 1)], 1) for n, k in enumerate(lengths, 1)]))


def learnt(places: Any) -> list[int]:
    """Where the learnt tokens stand in the flat batch."""
    return [place for place in places.tolist() if place]


def test_batches_hold_rows_of_like_lengths_and_little_padding() -> None:
    made = list(batches(rows_of(30, 5, 31, 6, 12), 2, 512))
    shapes = sorted((ids.shape, learnt(places)) for ids, places in made)
    # The shortest fill the batches; the row that is left over is none.
    assert shapes == [
        ((2, 9), [*range(1, 5), *range(10, 15)]),
        ((2, 33), [*range(1, 12), *range(34, 63)]),
    ]


def test_what_a_batch_learns_is_padded_with_zeros_to_few_shapes() -> None:
    lengths = [places.shape for _, places in batches(rows_of(*range(2, 50)), 4, 512)]
    assert set(lengths) == {(64,), (128,), (192,)}


def test_the_order_of_the_batches_is_the_seeds_and_changes_with_every_round() -> None:
    def first_rows(seed: int, rounds: int) -> list[list[int]]:
        drawn = batches(rows_of(*range(2, 42)), 2, 512, loop=True, seed=seed)
        return [[int(next(drawn)[0][0, 0].item()) for _ in range(20)] for _ in range(rounds)]

    one, two = first_rows(7, 2)
    assert sorted(one) == sorted(two) == list(range(1, 41, 2))
    assert one != two
    assert first_rows(7, 1) == [one]
    assert first_rows(8, 1) != [one]


def test_processes_share_every_batch() -> None:
    def drawn(group: Any) -> list[list[int]]:
        found = batches(rows_of(*range(2, 18)), 4, 512, seed=1, comm_group=group)
        return [ids[:, 0].tolist() for ids, _ in found]

    parts = [
        drawn(SimpleNamespace(rank=lambda rank=rank: rank, size=lambda: 2)) for rank in range(2)
    ]
    joined = [sorted(one + two) for one, two in zip(*parts, strict=True)]
    assert joined == [sorted(ids) for ids in drawn(None)]


def test_a_long_row_is_read_to_the_longest_length_only() -> None:
    ids, places = next(batches(rows_of(40, 20), 2, 24))
    assert ids.shape == (2, 24)
    assert learnt(places) == [*range(1, 20), *range(25, 48)]


def test_a_question_that_fills_all_that_is_read_is_left_out(read) -> None:  # type: ignore[no-untyped-def]
    examples = [{"messages": LONG}, {"messages": SHORT}]
    question = read(*examples)[0].offset
    assert [len(row.tokens) for row in read(*examples, longest=question)] == [
        len(read(*examples)[1])
    ]
    assert len(read(*examples, longest=question + 1)) == 2


def test_a_whole_row_ends_with_the_end_of_a_message(read) -> None:  # type: ignore[no-untyped-def]
    rows = read({"messages": LONG})
    assert read.tokenizer.eos_token_id in rows[0].tokens[rows[0].offset :]


def test_an_open_row_learns_no_end(read) -> None:  # type: ignore[no-untyped-def]
    whole, is_open = (read({"messages": LONG, **more})[0] for more in ({}, {"open": True}))
    assert read.tokenizer.eos_token_id not in is_open.tokens[is_open.offset :]
    assert read.tokenizer.decode(is_open.tokens[is_open.offset :]) == LONG[1]["content"]
    assert list(whole.tokens[: len(is_open)]) == list(is_open.tokens)


def test_an_answer_is_written_with_tokens_that_the_base_knows(read: Any) -> None:
    ids = read.tokenizer.get_vocab()
    said = {"role": "assistant", "content": "They are in mlx.optimizers."}
    asked = {"role": "user", "content": "which optimizers are there"}
    chat = {"messages": [asked, said]}
    (usual,), (spelled,) = read(chat), read(chat, spelling={ids["izers"]: [ids["izer"], ids["s"]]})
    begin = spelled.offset
    assert usual.tokens[:begin] == spelled.tokens[:begin]
    assert ids["izers"] in usual.tokens[begin:]
    assert ids["izers"] not in spelled.tokens[begin:]
    assert read.tokenizer.decode(usual.tokens) == read.tokenizer.decode(spelled.tokens)
