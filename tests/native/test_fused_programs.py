"""Programs whose nests are fused, and whose lengths are promised: values and gradients are those of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

RNG = np.random.default_rng(11)


def paths(a: Any) -> Any:
    a = a.copy()
    for k in range(a.shape[0]):
        a[:] = np.minimum(a, a[:, k, None] + a[None, k, :])
    return np.sum(a * a)


def columns(w: Any, u: Any) -> Any:
    """Two recurrences along the columns, beside each other."""
    c, d = np.zeros(u.shape), np.zeros(u.shape)
    c[:, 0], d[:, 0] = w[1:, 0] * 0.3, u[:, 0]
    for k in range(1, u.shape[1]):
        gain = 0.25 * (w[1:, k] + w[:-1, k])
        c[:, k] = gain / (2.0 - c[:, k - 1] * gain)
        d[:, k] = (u[:, k] - d[:, k - 1] * gain) * c[:, k]
    return np.sum(d * d) + np.sum(c)


def shifts(x: Any, n: Any) -> Any:
    """What one statement writes is read a place further by the next one."""
    y = x.copy()
    for _ in range(n):
        y[1:] = y[1:] * 0.5 + y[:-1]
        y[:-1] = y[1:] * y[:-1]
        z = y[::-1] * 0.3
        y = y + z
    return np.sum(y)


def swapped(x: Any, n: Any) -> Any:
    """Two arrays that change places."""
    a, b = x * 1.0, x * 2.0
    for _ in range(n):
        a[1:] += 0.1 * b[:-1]
        a, b = b, a
        b[0] = b[0] * a[1]
    return np.sum(a * b)


def same_twice(x: Any, n: Any) -> Any:
    """One array that two names begin with."""
    a = x * 1.0
    b = a
    for k in range(n):
        b = b * 0.9
        b[k] = a[k] + b[k + 1]
        a = a + b
    return np.sum(a * b)


def walking(a: Any, n: Any) -> Any:
    """Rows by a number that changes between them: what was the next row is this one."""
    a = a * 1.0
    k = 0
    while k < n:
        a[k + 1, :] = a[k, :] * 0.5 + a[k + 1, :]
        row = a[k, :] * 1.5
        k = k + 1
        a[k, :] = a[k, :] * row
        a[k - 1, :] = a[k, :] + a[k - 1, :]
    return np.sum(a * a)


def popped(x: Any, n: Any) -> Any:
    """What a list has given back is written to, and was the list's alone."""
    seen = []
    y = x * 1.0
    for k in range(n):
        seen.append(y)
        y = y * x[k] + 1.0
    for _ in range(n):
        z = seen.pop()
        z[0] = z[0] * y[1]
        y = y + z[::-1] * 0.1
    return np.sum(y * y)


def decomposed(a: Any) -> Any:
    a = a.copy()
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[k, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            for k in range(i):
                a[i, j] -= a[i, k] * a[k, j]
    return np.sum(a * a)


def crossed(a: Any) -> Any:
    """The element that is added to is one of those that are read, in one turn."""
    a = a * 1.0
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            for k in range(n):
                a[i, j] = 0.5 * a[i, j] + 0.1 * a[i, k] * a[k, j]
    return np.sum(a * a)


def no_turns(x: Any, m: Any) -> Any:
    """Loops without turns read nothing: there is no x[m]."""
    total = 0.0
    y = x * 1.0
    for i in range(len(x)):
        for k in range(i - len(x)):
            y[m] += x[k]
        total += y[i]
    return total


def but_one(a: Any, b: Any, n: Any) -> Any:
    """A turn that is left out, and one that does something else, which may be beyond the loop."""
    x = b * 1.0
    for i in range(-2, n):
        s = 1.0
        for j in range(len(b) - 1, -1, -1):
            if j != i:
                s -= a[j, 0] * x[j]
        for j in range(1, len(b)):
            if j == 2 - i:
                s = s * x[0]
            else:
                x[j] = x[j] * 0.9 + s * b[j - 1]
        x[0] = s / (2.0 + s * s)
    return np.sum(x * x)


def rows_and_columns(x: Any) -> Any:
    y = np.exp(-x * x)
    rows, columns = np.sum(y, axis=1), np.sum(y * x, axis=0)
    z = y * rows[:, None] + columns[None, :]
    return np.sum(z * z)


def kept(x: Any, n: Any) -> Any:
    """A list of what an array was."""
    seen = []
    y = x * 1.0
    for k in range(n):
        seen.append(y * 2.0)
        y[k] = np.sum(seen[k] * x)
        y[1:] = y[1:] + y[:-1]
    total = 0.0
    for one in seen:
        total = total + np.sum(one * one)
    return total + np.sum(y)


def waves(x: Any) -> Any:
    return np.sum(np.sin(x) * np.exp(np.cos(x)) / (1 + np.sin(x) * np.sin(x)))


MATRIX, VECTOR = RNG.uniform(0.2, 1.0, size=(6, 6)), RNG.uniform(0.2, 1.0, size=9)
CALLS: dict[Callable[..., Any], tuple[Any, ...]] = {
    paths: (MATRIX,),
    columns: (RNG.uniform(size=(6, 5)), RNG.uniform(size=(5, 5))),
    shifts: (VECTOR, 3),
    swapped: (VECTOR, 4),
    same_twice: (VECTOR, 4),
    decomposed: (MATRIX + 5.0 * np.eye(6),),
    crossed: (MATRIX[:4, :4],),
    no_turns: (VECTOR, 1000),
    walking: (MATRIX, 4),
    popped: (VECTOR, 4),
    but_one: (MATRIX, VECTOR[:6], 9),
    rows_and_columns: (RNG.normal(size=(5, 7)),),
    kept: (VECTOR, 3),
    waves: (RNG.normal(size=203),),
}


@pytest.mark.parametrize("f", CALLS, ids=lambda f: f.__name__)
def test_gradients_are_those_of_numpy(f: Callable[..., Any]) -> None:
    args = CALLS[f]
    due = srcad.value_and_grad(f)(*args)
    value, bar = srcad.value_and_grad(f, backend="native")(*args)
    np.testing.assert_allclose(value, due[0], rtol=1e-12)
    np.testing.assert_allclose(bar, due[1], rtol=1e-12, atol=1e-13)


def product(x: Any, y: Any) -> Any:
    return np.sum(np.exp(x) * y + x)


def test_lengths_that_are_promised_to_be_equal_need_no_check() -> None:
    gradient = srcad.grad(product, (0, 1), backend="native")
    x, y = RNG.normal(size=(2, 8))
    assert "return SHAPE" not in gradient.source(x, y, language="c")
    for a, b in ((x, y), (x[:3], y[:3]), (x, y[:1]), (x[:1], y), (x[:0], y[:0]), (x[:0], y[:1])):
        for got, due in zip(gradient(a, b), srcad.grad(product, (0, 1))(a, b), strict=True):
            np.testing.assert_allclose(got, due, rtol=1e-14)
    with pytest.raises(ValueError, match="broadcast"):
        gradient(x, y[:3])


def trace(a: Any) -> Any:
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(i + 1):
            total += a[i, j] * a[j, i]
    return total


def test_promises_prove_indices() -> None:
    gradient = srcad.grad(trace, backend="native")
    assert "return INDEX" not in gradient.source(MATRIX, language="c").partition("EXPORTED int")[2]
    np.testing.assert_allclose(gradient(MATRIX[:3]), srcad.grad(trace)(MATRIX[:3]), rtol=1e-14)
    with pytest.raises(IndexError):
        gradient(MATRIX[:, :3])


def test_a_sine_beside_a_cosine_is_one_of_vectors() -> None:
    source = srcad.grad(waves, backend="native").source(VECTOR, language="c")
    assert "vector_cos" in source
