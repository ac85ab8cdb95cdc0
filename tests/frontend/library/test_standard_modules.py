"""The functions of statistics and bisect: values, derivatives in both modes and to second order, exceptions."""

from __future__ import annotations

import bisect
import math
import statistics
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests.reference import along

X = np.array([0.7, 1.9, 0.4, 2.6, 1.1])
Y = np.array([0.2, -0.5, 1.4, 0.3, 0.9])
D = np.array([0.3, -0.2, 0.9, 0.4, -0.7])
KNOTS = [0.5, 1.0, 1.5, 2.0]


def quantile_of_normal(x):
    return statistics.NormalDist(x[0], x[1]).inv_cdf(x[2] / 3.0) * x[3]


def distance_of_slices(x):
    return math.dist(x[:2], x[1:3]) + math.dist(x, list(x * x)) ** 2


def weighted(x):
    return statistics.fmean(x, [1.0, 2.0, 3.0, 1.0, x[0]])


def harmonic(x):
    return statistics.harmonic_mean(list(x), weights=[1.0, 2.0, 3.0, 1.0, x[1]])


def spread(x):
    return statistics.stdev(x) * statistics.pstdev(list(x)) + statistics.variance(x, 1.0) * statistics.pvariance(x)


def middles(x):
    return statistics.median(x) * statistics.median(x[1:]) + statistics.median_low(x[1:]) * statistics.median_high(
        x[1:]
    )


def together(x):
    line = statistics.linear_regression(x, Y)
    through = statistics.linear_regression(list(x), Y, proportional=True)
    return statistics.covariance(x, x**2) + line.slope * line.intercept + through.slope


def interpolated(x):
    """A spline's piece is found among knots that move."""
    knots = [v * x[0] for v in KNOTS]
    total = 0.0
    for v in x:
        k = min(max(bisect.bisect(knots, v) - 1, 0), len(knots) - 2)
        total += (v - knots[k]) / (knots[k + 1] - knots[k]) * (k + 1)
    return total


def sorted_by_insertion(x):
    found = []
    for v in x:
        bisect.insort(found, v)
    return found[0] * found[-1] + found[2] ** 2 + bisect.bisect_left(found, x[1]) * x[0]


def by_powers(x: Any) -> Any:
    return sum(x[0] ** k / math.factorial(k) * math.comb(4, k) for k in range(4)) * x[1] ** math.gcd(4, 6)


PROGRAMS: list[Callable[[Any], Any]] = [
    lambda x: statistics.mean(x) * statistics.fmean(x),
    lambda x: statistics.geometric_mean(x),
    weighted,
    quantile_of_normal,
    distance_of_slices,
    harmonic,
    spread,
    middles,
    together,
    interpolated,
    sorted_by_insertion,
    by_powers,
]


@pytest.mark.parametrize("f", PROGRAMS)
def test_derivatives(f: Callable[[Any], Any]) -> None:
    value, gradient = srcad.value_and_grad(f)(X)
    due = along(f, (X,), (D,))
    np.testing.assert_allclose(value, f(X), rtol=1e-14)
    np.testing.assert_allclose(gradient @ D, due.value, rtol=1e-8)
    np.testing.assert_allclose(srcad.jvp(f, (X,), (D,))[1], due.value, rtol=1e-8)
    bent = along(lambda x: srcad.grad(f)(x) @ D, (X,), (D,))
    np.testing.assert_allclose(srcad.hvp(f)(X, D) @ D, bent.value, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: statistics.mean(x[:0]),
        lambda x: statistics.variance(x[:1]),
        lambda x: statistics.geometric_mean(-x),
        lambda x: statistics.median([]) * x[0],
        lambda x: statistics.fmean(x, [0.0] * 5),
        lambda x: statistics.covariance(x, x[1:]),
        lambda x: statistics.linear_regression([1.0] * 5, [float(v) for v in x]).slope,
        lambda x: bisect.bisect([1.0], x[0], -1) * x[0],
    ],
)
def test_exceptions_are_those_of_the_program(f: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError) as due:
        f(X)
    with pytest.raises(ValueError) as got:
        srcad.grad(f)(X)
    assert (type(got.value), str(got.value)) == (type(due.value), str(due.value))


def test_a_geometric_mean_with_a_zero() -> None:
    def f(x):
        return statistics.geometric_mean([x, 0.0])

    if sys.version_info < (3, 13):
        with pytest.raises(statistics.StatisticsError):
            srcad.grad(f)(2.0)
    else:
        assert srcad.value_and_grad(f)(2.0) == (f(2.0), 0.0) == (0.0, 0.0)


def test_points_of_other_spaces() -> None:
    with pytest.raises(ValueError, match="both points must have the same number of dimensions"):
        srcad.grad(lambda x: math.dist(x[:1], x[:3]))(X)
