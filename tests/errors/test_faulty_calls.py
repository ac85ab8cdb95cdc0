"""Calls that fail whatever the values are: the program's own errors, and no bugs of srcad."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

X, A = np.array([0.3, 0.5, 0.9, 1.1]), np.arange(12.0).reshape(3, 4) + 1

CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "two holes in a shape": lambda x, a: np.reshape(x, (2, -1, -1)),
    "half a length": lambda x, a: np.reshape(x, (2, 2.0)),
    "an axis twice": lambda x, a: np.transpose(a, (0, 0)),
    "an axis too few": lambda x, a: np.transpose(a, (0,)),
    "an axis to two places": lambda x, a: np.moveaxis(a, 0, [0, 1]),
    "a length that is a float": lambda x, a: np.broadcast_to(x, 4.0),
    "a number among arrays": lambda x, a: np.concatenate([x, 1.0]),
    "ranks that differ": lambda x, a: np.concatenate([a, x]),
    "nothing to join": lambda x, a: np.hstack([]),
    "three widths": lambda x, a: np.pad(x, (1, 2, 3)),
    "a letter of nowhere": lambda x, a: np.einsum("i->j", x),
    "the inverse of a vector": lambda x, a: np.linalg.inv(x),
    "svd of a vector": lambda x, a: np.linalg.svd(x)[1],
    "one choice": lambda x, a: np.where(x > 0, x),
    "abs of None": lambda x, a: x * abs(None),
    "len of a number": lambda x, a: x * len(1.0),
    "len of an element": lambda x, a: x[0] + 0 * len(x[0]),
    "round of an array": lambda x, a: round(x),
    "no arguments": lambda x, a: x * max(),
    "digits that are text": lambda x, a: round(x[0], "a"),
    "an axis that is text": lambda x, a: x.sum(axis="a"),
    "an unknown dtype": lambda x, a: x.astype("bad"),
    "a method without its argument": lambda x, a: x.fill(),
    "a shape that is text": lambda x, a: np.zeros("a") + x,
    "half a number": lambda x, a: np.linspace(0, 1, 2.5),
    "a matrix convolved": lambda x, a: np.convolve(a, x),
    "conditions and choices": lambda x, a: np.select([x > 0], [x, x]),
    "nothing to reduce": lambda x, a: functools.reduce(lambda p, q: p + q, []) + x,
    "points of other spaces": lambda x, a: math.dist([1], [1, 2]) * x,
    "too many operands": lambda x, a: np.sin(x, x, x),
    "an unknown attribute": lambda x, a: x.foo,
    "an axis out of bounds": lambda x, a: np.sum(x, axis=1),
    "rows of a ragged array": lambda x, a: x[0] * np.array([[1, 2], [3]]),
    "a negative number of points": lambda x, a: np.linspace(0, 1, -1),
    "steps of zero": lambda x, a: x[0] * np.arange(1, 2, 0),
    "a negative identity": lambda x, a: np.eye(-1),
    "the truth of an array": lambda x, a: x[0] if not x else x[1],
    "a matrix of one axis": lambda x, a: np.trace(a, axis1=1, axis2=-1),
    "an axis reduced twice": lambda x, a: a.max(axis=(0, -2)),
    "an axis reduced twice, without NaN": lambda x, a: np.nanvar(a, axis=(0, -2)),
    "running along two axes": lambda x, a: np.cumsum(a, axis=(0, 1)),
    "a mask and no start": lambda x, a: np.max(x, where=x > 0.4),
    "a mask and no start, without NaN": lambda x, a: np.nanmin(x, where=x > 0.4),
    "two ways to sort": lambda x, a: np.sort(x, kind="stable", stable=True),
    "two corrections": lambda x, a: np.var(x, ddof=0.5, correction=1),
    "weights of another shape": lambda x, a: np.average(a, weights=x),
    "a diagonal of a stack": lambda x, a: np.diag(np.array([a, a])),
    "a vector in a number": lambda x, a: np.full((), x),
    "a matrix in a row": lambda x, a: np.broadcast_to(a, (4,)),
    "the transpose of a vector": lambda x, a: x.mT,
    "the triangle of a number": lambda x, a: np.tril(x[0]),
    "no name of a dtype": lambda x, a: np.zeros(2, dtype=np.dtype("foo")) + x[0],
    "searching a matrix": lambda x, a: x[0] * np.searchsorted(a, x),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_error_is_the_programs(name: str) -> None:
    def program(x, a):
        return np.sum(CALLS[name](x, a))

    with pytest.raises(Exception) as due:
        program(X, A)
    for derived in (srcad.grad(program), srcad.jacobian(program), srcad.hessian(program)):
        with pytest.raises(type(due.value)) as found:
            derived(X, A)
        assert not isinstance(found.value, srcad.SrcadError)
