"""Arrays that loops change in few places are put back as they were, and not copied in each turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

RNG = np.random.default_rng(3)


def forward_solve(a: Any, b: Any) -> Any:
    x = np.zeros(4)
    for i in range(4):
        s = b[i]
        for j in range(i):
            s -= a[i, j] * x[j]
        x[i] = s / a[i, i]
    return np.sum(x**2)


def sweeps(a: Any, b: Any) -> Any:
    x = b.copy()
    for _ in range(3):
        for i in range(4):
            s = b[i]
            for j in range(4):
                if j != i:
                    s -= a[i, j] * np.sin(x[j])
            x[i] = s / a[i, i]
    return np.sum(x**2) + x[0] * x[3]


def two_updates(a: Any, b: Any) -> Any:
    x = b.copy()
    for i in range(1, 4):
        t = 0.0
        for j in range(4):
            t += x[j] * x[j] * a[i, j]
        x[i] = t * x[i - 1]
        x[-i] = x[i] * 0.3 + t
    return np.sum(x)


def rows(a: Any, b: Any) -> Any:
    a = a.copy()
    for i in range(1, 4):
        s = b[i]
        for j in range(i):
            s += np.sum(a[j] * a[i])
        a[i] = 0.1 * s * a[i - 1] + b
    return np.sum(a**3)


def read_before(a: Any, b: Any) -> Any:
    """What is carried is read at the beginning of the outer turn, and behind the inner loop."""
    x = b.copy()
    total = 0.0
    for _ in range(2):
        total += x[0] * x[1]
        for i in range(4):
            s = 0.0
            for j in range(4):
                s += a[i, j] * x[j] * x[j]
            x[i] = 0.1 * s
        total += x[2] ** 2
    return total


def places_that_values_tell(a: Any, b: Any) -> Any:
    x = b.copy()
    for i in range(4):
        s = 0.0
        for j in range(4):
            s += a[i, j] * x[j] ** 2
        k = int(x[i] > 0.0) + i // 2
        x[k] = s
    return np.sum(x**2)


def by_a_condition(a: Any, b: Any) -> Any:
    x = b.copy()
    i = 0
    while i < 3 and np.sum(x) < 100.0:
        s = 0.0
        for j in range(4):
            s += a[i, j] * x[j] ** 2
        x[i + 1] = s
        i += 1
    return np.sum(x**2)


PROGRAMS = (forward_solve, sweeps, two_updates, rows, read_before, places_that_values_tell, by_a_condition)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_derivatives(function: Callable[..., Any], backend: str) -> None:
    a, b = RNG.normal(size=(4, 4)) + 3 * np.eye(4), RNG.normal(size=4)
    gradient = srcad.grad(function, argnums=(0, 1), backend=backend)
    da, db = RNG.normal(size=(4, 4)), RNG.normal(size=4)
    up, down = (function(a + h * da, b + h * db) for h in (1e-6, -1e-6))
    found = gradient(a, b)
    assert np.sum(found[0] * da) + np.sum(found[1] * db) == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=1e-7)
    second = srcad.hessian(function, 1, backend=backend)(a, b) @ db
    behind, before = (srcad.grad(function, 1)(a, b + h * db) for h in (1e-6, -1e-6))
    np.testing.assert_allclose(second, (behind - before) / 2e-6, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("function", [forward_solve, sweeps, two_updates], ids=lambda function: function.__name__)
def test_nothing_is_copied_in_a_turn(function: Callable[..., Any]) -> None:
    source = srcad.grad(function, argnums=(0, 1)).source(np.eye(4), np.ones(4))
    assert ".append(x.copy())" not in source
    assert "x_tape" not in source
