"""Stored matrices: whole numbers are exact, floats are measured, pickles are never loaded."""

from __future__ import annotations

from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest

from assistant.errors import MatrixError
from assistant.rank import explain_file, looks_like_file, to_text

LESSON = np.array([[1, 2], [3, 6]])


def test_whole_numbers_are_decided_exactly(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[2**53, 1], [2**53 + 1, 1]]))
    seen = explain_file(tmp_path / "a.npy")
    assert (seen.rank, seen.method, seen.numerical_rank) == (2, "exact", 1)


def test_floats_are_decided_as_numpy_does_and_the_exact_view_is_told(tmp_path: Path) -> None:
    x = np.random.RandomState(20120714).normal(size=(40, 10))
    x[:, 0] = x[:, 1] + x[:, 2]
    np.save(tmp_path / "x.npy", x)
    seen = explain_file(tmp_path / "x.npy")
    assert (seen.rank, seen.method) == (9, "numerical")
    assert seen.exact_rank == 10
    assert "Exactly 10; within rounding, 9." in to_text(seen)


def test_a_relation_between_floats_is_told_as_nearly_true(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[0.1, 0.2], [0.3, 0.6], [1.0, 0.0]]))
    seen = explain_file(tmp_path / "a.npy")
    assert seen.row_relations == ("row 2 ≈ 3 × row 1",)
    assert seen.rank == 2


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
def test_every_float_type_is_read(dtype: str, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", LESSON.astype(dtype))
    assert explain_file(tmp_path / "a.npy").rank == 1


def test_a_stored_stack_has_a_rank_for_each_matrix(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.stack([LESSON, np.eye(2)]))
    assert explain_file(tmp_path / "a.npy").rank == [1, 2]


def test_an_array_inside_an_archive_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=LESSON, b=np.eye(2))
    assert explain_file(f"{tmp_path}/two.npz:a").rank == 1
    assert explain_file(f"{tmp_path}/two.npz:b").rank == 2
    with pytest.raises(MatrixError) as caught:
        explain_file(tmp_path / "two.npz")
    assert caught.value.message == "two.npz holds 2 arrays; which one do you mean?"
    assert caught.value.hint == "Write two.npz:a, for example; there are a, b."
    with pytest.raises(MatrixError, match="no array 'c'"):
        explain_file(f"{tmp_path}/two.npz:c")


@pytest.mark.parametrize("dtype", [mx.bfloat16, mx.float16, mx.float32, mx.int32])
def test_a_tensor_of_a_safetensors_file(dtype: mx.Dtype, tmp_path: Path) -> None:
    tensors = {"w": mx.array(LESSON).astype(dtype), "v": mx.ones((3,))}
    mx.save_safetensors(str(tmp_path / "model.safetensors"), tensors)
    assert explain_file(f"{tmp_path}/model.safetensors:w").rank == 1
    assert explain_file(f"{tmp_path}/model.safetensors:v").shape == (3,)


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("1,2\n3,6\n", "exact"),
        ("a,b\n1,2\n3,6\n", "exact"),
        ("\ufeff1;2\r\n3;6\r\n", "exact"),
        ("1\t2\n3\t6", "exact"),
        ("0.1,0.2\n0.3,0.6\n", "numerical"),
        ("price;amount\n0.5;1.0\n1.5;3.0\n", "numerical"),
    ],
)
def test_a_csv_file_is_exact_unless_it_holds_decimals(
    text: str, method: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    seen = explain_file(tmp_path / "a.csv")
    assert (seen.rank, seen.shape, seen.method) == (1, (2, 2), method)


def test_a_place_in_a_csv_file_counts_the_heading(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,x\n")
    with pytest.raises(MatrixError, match=r"Row 2, entry 2 is `x`.*line 3, character 3"):
        explain_file(tmp_path / "a.csv")


def test_a_decimal_comma_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,5;2\n3;4\n")
    with pytest.raises(MatrixError, match="decimal comma"):
        explain_file(tmp_path / "a.csv")


def test_python_objects_are_never_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object))
    with pytest.raises(MatrixError, match="can run any program"):
        explain_file(tmp_path / "a.npy")
    with pytest.raises(MatrixError, match="pickled"):
        explain_file(tmp_path / "weights.pt")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_named(bad: float, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[1, 2], [3, bad]]))
    with pytest.raises(MatrixError, match=r"Row 2, entry 2 of a\.npy is"):
        explain_file(tmp_path / "a.npy")


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.safetensors"])
@pytest.mark.parametrize(
    "content",
    [b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04broken", b"\x08" + b"\0" * 7 + b"{}", b"\xff" * 64],
)
def test_a_broken_file_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MatrixError):
        explain_file(tmp_path / name)


def test_a_header_that_promises_too_much_is_refused_without_allocating(tmp_path: Path) -> None:
    np.save(tmp_path / "whole.npy", np.zeros((10, 10)))
    whole = (tmp_path / "whole.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(whole.replace(b"(10, 10), }      ", b"(99999, 99999), }"))
    assert (tmp_path / "a.npy").read_bytes() != whole
    with pytest.raises(MatrixError):
        explain_file(tmp_path / "a.npy")


@pytest.mark.parametrize("name", ["missing.npy", "missing.csv", "picture.png"])
def test_a_missing_or_unknown_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(MatrixError):
        explain_file(tmp_path / name)


def test_what_looks_like_a_file() -> None:
    assert looks_like_file("weights.npy")
    assert looks_like_file("model.safetensors:layers.0.q_proj.weight")
    assert not looks_like_file("[[1,2],[3,6]]")
    assert not looks_like_file("1 2; 3 6")
