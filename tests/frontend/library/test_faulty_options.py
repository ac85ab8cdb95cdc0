"""Options that NumPy doesn't take: the derivative raises what the call raises, and nobody passes over them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

X = np.array([0.7, -0.4, 1.2])
A = np.arange(1.0, 13.0).reshape(3, 4)
POINTS = np.array([0.0, 1.0, 2.0])

CALLS: dict[str, Callable[[np.ndarray], Any]] = {
    "kind": lambda x: np.sort(x, kind="bad"),
    "argsort": lambda x: np.argsort(x, kind="bad"),
    "order": lambda x: np.exp(x, order="bad"),
    "order of a copy": lambda x: np.copy(x, order=3),
    "fields": lambda x: np.sort(x, order="bad"),
    "axis twice": lambda x: np.sum(x, axis=(0, 0)),
    "no such axis": lambda x: np.mean(x, axis=7),
    "axis of a half": lambda x: np.cumsum(x, axis=1.5),
    "keepdims": lambda x: np.max(x, keepdims="x"),
    "ddof": lambda x: np.std(x, ddof="x"),
    "differences": lambda x: np.diff(x, n=-1),
    "quantile": lambda x: np.quantile(x, -0.1),
    "percentile": lambda x: np.percentile(x, 120.0),
    "method": lambda x: np.quantile(x, 0.5, method="bad"),
    "norm": lambda x: np.fft.fft(x, norm="bad"),
    "casting": lambda x: np.concatenate([x, x], casting="bad"),
    "mode": lambda x: np.take(x, 1, mode="bad"),
    "padding": lambda x: np.pad(x, -1),
    "padding mode": lambda x: np.pad(x, 1, mode="bad"),
    "convolution": lambda x: np.convolve(x, x, mode="bad"),
    "side": lambda x: np.searchsorted(POINTS, x, side="bad"),
    "indexing": lambda x: np.meshgrid(x, x, indexing="bad"),
    "ord": lambda x: np.linalg.norm(x, ord="bad"),
    "kth": lambda x: np.partition(x, 99),
    "sections": lambda x: np.split(x, 0),
    "repeats": lambda x: np.repeat(x, -1),
    "points": lambda x: np.linspace(x[0], x[1], -1),
    "degree": lambda x: np.polyfit(POINTS, x, -1),
    "interpolation": lambda x: np.interp(x, POINTS, x, left="x"),
    "method of arrays": lambda x: x.sum(axis="x"),
    "sorted in place": lambda x: x.copy().sort(kind="bad"),
    "subscripts": lambda x: np.einsum("ij->i", x),
    "roll": lambda x: np.roll(x, 1, axis=3),
    "destination": lambda x: np.moveaxis(x, 0, 4),
    "expanded": lambda x: np.expand_dims(x, 5),
    "vector for a matrix": lambda x: np.linalg.det(x),
    "power of a vector": lambda x: np.linalg.matrix_power(x, 2),
    "vector to be transposed": lambda x: np.swapaxes(x, 0, 1),
    "short cross": lambda x: np.linalg.cross(x, np.ones(2)),
    "weights of another length": lambda x: np.average(x, axis=0, weights=np.ones(9)),
    "diagonal": lambda x: x[np.diag_indices_from(x)],
    "triangle": lambda x: x[np.tril_indices_from(x)],
    "number of an array": lambda x: math.erfc(x),
    "coefficients": lambda x: np.polynomial.polynomial.polymul(x, np.zeros(0)),
    "initial": lambda x: np.min(x, initial=np.ones(2)),
    "norm of a matrix": lambda x: np.linalg.matrix_norm(x),
    "where": lambda x: np.sign(x, where=np.ones(9, bool)),
}


@pytest.mark.filterwarnings("ignore:'where' used")
@pytest.mark.parametrize("x", [X, A], ids=["vector", "matrix"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_raised(call: Callable[[np.ndarray], Any], x: np.ndarray) -> None:
    def used(v: np.ndarray) -> float:
        made = call(v)
        return np.sum(v) if made is None else np.sum(np.abs(np.asarray(made)))

    def dropped(v: np.ndarray) -> float:
        call(v)
        return np.sum(v * v)

    for f in (used, dropped):
        try:
            f(x.copy())
        except Exception as error:
            kind = type(error)
        else:
            continue  # some are right for a matrix
        for derivative in (lambda f=f: srcad.grad(f)(x), lambda f=f: srcad.jvp(f, (x,), (x,))):
            with pytest.raises(Exception) as raised:
                derivative()
            assert type(raised.value) is kind


def caught(x: np.ndarray) -> float:
    try:
        return np.sum(np.sum(x, axis=2))
    except IndexError:
        return np.sum(x) * 3.0


def test_caught() -> None:
    np.testing.assert_array_equal(srcad.grad(caught)(X), [3.0, 3.0, 3.0])


def longer(x: np.ndarray) -> float:
    return np.sum(np.split(x, 2)[0] * 2.0)


def test_what_depends_on_lengths_is_asked_anew() -> None:
    derived = srcad.grad(longer)
    with pytest.raises(ValueError, match="equal division"):
        derived(X)
    np.testing.assert_array_equal(derived(np.ones(4)), [2.0, 2.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="equal division"):
        derived(X)


def stacked(y: np.ndarray, c: np.ndarray) -> float:
    return np.sum(np.maximum(np.stack([y[:-1], c]).sum(axis=0), 0.2))


def joined(y: np.ndarray, c: np.ndarray) -> float:
    return np.sum(np.dot(y[::2], c[1:]))


def twice_as_long(y: np.ndarray, c: np.ndarray) -> float:
    return np.sum(np.reshape(y, (2, len(c))) * c)


@pytest.mark.parametrize("f", [stacked, joined, twice_as_long])
def test_lengths_that_fit_another_time(f: Callable[..., Any]) -> None:
    derived, returned, raised = srcad.value_and_grad(f), 0, 0
    for narrow in (False, True):
        for n, m in [(5, 2), (0, 2), (3, 5), (4, 3), (4, 2), (6, 3), (2, 1), (8, 4)]:
            y, c = np.arange(n, dtype=np.float32 if narrow else float), np.arange(1.0, 1.0 + m)
            try:
                due = f(y, c)
            except ValueError:
                raised += 1
                with pytest.raises(ValueError):  # noqa: PT011 - as NumPy says it
                    derived(y, c)
            else:
                returned += 1
                assert derived(y, c)[0] == due
    assert returned >= 2
    assert raised >= 2
