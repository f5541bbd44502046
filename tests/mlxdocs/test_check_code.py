"""Checking code against the installed MLX: what exists passes, what does not is named."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assistant.mlxdocs import Finding, check_code, mlx_uses


def names(source: str) -> list[str]:
    return [finding.name for finding in check_code(source)]


@pytest.mark.parametrize(
    "source",
    [
        "import mlx.core as mx\nx = mx.array([1.0])\nprint(mx.softmax(x, axis=-1))",
        "import mlx.core as mx\nmx.linalg.norm(mx.ones(3))",
        "import mlx.nn as nn\nnn.losses.cross_entropy(1, 2)",
        "from mlx.utils import tree_map",
        "import mlx\nmlx.core.sort",
        "mx.random.normal((2, 3))",
        "x.no_such_method()",
        "mx.array([1]).no_such_method()",
        "",
    ],
)
def test_names_that_exist_give_no_finding(source: str) -> None:
    assert check_code(source) == []


def test_a_name_that_does_not_exist_comes_with_its_line_and_the_nearest_one() -> None:
    source = "import mlx.core as mx\n\nprint(mx.softmx(mx.ones(3)))"
    assert check_code(source) == [
        Finding("mx.softmx", 3, "MLX has no mx.softmx. Did you mean mx.softmax?", "mx.softmax")
    ]


def test_other_names_for_the_same_modules_are_followed() -> None:
    assert names("import mlx.core as m\nm.sofmax") == ["m.sofmax"]
    assert names("from mlx import nn as layers\nlayers.Linaer(1, 2)") == ["layers.Linaer"]
    assert names("import mlx.core\nmlx.core.sofmax") == ["mlx.core.sofmax"]


def test_the_usual_short_names_need_no_import() -> None:
    assert names("mx.sofmax(x)\nnn.Linaer(1, 2)") == ["mx.sofmax", "nn.Linaer"]


def test_what_another_library_calls_nn_is_left_alone() -> None:
    assert check_code("import torch.nn as nn\nnn.Anything()") == []
    assert check_code("from torch import nn, optim\nnn.Anything(); optim.Anything()") == []
    assert check_code("import torch\nnn.Anything()") == []


def test_a_name_that_the_program_gives_a_meaning_is_not_mlx() -> None:
    assert check_code("mx = 3\nmx.anything") == []
    assert check_code("def f(mx):\n    return mx.anything") == []


def test_an_import_of_a_missing_name_is_found() -> None:
    assert names("from mlx.utils import tree_mp") == ["mlx.utils.tree_mp"]
    assert names("import mlx.nothing") == ["mlx.nothing"]


def test_only_the_part_that_is_missing_is_named() -> None:
    assert names("mx.linalgebra.norm(x)") == ["mx.linalgebra"]
    assert names("mx.linalg.nrm(x)") == ["mx.linalg.nrm"]


def test_habits_from_other_libraries_lead_to_the_name_in_mlx() -> None:
    assert check_code("mx.cat([a, b])")[0].suggestion == "mx.concatenate"
    assert check_code("mx.relu(x)")[0].suggestion == "nn.relu"


def test_a_syntax_error_is_one_finding() -> None:
    found = check_code("x = 1\ndef f(:\n    pass")
    assert len(found) == 1
    assert found[0].line == 2
    assert "not valid Python" in found[0].message


def test_nothing_is_executed(tmp_path: object) -> None:
    assert check_code("raise SystemExit(3)\nimport mlx.core as mx\n1 / 0") == []


def test_every_use_can_be_counted() -> None:
    assert [use.path for use in mlx_uses("mx.sort(mx.ones(3))\nnp.sort(x)")] == [
        "mlx.core.sort",
        "mlx.core.ones",
    ]


def test_mlx_lm_is_not_mlx() -> None:
    assert check_code("import mlx_lm\nmlx_lm.anything()") == []


def test_importing_the_package_does_not_import_mlx() -> None:
    code = "import sys, assistant.mlxdocs; print(any(m.startswith('mlx') for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
