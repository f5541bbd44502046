"""Headers of safetensors files: the library that made the format answers for what is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import save_file

from assistant.safetensors_header import Header, read_header

ONE = {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 32]}


def written(path: Path, header: object, data: int = 32) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(data))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.safetensors"


def test_types_shapes_and_notes_are_those_of_the_library(file: Path) -> None:
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "a": np.ones((2, 3), np.float16),
        "b": np.arange(5, dtype=np.int64),
        "none": np.zeros((0, 4), np.float32),
        "c": np.array(True),
    }
    save_file(arrays, file, {"who": "somebody"})
    header = read_header(file)
    with safe_open(file, "numpy") as theirs:
        assert header.metadata == theirs.metadata()
        assert set(header.tensors) == set(theirs.keys())
        for name, tensor in header.tensors.items():
            seen = theirs.get_slice(name)
            assert (tensor.dtype, list(tensor.shape)) == (seen.get_dtype(), seen.get_shape())
    for name, tensor in header.tensors.items():
        assert file.read_bytes()[tensor.start : tensor.end] == arrays[name].tobytes()
        assert tensor.size == arrays[name].size


def test_a_type_that_nobody_here_reads_is_no_damage(file: Path) -> None:
    eight_bits = {"dtype": "F8_E4M3", "shape": [8, 4], "data_offsets": [0, 32]}
    assert read_header(written(file, {"a": eight_bits})).tensors["a"].dtype == "F8_E4M3"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"", "damaged: "),
        (b"{'a': 1}", "damaged: "),
        (b"[]", "damaged: it is no object"),
        (b'{"a":' * 100_000, "damaged: it is nested too deeply"),
        (b'{"a": {}, "a": {}}', "damaged: the name 'a' stands twice"),
        (b'{"a": "\xff"}', "damaged: "),
        ({"a": []}, "damaged at 'a'"),
        ({"a": {**ONE, "dtype": 32}}, "damaged at 'a'"),
        ({"a": {**ONE, "shape": ["2", 4]}}, "damaged at 'a'"),
        ({"a": {**ONE, "shape": [True, 8]}}, "damaged at 'a'"),
        ({"a": {**ONE, "shape": [2**62, 2**62]}}, "damaged at 'a'"),
        ({"a": {**ONE, "data_offsets": [-32, 0]}}, "damaged at 'a'"),
        ({"a": {**ONE, "dtype": "F8_E4M3", "data_offsets": [32, 0]}}, "damaged at 'a'"),
        ({"__metadata__": ["notes"], "a": ONE}, "damaged at '__metadata__'"),
        ({"a": {**ONE, "shape": [3, 4], "data_offsets": [0, 48]}}, "cut off within 'a'"),
        ({"a": ONE, "b": ONE}, "two tensors lie in one place"),
        ({"a": {**ONE, "shape": [1, 4], "data_offsets": [0, 16]}}, "bytes after its last tensor"),
        ({"a": {**ONE, "shape": [1, 4], "data_offsets": [16, 32]}}, "bytes between its tensors"),
        ({}, "bytes after its last tensor"),
    ],
)
def test_a_damage_is_a_sentence(file: Path, header: object, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refusal:
        read_header(written(file, header))
    assert str(file) in str(refusal.value)
    assert str(refusal.value).endswith(".")
    with pytest.raises(Exception):  # noqa: B017, PT011  # the library has a class of its own
        safe_open(file, "numpy")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x02", "is cut off within its header"),
        (b"\xff" * 8 + b"{}", "claims a header of 18,446,744,073,709,551,615 bytes"),
        (b"\x03" + bytes(7) + b"{}", "is cut off within its header"),
        (b"version https://git-lfs.github.com/spec/v1", "is a pointer of Git LFS"),
        (b"a letter to my aunt", "is text and no safetensors file"),
    ],
)
def test_what_is_no_such_file_is_not_read(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ValueError, match=said):
        read_header(file)


def test_a_missing_file_is_the_systems_own_error(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_header(file)


@given(at=st.integers(0, 200), byte=st.integers(0, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_spoilt_byte_gives_a_header_or_a_sentence(file: Path, at: int, byte: int) -> None:
    save_file({"a": np.ones((2, 4)), "b": np.ones(3)}, file)
    content = bytearray(file.read_bytes())
    content[at % len(content)] = byte
    file.write_bytes(content)
    said = ""
    try:
        assert isinstance(read_header(file), Header)
    except ValueError as damage:
        said = str(damage)
    assert not said or str(file) in said
