"""Names of arrays that may have been changed under another name: nobody minds where they aren't read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

X = np.linspace(0.2, 1.0, 4)


def name_of_the_loop(x, s, k):
    w = x.copy()
    for u in (w, s, w):
        if s < 0.5:
            u = 1.0
        if k == 3:
            break
        w.ravel()[1:-1] *= s
    return np.sum(w) * s


def name_that_gets_another_array(x, s, k):
    w, v = x.copy(), x * 2.0
    u = w if s < 0.5 else v
    w *= s
    if k == 1:
        u = x * 3.0
    return np.sum(w) * s + np.sum(v)


def name_that_turns_give_another_array(x, s, k):
    w, v = x.copy(), x * 2.0
    u = w if s < 0.5 else v
    for i in range(3):
        w *= s
        if i == k:
            u = x * 3.0
    u = u * 2.0 if k < 0 else x
    return np.sum(w) * s + np.sum(v)


def name_that_is_read(x, s, k):
    w, v = x.copy(), x * 2.0
    u = w if s < 0.5 else v
    w *= s
    if k == 1:
        u = x * 3.0
    return np.sum(w) * s + np.sum(u)


CASES: list[Callable[..., Any]] = [
    *(name_of_the_loop, name_that_gets_another_array, name_that_turns_give_another_array, name_that_is_read),
]


@pytest.mark.parametrize("f", CASES)
def test_value_and_slope(f: Callable[..., Any]) -> None:
    derived = srcad.value_and_grad(f, 1)
    for s in (0.3, 0.8):
        for k in (0, 1, 3):
            value, slope = derived(X, s, k)
            np.testing.assert_allclose(value, f(X, s, k), rtol=1e-12)
            np.testing.assert_allclose(slope, (f(X, s + 1e-6, k) - f(X, s - 1e-6, k)) / 2e-6, rtol=1e-6)
