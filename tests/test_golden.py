"""The generated sources are those in tests/golden/: a change of what srcad writes shows up as a diff to read.

`pytest tests/test_golden.py --refresh-golden` rewrites them.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import srcad
from tests.golden_programs import GOLDEN, Golden

FOLDER = Path(__file__).parent / "golden"


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.function.__name__)
def test_source(golden: Golden, refresh_golden: bool) -> None:
    source = generated(golden)
    path = FOLDER / f"{golden.function.__name__}.py"
    if refresh_golden:
        path.write_text(source)
    assert path.exists(), "no expected source yet: run pytest --refresh-golden, and read what it writes"
    assert source == path.read_text()


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.function.__name__)
def test_source_is_python_and_deterministic(golden: Golden) -> None:
    source = generated(golden)
    ast.parse(source)
    assert source == generated(golden)
    assert source.endswith("\n")
    assert all(len(line) <= 120 and line == line.rstrip() for line in source.splitlines())


def test_no_golden_file_is_left_over() -> None:
    names = {golden.function.__name__ for golden in GOLDEN}
    assert {path.stem for path in FOLDER.glob("*.py")} <= names


def generated(golden: Golden) -> str:
    derive = srcad.value_and_grad if golden.value else srcad.grad
    return derive(golden.function, argnums=golden.argnums).source(*golden.args)
