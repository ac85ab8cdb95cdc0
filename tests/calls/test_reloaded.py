"""Functions that get new code where they stand, as a notebook's autoreload gives it to them.

A derivative that was made before is one of what the function is now: nothing is kept of the old.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import FunctionType, MethodType
from typing import Any

import numpy as np
import pytest

import srcad

X = np.array([1.0, 2.0])


def top(x):
    return np.sum(x * x)


def helper(x, power=2.0):
    return x**power


def by_helper(x):
    return np.sum(helper(x))


class Model:
    def energy(self, x):
        return np.sum(x * x)


MODEL = Model()


def by_method(x):
    return MODEL.energy(x)


def cubed(x):
    return np.sum(x * x * x)


def cubed_helper(x, power=2.0):
    return x ** (power + 1.0)


def cubed_method(self, x):
    return np.sum(x * x * x)


def two_arguments(x, y=5.0):
    return np.sum(x) * y


CHANGES: dict[str, tuple[Callable[..., Any], FunctionType, FunctionType]] = {
    "the function": (top, top, cubed),
    "one that it calls": (by_helper, helper, cubed_helper),
    "a method that it calls": (by_method, Model.energy, cubed_method),
}
WAYS: dict[str, Callable[[Any], Callable[[], Any]]] = {
    "grad": lambda f: functools.partial(srcad.grad(f), X),
    "value_and_grad": lambda f: functools.partial(lambda g: g(X)[1], srcad.value_and_grad(f)),
    "hessian": lambda f: functools.partial(srcad.hessian(f), X),
    "hvp": lambda f: functools.partial(srcad.hvp(f), X, X),
    "jacobian": lambda f: functools.partial(srcad.jacobian(f), X),
    "jvp": lambda f: lambda: srcad.jvp(f, (X,), (X,))[1],
    "vjp": lambda f: lambda: srcad.vjp(f, X)[1](1.0),
    "of a partial": lambda f: functools.partial(srcad.grad(functools.partial(f)), X),
    "of a method": lambda f: functools.partial(srcad.grad(MethodType(lambda self, x: f(x), MODEL)), X),
    "of a derivative": lambda f: functools.partial(srcad.grad(lambda x: np.sum(srcad.grad(f)(x) ** 2)), X),
}


@pytest.fixture(autouse=True)
def _unchanged() -> Iterator[None]:
    """The functions as they are written above, afterwards."""
    kept = [(f, f.__code__, f.__defaults__) for f in (top, helper, Model.energy)]
    yield
    for f, code, defaults in kept:
        f.__code__, f.__defaults__ = code, defaults


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", CHANGES)
def test_new_code_is_differentiated(what: str, way: str) -> None:
    f, changed, new = CHANGES[what]
    call = WAYS[way](f)
    before = np.asarray(call())
    np.testing.assert_array_equal(call(), before)
    changed.__code__ = new.__code__
    due = np.asarray(WAYS[way](lambda x: np.sum(x * x * x))())
    assert not np.allclose(before, due)
    for _ in range(2):
        np.testing.assert_allclose(np.asarray(call()), due, rtol=1e-12)


@pytest.mark.parametrize("f", [helper, by_helper], ids=["the function", "one that it calls"])
def test_new_defaults_are_taken(f: Any) -> None:
    gradient = srcad.grad(lambda x: np.sum(f(x)) * 1.0) if f is helper else srcad.grad(f)
    np.testing.assert_allclose(gradient(X), 2.0 * X)
    helper.__defaults__ = (3.0,)
    np.testing.assert_allclose(gradient(X), 3.0 * X**2)


def test_new_defaults_of_the_function_itself() -> None:
    gradient = srcad.grad(helper)
    assert gradient(3.0) == 6.0
    helper.__defaults__ = (3.0,)
    assert gradient(3.0) == 27.0


def test_a_new_signature_is_taken() -> None:
    gradient = srcad.grad(top)
    np.testing.assert_allclose(gradient(X), 2.0 * X)
    top.__code__, top.__defaults__ = two_arguments.__code__, two_arguments.__defaults__
    np.testing.assert_allclose(gradient(X), [5.0, 5.0])
    np.testing.assert_allclose(gradient(X, 7.0), [7.0, 7.0])
    np.testing.assert_allclose(gradient(X, y=8.0), [8.0, 8.0])
