"""Lengths that are expressions of others: what is known to be equally long needs no code that finds out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

RNG = np.random.default_rng(7)


def draw(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape)


def gates(W: Any, h: Any, c: Any, x: Any) -> Any:
    H = h.shape[0]
    z = W @ np.concatenate([h, x])
    i, f, o = np.tanh(z[:H]), np.tanh(z[H : 2 * H]), np.tanh(z[2 * H : 3 * H])
    return np.sum(o * np.tanh(f * c + i * np.tanh(z[3 * H :])))


def joined(x: Any, y: Any, w: Any) -> Any:
    return np.sum(np.concatenate([x, y]) * w) + np.sum(np.concatenate([x[1:], y]) * w[1:])


def flat(x: Any, y: Any) -> Any:
    return np.sum(x.reshape(-1) * y) + np.sum(x.ravel()[2:] * y[:-2])


def products(a: Any, b: Any, y: Any) -> Any:
    return np.sum(np.kron(a, b).ravel() * y) + np.sum(np.outer(a, b).ravel() * y)


def differences(x: Any, y: Any) -> Any:
    return np.sum(np.diff(x) * y) + np.sum(np.diff(x, n=2) * (y[1:] + y[:-1]))


def first(x: Any, y: Any, n: int) -> Any:
    return np.sum(x[:n] * y)


def numbered(x: Any, n: int) -> Any:
    total = np.zeros(2 * n)
    total[:n] = x * 2.0
    total[n:] = total[:n] * x
    return np.sum(total * np.concatenate([x, x]))


def stencil(x: Any, c: Any) -> Any:
    n = c.shape[0]
    inner = x[2 : n + 2] * (x[1 : n + 1] + x[3 : n + 3])
    rim = x[1:-1] + x[2:]
    return np.sum(inner * c) + np.sum(rim[1 : n + 1] * x[2 : n + 2])


PROGRAMS: dict[str, tuple[Callable[..., Any], Callable[[int], tuple[Any, ...]]]] = {
    "blocks of a longer vector": (gates, lambda n: (draw(4 * n, n + 2), draw(n), draw(n), draw(2))),
    "what is joined": (joined, lambda n: (draw(n), draw(n + 1), draw(2 * n + 1))),
    "what is flattened": (flat, lambda n: (draw(n, 3), draw(3 * n))),
    "products": (products, lambda n: (draw(n), draw(n + 1), draw(n * n + n))),
    "differences": (differences, lambda n: (draw(n + 2), draw(n + 1))),
    "slices of a stencil": (stencil, lambda n: (draw(n + 4), draw(n))),
    "a bound that is an argument": (first, lambda n: (draw(7), draw(n), n)),
    "an argument as a length": (numbered, lambda n: (draw(n), n)),
}


def check(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """A gradient against central differences; gives it back."""
    argnums = tuple(k for k, arg in enumerate(args) if isinstance(arg, np.ndarray))
    gradient = srcad.grad(function, argnums=argnums)
    for k, found in zip(argnums, gradient(*args), strict=True):
        direction = draw(*args[k].shape)
        ends = [function(*args[:k], args[k] + h * direction, *args[k + 1 :]) for h in (1e-6, -1e-6)]
        assert np.shape(found) == args[k].shape
        assert np.sum(found * direction) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-8)
    return gradient


@pytest.mark.parametrize("function, make", PROGRAMS.values(), ids=PROGRAMS)
def test_equal_lengths_are_known_to_be_equal(function: Any, make: Any) -> None:
    gradient = check(function, make(3))
    assert "sum_to_shape" not in gradient.source(*make(3))
    for n in (2, 5, 1):
        check(function, make(n))


def test_what_is_taken_for_equal_holds_for_these_lengths_alone() -> None:
    """The first call makes code for operands that are equally long, and the second has one that is stretched."""
    gradient = srcad.grad(first, argnums=(0, 1))
    assert gradient(np.ones(5), np.ones(3), 3)[1].tolist() == [1.0, 1.0, 1.0]
    assert gradient(np.ones(5), np.ones(1), 3)[1].tolist() == [3.0]
    assert gradient(np.ones(1), np.ones(3), 3)[0].tolist() == [3.0]
    assert gradient(np.ones(2), np.ones(2), 9)[1].tolist() == [1.0, 1.0]


def test_the_way_of_a_jacobian_is_decided_by_lengths_of_results() -> None:
    def joined_twice(x: Any) -> Any:
        return np.concatenate([x, x[1:], x[:2]])

    def few(x: Any) -> Any:
        return np.diff(x.reshape(2, -1), axis=0)[:, 0] * np.sum(x)

    assert srcad.jacobian(joined_twice).way(np.ones(4)) == "columns"
    assert srcad.jacobian(few).way(np.ones(6)) == "rows"
