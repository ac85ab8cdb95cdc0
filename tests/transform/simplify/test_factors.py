"""Constant factors, signs and numbers of derivative code: each rule by an example, and all by random formulas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srcad.ops.catalogue import result_types
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Const, Region, Trace, Var
from srcad.trace.printer import print_trace
from srcad.trace.types import FLOAT, Array
from srcad.trace.verifier import verify
from srcad.trace.walk import walk
from srcad.transform.simplify.simplify import simplify
from tests.traces import MATRIX, VALUES, VECTOR, build, ops_of, programs, run

Body = Callable[..., Any]
X, Y, S = np.array([1.25, -2.0, 0.3]), np.array([0.5, 3.0, -0.7]), 1.7
TYPES = {"x": VECTOR, "y": VECTOR, "s": FLOAT}


def total(b: Builder, x: Any) -> Any:
    return b.emit("sum", x, axis=None, keepdims=False)


def times(b: Builder, *factors: Any) -> Any:
    first, *others = factors
    for other in others:
        first = b.emit("multiply", first, other)
    return first


# what is written, and the operations that are left (those on numbers last)
CASES: dict[str, tuple[Body, list[str]]] = {
    "sum(2 * x)": (lambda b, x, y, s: total(b, times(b, 2, x)), ["sum", "multiply"]),
    "sum(2 * x * y)": (lambda b, x, y, s: total(b, times(b, 2, x, y)), ["matmul", "multiply"]),
    "sum(-x)": (lambda b, x, y, s: total(b, b.emit("negative", x)), ["sum", "negative"]),
    "0.5 * sum(2 * x * y)": (
        lambda b, x, y, s: times(b, 0.5, total(b, times(b, 2, x, y))),
        ["matmul"],
    ),
    "sum(3 * x), which would round otherwise": (
        lambda b, x, y, s: total(b, times(b, 3.0, x)),
        ["multiply", "sum"],
    ),
    "(2 * x) @ y": (lambda b, x, y, s: b.emit("matmul", times(b, 2, x), y), ["matmul", "multiply"]),
    "x @ y + y @ x": (
        lambda b, x, y, s: b.emit("add", b.emit("matmul", x, y), b.emit("matmul", y, x)),
        ["matmul", "multiply"],
    ),
    "0.5 * (2 * x * x + 2 * y * y) / s": (
        lambda b, x, y, s: b.emit("divide", times(b, 0.5, b.emit("add", times(b, 2, x, x), times(b, 2, y, y))), s),
        ["multiply", "multiply", "add", "divide"],
    ),
    "2 * s * x + 2 * s * y, which costs more afterwards": (
        lambda b, x, y, s: b.emit("add", times(b, 2, s, x), times(b, b.emit("multiply", 2, b.emit("sin", s)), y)),
        ["multiply", "multiply", "sin", "multiply", "multiply", "add"],
    ),
    "x + x": (lambda b, x, y, s: b.emit("accumulate", x, x), ["multiply"]),
    "-x * y - x * y": (
        lambda b, x, y, s: b.emit("subtract", times(b, b.emit("negative", x), y), times(b, x, y)),
        ["multiply", "multiply"],
    ),
    "s ** 2": (lambda b, x, y, s: b.emit("power", s, 2), ["multiply"]),
    "x ** 2": (lambda b, x, y, s: b.emit("power", x, 2), ["power"]),
    "s + y * -x, with -x for others too": (
        lambda b, x, y, s: (lambda n: (b.emit("add", s, times(b, y, n)), n))(b.emit("negative", x)),
        ["negative", "multiply", "subtract"],
    ),
    "y += -x * s - y * s, with -x for others too": (
        lambda b, x, y, s: (lambda n: (b.emit("accumulate", y, b.emit("subtract", times(b, n, s), times(b, y, s))), n))(
            b.emit("negative", x)
        ),
        ["negative", "multiply", "multiply", "add", "negative", "accumulate"],
    ),
    "x + where(y > s, -sum(x) / s, 0.0)": (
        lambda b, x, y, s: b.emit(
            "add",
            x,
            b.emit("where", b.emit("greater", y, s), b.emit("divide", total(b, b.emit("negative", x)), s), 0.0),
        ),
        ["greater", "sum", "divide", "where", "subtract"],
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_derivative_code(what: str) -> None:
    body, ops = CASES[what]
    before = build(TYPES, body, "adjoint")
    after = simplify(before)
    verify(after, result_types)
    assert ops_of(after) == ops, print_trace(after)
    for one, other in zip(run(before, X, Y, S), run(after, X, Y, S), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-15)


@pytest.mark.parametrize("what", ["sum(2 * x * y)", "sum(-x)", "0.5 * sum(2 * x * y)", "(2 * x) @ y", "s ** 2"])
def test_the_users_arithmetic_stays(what: str) -> None:
    before = build(TYPES, CASES[what][0])
    assert print_trace(simplify(before)) == print_trace(before)


def test_numbers_in_derivatives_are_floats() -> None:
    def body(b: Builder, x: Var) -> Any:
        return b.emit("subtract", 1, b.emit("multiply", 2, x))

    for role, kinds in (("tangent", {float}), ("", {int})):
        for t in (FLOAT, VECTOR, Array("float32", VECTOR.dims)):
            trace = simplify(build({"x": t}, body, role))
            assert {type(a.value) for e in walk(trace.body) for a in e.operands if isinstance(a, Const)} == kinds
            verify(trace, result_types)


def test_a_matrix_times_a_vector_is_smaller_than_the_matrix() -> None:
    def body(b: Builder, m: Var, x: Var) -> Any:
        return b.emit("matmul", b.emit("negative", m), x)

    trace = simplify(build({"m": MATRIX, "x": Array("float64", MATRIX.dims[1:])}, body, "adjoint"))
    assert ops_of(trace) == ["matmul", "negative"]


# ---- at random


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs)
def test_random_programs_as_derivatives(trace: Trace) -> None:
    """Whole programs, taken for parts of a derivative."""
    same_meaning(replace(trace, body=as_derivative(trace.body)), VALUES)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_random_formulas(seed: int) -> None:
    random = Random(seed)
    same_meaning(build(TYPES, lambda b, x, y, s: formula(b, random, [x, y], [s, 2, 0.5, -2.0, 0.01])), (X, Y, S))


def same_meaning(trace: Trace, values: tuple[Any, ...]) -> None:
    trace = replace(trace, body=as_derivative(trace.body))
    with np.errstate(all="ignore"):
        try:
            expected = run(trace, *values)
        except ZeroDivisionError:
            return
        simpler = simplify(trace, across=True)
        verify(simpler, result_types)
        for before, after in zip(expected, run(simpler, *values), strict=True):
            np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-12, err_msg=print_trace(simpler))


def as_derivative(region: Region) -> Region:
    equations = tuple(
        replace(e, role="adjoint", regions=tuple(map(as_derivative, e.regions))) for e in region.equations
    )
    return Region(region.parameters, equations, region.results)


def formula(b: Builder, random: Random, vectors: list[Atom | Any], numbers: list[Any]) -> Any:
    """Products, sums, signs and reductions of what is there, each of which may be read again."""
    for _ in range(12):
        op = random.choice(("multiply", "multiply", "add", "subtract", "negative", "divide", "sum", "matmul", "where"))
        one, other = random.choice(vectors), random.choice(vectors + numbers)
        if op == "sum":
            numbers.append(total(b, one))
        elif op == "matmul":
            numbers.append(b.emit("matmul", one, random.choice(vectors)))
        elif op == "negative":
            vectors.append(b.emit("negative", one))
        elif op == "where":
            vectors.append(b.emit("where", b.emit("greater", vectors[0], 0.0), one, 0.0))
        elif op == "divide":
            vectors.append(b.emit("divide", one, random.choice((2.0, 4, numbers[0]))))
        else:
            vectors.append(b.emit(op, *((one, other) if random.random() < 0.5 else (other, one))))
    return vectors[-1], numbers[-1] if isinstance(numbers[-1], Var) else total(b, vectors[-1])
