"""Traces run on symbols and on floats of many digits: every function is the one that NumPy has."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from srcad.compare.exact import _CHOICES, _FORMULAS, _SAME, Beyond, NumberAtPoint
from srcad.compare.inputs import Problem
from srcad.compare.reference import _by_digits
from srcad.compare.symbolic import MOST, given, symbolic

sympy = pytest.importorskip("sympy")
special = pytest.importorskip("scipy.special")
mpmath = pytest.importorskip("mpmath")

ABOVE_ONE = ("arccosh",)
FUNCTIONS = sorted(set(_SAME) | set(_FORMULAS) | {"expit", "log_expit", "maximum", "minimum", "clip", "remainder"})


def program(name: str) -> Any:
    """A function of two inputs around an operation."""
    if name.startswith("math_"):
        function = getattr(math, name.removeprefix("math_"))
    else:
        function = getattr(np, name, None) or getattr(special, name)
    if name == "clip":
        return lambda x, y: np.clip(x, 0.1, 0.6) * y + np.clip(y, -1.0, 0.0)
    if name in ("arctan2", "hypot", "float_power", "logaddexp", "maximum", "minimum", "remainder"):
        return lambda x, y: function(x, y) * x + function(y, x)
    return lambda x, y: function(x) * y + function(y / x)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str) -> None:
    x, y = (1.3, 2.1) if name in ABOVE_ONE else (0.7, 0.3)
    problem = Problem(program(name), (x, y), (0, 1))
    due = _by_digits(problem)
    step = 1e-6
    ends = [(problem.along([x + h, y])[0], problem.along([x, y + h])[0]) for h in (step, -step)]
    by_differences = (np.array(ends[0]) - np.array(ends[1])) / (2 * step)
    np.testing.assert_allclose(due[0], by_differences, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(symbolic(problem).evaluator()(), due, rtol=1e-12)


def test_every_choice_is_an_operation() -> None:
    from srcad.ops.catalogue import OPS

    assert {*_SAME, *_FORMULAS, *_CHOICES} <= set(OPS)


def numbers(*at: float) -> list[NumberAtPoint]:
    return given(tuple(map(sympy.Symbol, "xyz"[: len(at)])), at, MOST)


def test_comparisons_go_by_the_point() -> None:
    x, y = numbers(2.0, -1.0)
    assert x > y and not x <= 1.0 and bool(x) and x == 2.0
    assert abs(y).part == -y.part and abs(x) is x
    assert (2.0 * x + 1).part == 2 * x.part + 1
    assert np.float64(2.0) * x == 4.0
    assert np.sum(np.array([x, y], object) * 3.0).at == 3.0


def test_sizes_are_counted_written_out() -> None:
    (x,) = numbers(0.5)
    for _ in range(3):
        x = x * x
    assert x.size == 7
    with pytest.raises(Beyond, match="more than"):
        for _ in range(20):
            x = x * x


def test_in_place_updates_and_views() -> None:
    def updates(x):
        u = np.zeros(3)
        u[0] = x[0]
        u[1:] += x[:2] * 2.0
        u.reshape(3, 1)[1, 0] *= x[1]
        return [u, np.sum(u)]

    problem = Problem(updates, (np.array([0.5, 0.25, 2.0]),), (0,))
    assert [str(e) for e in symbolic(problem).outputs[:3]] == ["x[0]", "2*x[0]*x[1]", "2*x[1]"]


def test_too_many_derivatives() -> None:
    with pytest.raises(Beyond, match="too many"):
        symbolic(Problem(lambda x: x * x, (np.ones(100),), (0,)))
