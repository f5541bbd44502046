"""A random model and two adapters of different rank, targets, layers and scale, made once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from assistant.engine import Engine, Finish, Message, Request, Sampling, open_engine, widening
from tests.small_models import make_adapter, make_model

# The newest mlx-lm for Python 3.10 is 0.31.3.
BEFORE_0_32 = version("mlx-lm") < "0.32"

QUESTION: list[Message] = [{"role": "user", "content": "what does the adapter change?"}]
SAMPLING = Sampling(max_tokens=16)


@dataclass(frozen=True)
class Lab:
    """Folders of a model and of adapters that fit it."""

    model: Path
    first: Path
    second: Path


def build_lab(root: Path, quantised_bits: int | None = None) -> Lab:
    return Lab(
        make_model(root / "model", quantised_bits=quantised_bits),
        make_adapter(root / "first", rank=4, scale=2.0, base="model"),
        make_adapter(
            root / "second",
            rank=6,
            scale=1.5,
            layers=(1, 2),
            targets=("self_attn.q_proj", "self_attn.o_proj", "mlp.gate_proj"),
            seed=5,
        ),
    )


@pytest.fixture(scope="module", autouse=True)
def _packed_weights() -> Iterator[None]:
    """Quantised layers as a GPU runs them; with a fast BLAS they would be plain ones here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widening, "MOST_BYTES", 0)
        yield


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return build_lab(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="session")
def quantised_lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return build_lab(tmp_path_factory.mktemp("lab4"), quantised_bits=4)


@pytest.fixture
def engine(lab: Lab) -> Iterator[Engine]:
    opened = open_engine(str(lab.model))
    yield opened
    opened.close()


@contextmanager
def both_loaded(lab: Lab) -> Iterator[Engine]:
    """An engine on the lab's model with both adapters resident, closed at the end."""
    engine = open_engine(str(lab.model))
    try:
        engine.load_adapter(str(lab.first))
        engine.load_adapter(str(lab.second))
        yield engine
    finally:
        engine.close()


def answers(engine: Engine, *requests: Request) -> list[Finish]:
    """Run requests together; their ends in order of rows."""
    ends = {e.row: e.finish for e in engine.generate(list(requests)) if e.finish}
    return [ends[row] for row in range(len(requests))]


def ask(adapters: dict[str, float] | None = None, **sampling: object) -> Request:
    chosen = {"max_tokens": 16, **sampling}
    return Request(QUESTION, adapters or {}, Sampling(**chosen))  # type: ignore[arg-type]
