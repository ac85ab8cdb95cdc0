"""Nothing leaks from the branch that a choice did not take: in both modes, in all orders, in any mixture of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import srcad

X = np.array([0.0, 0.5, -0.7, 2.0])
A = np.array([[0.0, 1.0, 2.0], [0.5, -0.3, 1.0], [0.0, 0.0, 0.0], [3.0, 2.0, 1.0]])


def sinc(x: Any) -> Any:
    return np.where(x == 0, 1, np.sin(x) / x)


def near_zero(x: Any) -> Any:
    return np.where(np.abs(x) < 1e-8, 1 - x**2 / 6, np.sin(x) / x)


def selected(x: Any) -> Any:
    return np.select([x < 0, x == 0], [x**2, 1.0], default=np.sin(x) / x)


def squared_logarithm(x: Any) -> Any:
    return np.where(x > 0, np.log(x) ** 2, x**2)


def shared(x: Any) -> Any:
    """What two choices with other conditions read."""
    u = np.log(x)
    return np.where(x > 0, u * u, 0.0) + np.where(x > 1, u**3, 0.0)


def read_twice(x: Any) -> Any:
    y = 1 / x
    z = y * y + y
    return np.where(x != 0, z * y, x)


def flat_at_zero(x: Any) -> Any:
    return np.where(x > 0, np.exp(-1 / x), 0.0)


def oscillating(x: Any) -> Any:
    return np.where(x == 0, 0.0, x**2 * np.sin(1 / x))


def clipped(x: Any) -> Any:
    return np.maximum(np.where(x > 0, np.log(x), -1.0), -1.0) * x


def nested(x: Any) -> Any:
    return np.where(x > 0, x**1.5 * np.log(x), np.where(x < 0, -x, 0.0))


def row_by_row(a: Any) -> Any:
    return np.where(np.all(a > 0, axis=1), np.sum(np.log(a) * a, axis=1), 0.0)


def by_the_sum(a: Any) -> Any:
    s = a.sum(1, keepdims=True)
    return np.where(s != 0, a / s, 0.0)


def moved(a: Any) -> Any:
    u = np.log(a)
    turned = np.where(a.T > 0, np.log(a.T) ** 2, 0.0).reshape(-1)
    return np.sum(np.where(a > 0, u, 0.0)[::-1] * np.where(a > 1, u**2, a)) + np.sum(turned)


def reciprocals(a: Any) -> Any:
    w = np.where(a > 0, 1 / a, 0.0)
    return np.einsum("ij,ij->i", w, w)


OF_VECTORS = (
    sinc,
    near_zero,
    selected,
    squared_logarithm,
    shared,
    read_twice,
    flat_at_zero,
    oscillating,
    clipped,
    nested,
)
CASES = [*((f, X) for f in OF_VECTORS), *((f, A) for f in (row_by_row, by_the_sum, moved, reciprocals))]


def reverse(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: srcad.grad(lambda y: np.sum(f(y)))(x)


def forward(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: srcad.jvp(f, (x,), (np.ones_like(x),))[1]


# ---- the branches that are taken

Branch = Callable[[Any], Any]


def along(branch: Callable[[float], Branch]) -> Callable[[Any, Any], Any]:
    """The sum over all elements, each of which has a branch by its value."""
    return lambda x, t: mpmath.fsum(branch(value)(mpmath.mpf(float(value)) + t) for value in x.flat)


def _sinc(t: Any) -> Any:
    return mpmath.sin(t) / t


def _one(t: Any) -> Any:
    return mpmath.mpf(1)


def _zero(t: Any) -> Any:
    return mpmath.mpf(0)


def _log(power: int) -> Branch:
    return lambda t: mpmath.log(t) ** power


def _shared(value: float) -> Branch:
    if value > 1:
        return lambda t: mpmath.log(t) ** 2 + mpmath.log(t) ** 3
    return _log(2) if value > 0 else _zero


def _nested(value: float) -> Branch:
    if value > 0:
        return lambda t: t**1.5 * mpmath.log(t)
    return (lambda t: -t) if value < 0 else _zero


def _moved(a: Any, t: Any) -> Any:
    total = mpmath.mpf(0)
    for i, k in np.ndindex(*a.shape):
        turned = a[a.shape[0] - 1 - i, k]
        first = mpmath.log(turned + t) if turned > 0 else 0
        total += first * (mpmath.log(a[i, k] + t) ** 2 if a[i, k] > 1 else a[i, k] + t)
        total += mpmath.log(a[i, k] + t) ** 2 if a[i, k] > 0 else 0
    return total


TAKEN: dict[Any, Callable[[Any, Any], Any]] = {
    sinc: along(lambda value: _sinc if value else _one),
    near_zero: along(lambda value: _sinc if value else lambda t: 1 - t**2 / 6),
    selected: along(lambda value: _sinc if value > 0 else (lambda t: t**2) if value < 0 else _one),
    squared_logarithm: along(lambda value: _log(2) if value > 0 else lambda t: t**2),
    shared: along(_shared),
    read_twice: along(lambda value: (lambda t: t**-3 + t**-2) if value else lambda t: t),
    flat_at_zero: along(lambda value: (lambda t: mpmath.exp(-1 / t)) if value > 0 else _zero),
    oscillating: along(lambda value: (lambda t: t**2 * mpmath.sin(1 / t)) if value else _zero),
    clipped: along(lambda value: (lambda t: mpmath.log(t) * t) if value > 0 else lambda t: -t),
    nested: along(_nested),
    row_by_row: lambda a, t: mpmath.fsum((v + t) * mpmath.log(v + t) for v in a[3]),
    by_the_sum: lambda a, t: mpmath.mpf(3),
    moved: _moved,
    reciprocals: along(lambda value: (lambda t: t**-2) if value > 0 else _zero),
}


@pytest.mark.parametrize(("function", "x"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_all_orders(function: Callable[[Any], Any], x: Any) -> None:
    """The derivatives along (1, 1, ...) of the branches that are taken at x, with many digits."""
    for order in (1, 2, 3):
        wanted = float(mpmath.diff(lambda t: TAKEN[function](x, t), 0, order))
        for modes in itertools.product((reverse, forward), repeat=order):
            derived = function
            for mode in modes:
                derived = mode(derived)
            with np.errstate(all="ignore"):
                found = np.sum(derived(x))
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9, err_msg=f"{[m.__name__ for m in modes]}")
