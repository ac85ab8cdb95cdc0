"""Rules that are made wrong on purpose are caught by the calls of the register: a sample.

`python -m tests.wrong_rules` tries them all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.rules.register.cases import CASES
from tests.rules.register.programs import load, with_totals
from tests.wrong_rules import Mutation, Register, order_of_catch, tried

# by operation, where it is called
SAMPLE = {
    **{
        name: f"np.{name}" for name in ("min", "max", "clip", "cumprod", "hypot", "logaddexp", "interp", "sort", "diag")
    },
    **{name: f"np.{name}" for name in ("concatenate", "where", "copysign", "arctan2")},
    **{name: f"np.linalg.{name}" for name in ("solve", "det", "cholesky", "norm")},
    "python_max": "flow",
    "python_min": "flow",
}
OF_SAMPLE = [case for case in CASES if case.key in set(SAMPLE.values())]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    folder = tmp_path_factory.mktemp("wrong_rules")
    with np.errstate(all="ignore"):
        return Register(OF_SAMPLE, with_totals(OF_SAMPLE, load(OF_SAMPLE, folder, "calls"), folder, "totals"))


@pytest.mark.filterwarnings("ignore")
def test_sample(register: Register) -> None:
    with np.errstate(all="ignore"):
        found = dict(tried(register, set(SAMPLE).__contains__))
    assert {mutation.op for mutation in found} == set(SAMPLE)
    assert [str(mutation) for mutation, order in found.items() if order is None] == []


def test_what_is_right_is_not_caught(register: Register) -> None:
    """Nor what is wrong in a rule that isn't asked for."""
    places = register.primals()["det"].calls
    with np.errstate(all="ignore"):
        assert order_of_catch(register, Mutation("sinc", "adjoint", 0), places, []) is None


def test_initial_values_win(register: Register) -> None:
    """In each mode there is a call where the initial value of an extremum is the extremum."""
    wins: dict[str, Any] = {op: register.primals()[op].operands for op in ("min", "max")}
    assert wins == {"min": {0, 1}, "max": {0, 1}}
