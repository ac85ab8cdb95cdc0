"""Objects of the world outside of the function."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

import srcad

SCRATCH = np.zeros(3)
COEFFICIENTS = np.array([1, 2, 3])


def scratch(x):
    SCRATCH[0] = x * x
    return SCRATCH[0] * 2


def filled_by_coefficients(x):
    out = np.zeros(3)
    for i in range(3):
        scaled = COEFFICIENTS[i] * x
        out[i] = scaled * COEFFICIENTS[i]
    return np.sum(out)


def test_global_array_mentioned_twice_is_one_array() -> None:
    before = SCRATCH.copy()
    value, gradient = srcad.value_and_grad(scratch)(3.0)
    assert (value, gradient) == (18.0, 12.0)
    np.testing.assert_array_equal(SCRATCH, before)


def test_global_array_in_a_loop() -> None:
    assert srcad.grad(filled_by_coefficients)(0.7) == 14.0


NAMES_A_TYPE = """
def scaled(x):
    type Scale = float
    factor: Scale = 3.0
    return factor * x * x
"""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` came with Python 3.12")
def test_a_type_that_gets_a_name(tmp_path: Path) -> None:
    module = tmp_path / "scaled.py"
    module.write_text(NAMES_A_TYPE)
    assert srcad.grad(runpy.run_path(str(module))["scaled"])(2.0) == 12.0
