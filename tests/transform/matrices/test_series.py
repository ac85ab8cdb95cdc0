"""Series along a direction: of every kind of operation, against derivatives of derivatives; and how they look."""

from __future__ import annotations

import math
from math import factorial
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.calls.arguments import Binder
from srcad.calls.programs import program_of
from srcad.compile.requests import Request
from srcad.errors import NotYetSupported
from srcad.ops.catalogue import result_types
from srcad.trace.verifier import verify
from srcad.trace.walk import walk
from srcad.transform.matrices.series import series

X = np.array([0.6, -0.4, 0.9, 0.3])
V = np.array([0.3, 1.0, -0.5, 0.7])
A = np.arange(16.0).reshape(4, 4) / 10 + np.eye(4)


def listed(x):
    items = []
    for k in range(3):
        items.append(np.sin(x) * k)
    return np.sum(np.array(items) * items[1])


def picked(x):
    y = np.zeros_like(x)
    y[x > 0] = np.sqrt(x[x > 0])
    y[0] += x[1] * x[2]
    return np.sum(y**3)


def branches(x):
    y = x * x
    if np.sum(x) > 0:
        y = y * np.exp(x)
    return np.sum(y / (1.0 + x * x))


OPERATIONS = {
    "matmul": lambda x: (A * x) @ np.sin(x) @ x,
    "outer": lambda x: np.sum(np.outer(x, np.cos(x)) @ x),
    "outer_of_one": lambda x: np.sum(np.outer(x, x) * A),
    "einsum": lambda x: np.einsum("ij,j->", A * x, x * x),
    "einsum_of_three": lambda x: np.einsum("i,ij,j->", x, A * x, x),
    "kron": lambda x: np.sum(np.kron(x, np.sin(x)) ** 2),
    "convolve": lambda x: np.sum(np.convolve(x, x * x) ** 2),
    "tensordot": lambda x: np.sum(np.tensordot(np.outer(x, x), A * x, axes=1) ** 2),
    "inner": lambda x: np.inner(x, np.exp(x)),
    "solve": lambda x: np.sum(np.linalg.solve(A + np.outer(x, x), np.sin(x))),
    "inv": lambda x: np.sum(np.linalg.inv(A + np.outer(x, x))),
    "det": lambda x: np.linalg.det(A + np.outer(x, x)),
    "slogdet": lambda x: np.linalg.slogdet(A @ A.T + np.outer(x, x))[1],
    "cholesky": lambda x: np.sum(np.linalg.cholesky(A @ A.T + np.outer(x, x)) ** 3),
    "norm": lambda x: np.linalg.norm(x * x),
    "divide": lambda x: np.sum(x / (2.0 + x) / (3.0 + x * x)),
    "powers": lambda x: np.sum((2.0 + x) ** 1.5 + (2.0 + x) ** -2 + 2.0**x + (2.0 + x) ** x + x**3),
    "elementary": lambda x: np.sum(np.log(2.0 + x) * np.tan(x) + np.arctan(x) * np.sinh(x) + np.sqrt(1.0 + x * x)),
    "inverses": lambda x: np.sum(
        np.arcsin(x / 2) + np.arccosh(2.0 + x) + np.arctan2(x, 1.0 + x * x) + np.hypot(x, 1.0)
    ),
    "kinks": lambda x: np.sum(
        np.abs(x) ** 3 + np.maximum(x, 0.1) * x**2 + np.where(x > 0, x**3, x) + np.clip(x, -1, 0.5)
    ),
    "reductions": lambda x: np.prod(2.0 + x) * np.max(x) + np.var(x) * np.std(x) + np.mean(x) ** 2,
    "running": lambda x: np.sum(np.cumsum(x) ** 3) + np.sum(np.cumprod(1.0 + x)),
    "sorted": lambda x: np.sort(x) ** 3 @ np.arange(4.0),
    "shapes": lambda x: np.sum(x.reshape(2, 2).T ** 3 @ x.reshape(2, 2)) + np.sum(np.stack([x, x * x]).ravel() ** 2),
    "joins": lambda x: np.sum(np.concatenate([x, np.sin(x)])[1:6] ** 3) + np.sum(np.roll(x, 1) * x[::-1]),
    "listed": listed,
    "picked": picked,
    "branches": branches,
}


def code_of(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.strip().startswith("#"))


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name: str) -> None:
    f: Any = OPERATIONS[name]
    found, derived = srcad.taylor(f, 4)(X, V), f
    for order in range(5):
        np.testing.assert_allclose(found[order] * factorial(order), derived(X), rtol=1e-8, atol=1e-10)
        if order < 4:
            derived = (lambda g: lambda x: srcad.jvp(g, (x,), (V,))[1])(derived)


@pytest.mark.parametrize("name", OPERATIONS)
def test_traces_are_well_formed(name: str) -> None:
    program = program_of(OPERATIONS[name], Binder(OPERATIONS[name]).bind((X,), {}), Request("primal", (0,)))
    verify(series(program.primal, program.reading.wrt, 3), result_types)


def test_products_follow_leibniz() -> None:
    """Twelve products of matrices for four derivatives of one whose factors both move, not 2**4."""
    program = program_of(lambda x: x @ np.sin(x), Binder(np.sin).bind((X,), {}), Request("primal", (0,)))
    trace = series(program.primal, program.reading.wrt, 4)
    assert sum(e.op == "matmul" for e in walk(trace.body)) <= 12


def test_one_sine_and_one_cosine() -> None:
    code = code_of(srcad.taylor(lambda x: math.sin(x * x), 6).source(0.3))
    assert (code.count("math.sin("), code.count("math.cos(")) == (1, 1)


def test_zeros_stay_structural() -> None:
    """The second derivative of what is linear isn't computed."""
    assert code_of(srcad.taylor(lambda x: np.sum(A @ x), 3).source(X)).count("@") == 2
    code = code_of(srcad.taylor(lambda x: np.sum((A @ x) * x), 4).source(X))
    assert code.count("@") == 2
    assert "zeros" not in code


def test_recursion_is_refused() -> None:
    def doubled(x):
        return x if x > 100.0 else doubled(2.0 * x)

    with pytest.raises(NotYetSupported, match="calls itself") as caught:
        srcad.taylor(doubled, 2)(1.5, 1.0)
    assert caught.value.do
