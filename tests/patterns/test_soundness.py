"""No entry is missed, and all are right: on the programs of the corpus, and on random ones."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.corpus import Program, load
from tests.fuzz import test_programs as fuzz
from tests.patterns.soundness import hessian_at, jacobian_at

PROGRAMS = [program for program in load() if not program.not_yet]
SEEDS = range(25)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("program", PROGRAMS[::2], ids=str)
def test_jacobian(program: Program) -> None:
    jacobian_at(program.function, program.active, copy.deepcopy(program.points[0]))


@pytest.mark.parametrize("program", PROGRAMS[1::6], ids=str)
def test_hessian(program: Program) -> None:
    hessian_at(program.function, program.active, copy.deepcopy(program.points[0]))


@pytest.mark.parametrize("seed", SEEDS)
def test_random_programs(seed: int, tmp_path: Path) -> None:
    function: Any = fuzz.load(seed, 12, tmp_path)
    jacobian_at(function, fuzz.ACTIVE, fuzz.points(seed)[0])


def test_most_are_looked_at(tmp_path: Path) -> None:
    """So that a refusal of everything wouldn't pass for a success."""
    some = PROGRAMS[1::30]
    found = [jacobian_at(p.function, p.active, copy.deepcopy(p.points[0])) for p in some]
    assert found.count("right") >= 0.9 * len(some)
