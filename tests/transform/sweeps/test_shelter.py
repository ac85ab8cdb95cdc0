"""Choices in loops: nothing leaks from the side that wasn't taken, in second and third order, in mixtures of modes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import srcad
from tests.rules.checking import directional

X = np.array([0.0, 0.7, -0.6])
D = np.array([0.3, -0.5, 0.7])


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def roots(x: Any) -> Any:
    b = x * 0.5
    for _ in range(2):
        b = np.where(b > 0.0, np.sqrt(b), 0.0)
    return np.sum(np.sin(b))


def named_before(x: Any) -> Any:
    b = x * 0.5
    for _ in range(2):
        root = np.sqrt(b)
        b = np.where(b <= 0.0, b * b, 2.0 * root)
    return np.sum(b * x)


def inverses(x: Any) -> Any:
    a, b = x * 1.0, x * 0.5
    for _ in range(2):
        a = a + 0.3 * np.where(b != 0.0, 1.0 / b, 0.0)
    return np.sum(a * b)


def of_quotients(x: Any) -> Any:
    a = x * 1.0
    for _ in range(2):
        a = np.where(a != 0.0, np.exp(a) / a, np.cos(a) * x)
    return np.sum(np.sin(a))


def invariant(x: Any) -> Any:
    a, b = x * 1.0, x * 0.5
    for _ in range(2):
        b = np.where(a > 0.0, np.log(a), a * a)
    return np.sum(a * b) + np.sum(np.sin(a))


def nested(x: Any) -> Any:
    a, b = x * 1.0, x * 0.5
    for k in range(2):
        for _ in range(2):
            b = np.where(b > 0.0, np.log1p(2.0 * b - 1.0), b * x)
        a = a + (k + 1) * np.where(b > 0.0, b**1.5, 0.0)
    return np.sum(a * b)


def columns(x: Any) -> Any:
    """The condition has another shape than what is chosen."""
    a = np.outer(x, np.array([1.0, 2.0]))
    for _ in range(2):
        a = np.where((x > 0.0)[:, None], np.sqrt(a), 0.0)
    return np.sum(a * a * a)


PROGRAMS = (roots, named_before, inverses, of_quotients, invariant, nested, columns)
SECOND: dict[str, Callable[[Any], Any]] = {
    "reverse over reverse": lambda f: srcad.grad(lambda y: np.sum(srcad.grad(f)(y) * D)),
    "reverse over forward": lambda f: srcad.grad(lambda y: srcad.jvp(f, (y,), (D,))[1]),
    "vhp": lambda f: lambda x: srcad.vhp(f)(x, D),
    "forward over reverse": lambda f: lambda x: srcad.hvp(f)(x, D),
}


def slope(f: Callable[[Any], Any], x: Any, k: int) -> Any:
    """The derivative of a gradient's components with respect to one number, which must be off the kink."""
    unit = np.eye(3)[k]
    return directional(lambda t: f(x + t * unit))


@pytest.mark.parametrize("way", SECOND)
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_second_order(function: Callable[[Any], Any], way: str) -> None:
    found = SECOND[way](function)(X)
    assert np.all(np.isfinite(found))
    gradient = srcad.grad(function)
    due = sum(D[k] * slope(gradient, X, k) for k in (1, 2))
    np.testing.assert_allclose(found[1:], due[1:], rtol=1e-5, atol=1e-7)
    apart = srcad.jacfwd(lambda y: srcad.jvp(function, (y,), (D,))[1])(X)
    np.testing.assert_allclose(found, apart, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("function", [roots, of_quotients, columns], ids=lambda f: f.__name__)
def test_third_order(function: Callable[[Any], Any]) -> None:
    def by_reverse(x: Any) -> Any:
        return np.sum(srcad.grad(lambda y: np.sum(srcad.grad(function)(y) * D))(x) * D)

    def by_forward(x: Any) -> Any:
        return srcad.jvp(lambda y: srcad.jvp(function, (y,), (D,))[1], (x,), (D,))[1]

    found = srcad.grad(by_reverse)(X)
    assert np.all(np.isfinite(found))
    np.testing.assert_allclose(found, srcad.jacfwd(by_forward)(X), rtol=1e-9, atol=1e-12)


def test_first_derivatives_are_as_they_were() -> None:
    """The choice stands once: what is recorded is the value itself."""
    lines = [line for line in srcad.grad(roots).source(X).splitlines() if "#" not in line]
    assert sum("np.where" in line for line in lines) == 2


def log_of_numbers(x: float, n: int) -> Any:
    a: Any = x * 1.0
    for _ in range(n):
        a = np.where(a > 0.0, np.log(a), 0.0)
    return a + np.sin(a)


def test_numbers_that_are_numpys_or_pythons() -> None:
    """A derivative that divides by 0.0 is NumPy's where the program's numbers become NumPy's."""
    assert srcad.jvp(lambda x: log_of_numbers(x, 2), (0.0,), (1.0,))[1] == 0.0
    assert srcad.grad(lambda x: log_of_numbers(x, 2))(0.0) == 0.0
