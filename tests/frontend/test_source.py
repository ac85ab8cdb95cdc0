"""The source of a function is found where it stands, to its end."""

from __future__ import annotations

import numpy as np

import srcad

FORMULAS = dict(
    short=lambda x: 2.0 * x,
    long=lambda x: 3.0
    + 5.0 * x
    + np.sin(x),
    two=(lambda x: 7.0 * x, lambda x: x
    * x),
)  # fmt: skip


def test_a_lambda_that_goes_on_in_the_next_line_is_read_to_its_end() -> None:
    """Its first line alone is an expression as well, which is 3.0."""
    np.testing.assert_allclose(srcad.grad(FORMULAS["long"])(0.4), 5.0 + np.cos(0.4))


def test_lambdas_beside_each_other_on_lines_that_go_on() -> None:
    first, second = FORMULAS["two"]
    assert srcad.grad(first)(0.4) == 7.0
    assert srcad.grad(second)(0.4) == 0.8
