"""Functions of libraries that are handed over as they are: they are read as calls in a program are."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

import srcad
from srcad.errors import ArgumentError, NotYetSupported
from tests.reference import along, flat

X = np.array([0.3, 0.5, 0.9])
A = np.eye(3) + 0.1


def decay(y, t, k):
    return -k * y


FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "scipy.special.logsumexp": (special.logsumexp, (X,)),
    "scipy.special.expit": (special.expit, (X,)),
    "scipy.special.dawsn": (special.dawsn, (X,)),
    "scipy.stats.norm.pdf": (stats.norm.pdf, (X,)),
    "scipy.stats.norm.logpdf": (stats.norm.logpdf, (X,)),
    "a frozen distribution": (stats.norm(0.1, 2.0).pdf, (X,)),
    "np.sum": (np.sum, (X,)),
    "np.linalg.norm": (np.linalg.norm, (X,)),
    "np.linalg.inv": (np.linalg.inv, (A,)),
    "np.sin": (np.sin, (X,)),
    "np.add.reduce": (np.add.reduce, (X,)),
    "np.logaddexp.reduce": (np.logaddexp.reduce, (X,)),
    "np.ndarray.sum": (np.ndarray.sum, (X,)),
    "abs": (abs, (-1.5,)),
    "math.sin": (math.sin, (0.4,)),
    "operator.mul": (operator.mul, (2.0, 3.0)),
    "operator.itemgetter": (operator.itemgetter(1), (X,)),
    "operator.attrgetter": (operator.attrgetter("T"), (A,)),
    "operator.methodcaller": (operator.methodcaller("cumsum"), (X,)),
    "x.dot": (X.dot, (X + 1.0,)),
    "A.dot": (A.dot, (X,)),
    "partial of np.dot": (functools.partial(np.dot, X), (X + 1.0,)),
    "partial of np.einsum": (functools.partial(np.einsum, "i,i->"), (X, X + 1.0)),
    "partial of odeint": (
        functools.partial(integrate.odeint, decay, t=np.array([0.0, 1.0]), args=(2.0,)),
        (np.array([1.0]),),
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_a_library(name: str) -> None:
    function, args = FUNCTIONS[name]
    value, pullback = srcad.vjp(function, *args)
    np.testing.assert_array_equal(flat(value), flat(function(*args)))
    rng = np.random.default_rng(1)
    steps = tuple(rng.normal(size=np.shape(a))[()] * 1.0 for a in args)
    bar = rng.normal(size=np.shape(value))[()] * 1.0
    moved = along(lambda *given: function(*given), args, tuple(float(s) if np.ndim(s) == 0 else s for s in steps))
    due = float(np.sum(flat(bar) * moved.value))
    found = sum(float(np.sum(flat(g) * flat(s))) for g, s in zip(pullback(bar), steps, strict=True))
    assert math.isclose(found, due, rel_tol=1e-6, abs_tol=1e-8)


def test_methods_of_two_objects_are_not_mixed_up() -> None:
    for _ in range(2):
        for scale in (1.0, 3.0):
            own = np.full(3, scale)
            np.testing.assert_array_equal(srcad.grad(own.dot)(X), own)
            slope = srcad.grad(stats.norm(0.0, scale).pdf)(0.5)
            due = -0.5 / scale**2 * stats.norm.pdf(0.5, 0.0, scale)
            assert math.isclose(slope, due, rel_tol=1e-12)
    for d in (stats.norm, stats.expon):
        slope = srcad.grad(d.logpdf)(0.5)
        assert math.isclose(slope, -0.5 if d is stats.norm else -1.0, rel_tol=1e-12)


def test_a_method_without_arguments() -> None:
    with pytest.raises(ArgumentError, match="without positional arguments"):
        srcad.grad(X.sum)()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (special.kelvin, "scipy.special.kelvin"),
        (lambda x: special.kelvin(x)[0], "scipy.special.kelvin"),
        (np.vectorize(math.sin), "np.vectorize"),
    ],
)
def test_refusals_call_functions_by_the_names_that_users_know(function: Callable[..., Any], name: str) -> None:
    with pytest.raises(NotYetSupported) as caught:
        srcad.vjp(function, 0.5)
    assert str(caught.value).startswith(name)
    assert "site-packages" not in str(caught.value)
