"""The generated sources are those in tests/golden/: a change of what srcad writes shows up as a diff to read.

Gradients stand in the folder itself, tangents in `forward`, tangents of gradients in `hvp`, further derivatives in
folders of their names.

`pytest tests/test_golden.py --refresh-golden` rewrites them.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import srcad
from srcad.api.forward import tangent_of
from tests.golden_programs import FURTHER, GOLDEN, HVP, Golden

FOLDER = Path(__file__).parent / "golden"


CASES = [
    *(("", golden) for golden in GOLDEN),
    *(("forward", golden) for golden in GOLDEN),
    *(("hvp", golden) for golden in GOLDEN if golden.function in HVP),
    *((mode, golden) for mode, functions in FURTHER.items() for golden in GOLDEN if golden.function in functions),
]
IDS = ["-".join(filter(None, (mode, golden.function.__name__))) for mode, golden in CASES]


@pytest.mark.parametrize(("mode", "golden"), CASES, ids=IDS)
def test_source(mode: str, golden: Golden, refresh_golden: bool) -> None:
    source = generated(mode, golden)
    path = FOLDER / mode / f"{golden.function.__name__}.py"
    if refresh_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(source)
    assert path.exists(), "no expected source yet: run pytest --refresh-golden, and read what it writes"
    assert source == path.read_text()


@pytest.mark.parametrize(("mode", "golden"), CASES, ids=IDS)
def test_source_is_python_and_deterministic(mode: str, golden: Golden) -> None:
    source = generated(mode, golden)
    ast.parse(source)
    assert source == generated(mode, golden)
    assert source.endswith("\n")
    assert all(len(line) <= 120 and line == line.rstrip() for line in source.splitlines())


def test_no_golden_file_is_left_over() -> None:
    known = {FOLDER / mode / f"{golden.function.__name__}.py" for mode, golden in CASES}
    assert set(FOLDER.rglob("*.py")) <= known


def generated(mode: str, golden: Golden) -> str:
    if mode:
        derive = tangent_of if mode == "forward" else getattr(srcad, mode)
        return derive(golden.function, argnums=golden.argnums).source(*golden.args)
    derive = srcad.value_and_grad if golden.value else srcad.grad
    return derive(golden.function, argnums=golden.argnums).source(*golden.args)
