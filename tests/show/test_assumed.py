"""A derivative that was written to a module refuses arguments for which it was not made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

V3, V5, A34 = np.arange(1.0, 4.0), np.arange(1.0, 6.0), np.arange(12.0).reshape(3, 4)


def product(x, y):
    return np.sum(x * y)


def picked(x):
    return x[4] + x[0]


def summed(x, n):
    total = 0.0
    for k in range(n):
        total += x[k]
    return total


def projected(a, x):
    return np.sum(a @ x)


def layer(p, x):
    return np.sum(np.tanh(x @ p["W"] + p["b"]))


def diffused(u, s):
    u = u.copy()
    u[1:-1] += s[1:-1]
    return np.sum(u**2)


CASES: list[tuple[Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]] = [
    (product, (V3, 2 * V3), (V3, V5)),
    (picked, (V5,), (V3,)),
    (summed, (V5, 3), (V3, 5)),
    (projected, (A34, np.ones(4)), (A34, V5)),
    (layer, ({"W": A34.T, "b": V3}, A34), ({"W": A34.T, "b": V5}, A34)),
    (diffused, (V5, V5), (V5, V3)),
]


@pytest.mark.parametrize(("function", "good", "bad"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_lengths_are_asked_for(function: Callable[..., Any], good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    derived = srcad.grad(function)
    namespace: dict[str, Any] = {}
    exec(compile(derived.emitted(good, {}), "emitted.py", "exec"), namespace)
    written = namespace[f"{function.__name__}_grad"]
    np.testing.assert_equal(written(*good), derived(*good))
    with pytest.raises(ValueError, match="made for"):
        written(*bad)


def test_what_needs_nothing_asks_for_nothing() -> None:
    def squared(x):
        return np.sum(x**2)

    assert "raise" not in srcad.grad(squared).emitted((V3,), {})
