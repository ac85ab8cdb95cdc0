"""scipy.integrate: integrals of samples, and of functions of several variables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate

import srcad
from tests.definitions.checking import Program, check, check_second, weighted

Y = np.array([0.3, 1.2, -0.7, 0.5, 0.9, 2.1, 0.4])
T = np.array([0.0, 0.3, 0.5, 1.1, 1.4, 2.0, 2.2])
ROWS = np.random.default_rng(0).normal(size=(3, 6))


def of_samples(y: Any, t: Any, name: str) -> dict[str, Program]:
    return {
        f"trapezoid, {name}": (lambda y, t: integrate.trapezoid(y, t), (y, t)),
        f"trapezoid in steps, {name}": (lambda y, d: integrate.trapezoid(y, dx=d), (y, 0.3)),
        f"simpson, {name}": (lambda y, t: integrate.simpson(y, x=t), (y, t)),
        f"simpson in steps, {name}": (lambda y, d: integrate.simpson(y, dx=d), (y, 0.3)),
        f"cumulative_trapezoid, {name}": (lambda y, t: weighted(integrate.cumulative_trapezoid(y, t)), (y, t)),
        f"with its start, {name}": (lambda y, t: weighted(integrate.cumulative_trapezoid(y, t, initial=0)), (y, t)),
        f"cumulative_simpson, {name}": (lambda y, t: weighted(integrate.cumulative_simpson(y, x=t)), (y, t)),
        f"cumulative_simpson in steps, {name}": (
            lambda y, d: weighted(integrate.cumulative_simpson(y, dx=d, initial=0)),
            (y, 0.3),
        ),
    }


PROGRAMS: dict[str, Program] = {
    **of_samples(Y, T, "odd"),
    **of_samples(Y[:6].copy(), T[:6].copy(), "even"),
    "two samples": (
        lambda y, t: integrate.simpson(y, x=t) + integrate.simpson(y, dx=0.2),
        (Y[:2].copy(), T[:2].copy()),
    ),
    "trapezoid along columns": (lambda y: weighted(integrate.trapezoid(y, axis=0)), (ROWS,)),
    "simpson along columns": (lambda y: weighted(integrate.simpson(y, axis=0)), (ROWS,)),
    "simpson along rows": (lambda y, t: weighted(integrate.simpson(y, x=t, axis=1)), (ROWS, T[:6].copy())),
    "cumulative_trapezoid along columns": (
        lambda y: weighted(integrate.cumulative_trapezoid(y, dx=0.2, axis=0, initial=0)),
        (ROWS,),
    ),
    "cumulative_simpson along rows": (
        lambda y, t: weighted(integrate.cumulative_simpson(y, x=t, axis=1)),
        (ROWS, T[:6].copy()),
    ),
    "romb": (lambda y, d: integrate.romb(y, dx=d), (Y[:5].copy(), 0.3)),
    "romb along columns": (lambda y: weighted(integrate.romb(y.T, axis=0)), (ROWS[:, :5].copy(),)),
    "fixed_quad": (lambda a, b, k: integrate.fixed_quad(lambda x: np.sin(k * x) * x, a, b, n=4)[0], (0.1, 1.2, 2.0)),
    "fixed_quad with args": (
        lambda a, k: integrate.fixed_quad(lambda x, k: np.sin(k * x) * x, a, 1.0, args=(k,))[0],
        (0.1, 2.0),
    ),
    "dblquad": (
        lambda a, k: integrate.dblquad(lambda y, x: x * y * k + np.sin(k * y), 0, a, lambda x: 0, lambda x: x * k)[0],
        (1.2, 0.7),
    ),
    "tplquad": (
        lambda k: integrate.tplquad(lambda z, y, x: np.exp(-k * x * y * z), 0, 1, 0, 1, 0, lambda x, y: x)[0],
        (0.7,),
    ),
    "nquad": (lambda k: integrate.nquad(lambda x, y: np.exp(-k * x * y), [[0, k], [0, 1]])[0], (0.7,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_integrals(name: str) -> None:
    check(*PROGRAMS[name])


def test_second_derivatives() -> None:
    check_second(*PROGRAMS["simpson, even"])


def test_a_number_of_samples_that_romb_does_not_take() -> None:
    with pytest.raises(ValueError, match="power of 2"):
        srcad.grad(lambda y: integrate.romb(y))(Y)


@pytest.mark.parametrize("function", [integrate.simpson, integrate.cumulative_simpson, integrate.cumulative_trapezoid])
def test_places_that_are_not_as_many_raise(function: Any) -> None:
    """Where nobody asks what the integral is, as well."""

    def unused(y, x):
        function(y, x=x)
        return np.sum(y)

    for y, x in ((np.ones(5), np.arange(4.0)), (np.ones((2, 5)), np.arange(4.0)), (np.ones(4), np.arange(5.0))):
        with pytest.raises(ValueError, match="If given"):
            unused(y, x)
        with pytest.raises(ValueError, match="If given"):
            srcad.grad(unused)(y, x)
