"""Checking adjoint traces against differences of the primal trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from srcad.ops.catalogue import result_types
from srcad.trace.nodes import Trace
from srcad.trace.types import is_differentiable
from srcad.trace.verifier import verify
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint
from srcad.transform.sweeps.split import split
from srcad.transform.sweeps.tangent import tangent
from tests.traces import run


def check(trace: Trace, *values: Any, order: int = 2, tolerance: float = 1e-6) -> None:
    """The gradient of the first result (a scalar), as it comes, simplified, and as a pullback, up to an order."""
    wrt = [k for k, entry in enumerate(trace.inputs) if is_differentiable(entry.var.type)]
    expected = differences(trace, wrt, values)
    gradient = simplify(_check_gradient(trace, wrt, values, expected, tolerance))
    check_tangent(trace, wrt, values, expected, tolerance)
    _check_split(trace, wrt, values, expected, tolerance)
    if order > 1:
        product = with_inner_product(gradient, len(trace.body.results), len(wrt))
        check(product, *values, order=order - 1, tolerance=max(tolerance, 1e-5))


def _check_gradient(trace: Trace, wrt: list[int], values: Sequence[Any], expected: list[Any], tol: float) -> Trace:
    made = adjoint(trace, wrt, value=True)
    for candidate in (made, simplify(made)):
        verify(candidate, result_types)
        results = run(candidate, *values)
        same(results[0], run(trace, *values)[0], 1e-12)
        compare(results[len(trace.body.results) :], expected, [values[k] for k in wrt], tol)
    return made


def check_tangent(trace: Trace, wrt: list[int], values: Sequence[Any], expected: list[Any], tol: float) -> None:
    """The tangent of the first result, as it comes and simplified: the gradient times the direction."""
    directions = [np.cos(1.0 + k + np.arange(np.size(values[k]))).reshape(np.shape(values[k])) for k in wrt]
    dots = [
        d.astype(values[k].dtype) if isinstance(values[k], np.ndarray) else float(d)
        for k, d in zip(wrt, directions, strict=True)
    ]
    due = sum(float(np.sum(g * d)) for g, d in zip(expected, directions, strict=True))
    made = tangent(trace, wrt, value=True)
    for candidate in (made, simplify(made)):
        verify(candidate, result_types)
        results = run(candidate, *values, *dots)
        same(results[0], run(trace, *values)[0], 1e-12)
        scale = sum(float(np.sum(np.abs(g * d))) for g, d in zip(expected, directions, strict=True))
        np.testing.assert_allclose(results[len(trace.body.results)], due, rtol=tol, atol=tol * max(1.0, scale))


def _check_split(trace: Trace, wrt: list[int], values: Sequence[Any], expected: list[Any], tol: float) -> None:
    forward, pullback = split(simplify(adjoint(trace, wrt, value=True, seeds="inputs")))
    verify(forward, result_types)
    verify(pullback, result_types)
    results = run(forward, *values)
    count = len(trace.body.results)
    residuals = results[count:]
    seeds = [
        1.0 if k == 0 else np.zeros_like(results[k]) if isinstance(results[k], np.ndarray) else 0.0
        for k, result in enumerate(trace.body.results)
        if is_differentiable(result.type)
    ]
    for _ in range(2):
        compare(run(pullback, *residuals, *seeds), expected, [values[k] for k in wrt], tol)


def with_inner_product(gradient: Trace, first: int, count: int) -> Trace:
    """The sum of a gradient trace's adjoints, each weighted: its gradient is a Hessian-vector product."""
    from dataclasses import replace

    from srcad.ops.catalogue import builder
    from srcad.trace.builder import const
    from srcad.trace.nodes import Leaf, Region
    from srcad.trace.types import Scalar

    b = builder()
    total: Any = const(0.0)
    for k, bar in enumerate(gradient.body.results[first : first + count]):
        whole = bar if isinstance(bar.type, Scalar) else b.emit("sum", bar, axis=None, keepdims=False)
        total = b.emit("add", total, b.emit("multiply", whole, 1.0 + 0.3 * k))
    body = Region(gradient.body.parameters, (*gradient.body.equations, *b.equations), (total,))
    return simplify(replace(gradient, body=body, output=Leaf(0)))


def differences(trace: Trace, wrt: Sequence[int], values: Sequence[Any]) -> list[Any]:
    """The gradient by Richardson's extrapolation of central differences."""
    return [_difference(trace, k, values) for k in wrt]


def _difference(trace: Trace, k: int, values: Sequence[Any]) -> Any:
    base = np.asarray(values[k], float)
    gradient = np.zeros(base.shape)
    for place in np.ndindex(base.shape):

        def slope(h: float, place: tuple[int, ...] = place) -> Any:
            return (at(h, place) - at(-h, place)) / (2 * h)

        def at(h: float, place: tuple[int, ...]) -> Any:
            moved = base.copy()
            moved[place] += h
            value = moved if isinstance(values[k], np.ndarray) else float(moved)
            return float(run(trace, *values[:k], value, *values[k + 1 :])[0])

        h = 2e-3
        a, b, c = slope(h), slope(h / 2), slope(h / 4)
        ab, bc = (4 * b - a) / 3, (4 * c - b) / 3
        gradient[place] = (16 * bc - ab) / 15
    return gradient


def compare(found: Sequence[Any], expected: Sequence[Any], likes: Sequence[Any], tolerance: float) -> None:
    assert len(found) == len(expected)
    for bar, reference, like in zip(found, expected, likes, strict=True):
        assert np.shape(bar) == np.shape(like)
        if isinstance(like, np.ndarray):
            assert bar.dtype == like.dtype
        same(bar, reference, tolerance)


def same(a: Any, b: Any, tolerance: float) -> None:
    scale = max(1.0, float(np.max(np.abs(b), initial=0.0)))
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)
