"""What wraps a function: looked through where it is known to compute what the function does, else read or refused."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import SrcadError

X = np.array([0.7, 1.3, 0.4])


class InC:
    """A callable that is looked at as if it were written in C: nothing of it is Python source."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)

    __call__ = functools.partialmethod(lambda self, *args: 2.0 * self.__wrapped__(*args))


class Fivefold:
    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *args: Any) -> Any:
        return 5.0 * self.function(*args)


def squares(x: Any) -> Any:
    return np.sum(x**2)


@functools.lru_cache
def cached(a: Any) -> Any:
    return a * 3.0


@functools.wraps(squares)
def sevenfold(x: Any) -> Any:
    return 7.0 * squares(x)


in_c = InC(squares)
fivefold = Fivefold(squares)


def test_known_wrappers_are_looked_through() -> None:
    np.testing.assert_allclose(srcad.grad(lambda x: cached(x[0]) * x[1])(X), [3 * X[1], 3 * X[0], 0.0])
    assert srcad.grad(cached)(0.7) == 3.0


def test_wrappers_in_python_are_read() -> None:
    np.testing.assert_allclose(srcad.grad(sevenfold)(X), 14 * X)
    np.testing.assert_allclose(srcad.grad(lambda x: sevenfold(x))(X), 14 * X)
    np.testing.assert_allclose(srcad.grad(fivefold)(X), 10 * X)
    np.testing.assert_allclose(srcad.grad(lambda x: fivefold(x))(X), 10 * X)


@pytest.mark.parametrize("function", [in_c, lambda x: in_c(x)], ids=["itself", "called"])
def test_other_wrappers_are_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError):
        srcad.grad(function)(X)


def test_wrapt() -> None:
    wrapt = pytest.importorskip("wrapt")

    @wrapt.decorator
    def doubling(wrapped: Any, _instance: Any, args: Any, kwargs: Any) -> Any:
        return 2.0 * wrapped(*args, **kwargs)

    doubled = doubling(squares)
    assert doubled(X) == 2 * squares(X)
    for function in (doubled, lambda x: doubled(x)):
        try:
            gradient = srcad.grad(function)(X)
        except SrcadError:
            continue
        np.testing.assert_allclose(gradient, 4 * X)
    np.testing.assert_allclose(srcad.grad(squares)(X), 2 * X)


def test_numba() -> None:
    numba = pytest.importorskip("numba")

    @numba.njit
    def compiled(x: Any) -> Any:
        total = 0.0
        for v in x:
            total += v * v
        return total

    @numba.vectorize
    def each(a: Any) -> Any:
        return a * a if a > 0.5 else a

    class Base:
        @staticmethod
        def g(x: Any) -> Any:
            return each(x)

        h = staticmethod(each)

    class Child(Base):
        def go(self, x: Any) -> Any:
            return np.sum(super().g(x)) + np.sum(super().h(x))

    slope = np.where(X > 0.5, 2 * X, 1.0)
    np.testing.assert_allclose(srcad.grad(compiled)(X), 2 * X)
    np.testing.assert_allclose(srcad.grad(lambda x: compiled(x) * x[0])(X)[1], 2 * X[1] * X[0])
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(each(x)))(X), slope)
    np.testing.assert_allclose(srcad.grad(lambda x: Child().go(x))(X), 2 * slope)


@functools.wraps(np.sin)
def wave(v: np.ndarray, *rest: float, slope: float = 1.0) -> np.ndarray:
    return np.sin(slope * v) + sum(rest)


def test_a_function_that_is_called_like_one_of_numpy_is_itself() -> None:
    x = np.array([0.3, 0.7])
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(wave(x, 0.1, slope=2.0)))(x), 2.0 * np.cos(2.0 * x))
