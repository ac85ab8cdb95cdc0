"""How functions that call themselves are read: as procedures, once for all calls, or not at all."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.compile.compiler import Derivatives
from srcad.errors import NotYetSupported
from srcad.frontend import read
from srcad.frontend.core.reading import Reading
from srcad.ops.catalogue import result_types
from srcad.ops.meaning import MEANINGS
from srcad.trace.evaluate import evaluate
from srcad.trace.verifier import verify
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint
from tests.corpus import curves, recursion
from tests.effort import calls_of


def reading(function: Any, *args: Any) -> Reading:
    return read(function, args, {}, tuple(range(len(args))), Derivatives())


def test_calls_of_one_function_share_a_procedure() -> None:
    trace = reading(recursion.called_twice, 1.0, 1.2).trace
    assert list(trace.procedures) == ["normal_cdf_value"]
    assert [e.op for e in trace.body.equations].count("recurse") == 2


def test_numbers_that_differ_from_call_to_call_are_parameters() -> None:
    (procedure,) = reading(recursion.several_results, 2.0, 0.6, 1.3).trace.procedures.values()
    assert [p.name for p in procedure.parameters] == ["a", "x", "steps"]


def test_functions_that_call_each_other_are_read_as_one() -> None:
    trace = reading(recursion.mutual, 9.3, 0.4).trace
    assert len(trace.procedures) <= 2


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (recursion.called_twice, (1.0, 1.2)),
        (recursion.quadrature_in_quadrature, (0.8, 1.2)),
        (recursion.in_a_loop, (np.array([0.3, 2.0, -1.2]), 0.7)),
        (recursion.in_a_while, (0.7, 40.0)),
        (recursion.mutual, (9.3, 0.4)),
        (recursion.slices, (np.linspace(-2.1, 3.0, 11),)),
        (recursion.raising, (4.3,)),
    ],
)
def test_traces_are_well_formed_and_mean_what_the_program_does(function: Any, args: tuple[Any, ...]) -> None:
    made = reading(function, *args)
    primal = simplify(made.trace)
    for trace in (made.trace, primal):
        verify(trace, result_types)
    np.testing.assert_allclose(evaluate(primal, args, MEANINGS)[0], function(*args))
    gradient = simplify(adjoint(primal, made.wrt, value=False))
    verify(gradient, result_types)
    due = srcad.grad(function, argnums=tuple(range(len(args))))(*args)
    for bar, want in zip(evaluate(gradient, args, MEANINGS), due, strict=True):
        np.testing.assert_allclose(bar, want)


def test_the_pullback_runs_any_number_of_times() -> None:
    _, pullback = srcad.vjp(recursion.in_a_loop, np.array([0.3, 2.0, -1.2]), 0.7)
    once, again, twice = pullback(1.0), pullback(1.0), pullback(2.0)
    np.testing.assert_array_equal(once[0], again[0])
    np.testing.assert_allclose(twice[0], 2 * once[0])


def test_it_compiles_at_once() -> None:
    """However often functions call each other, each is read a few times."""
    assert calls_of(lambda: srcad.grad(curves.damped_integral)(0.8, 0.2, 1.9)) < 1_000_000


def endless(x: float) -> float:
    return endless(x * 0.5) + 1.0 if x < 1.0 else endless(x - 1.0)


def test_a_function_that_always_calls_itself_raises() -> None:
    with pytest.raises(RecursionError):
        srcad.grad(lambda x: endless(x) * x)(0.3)


def test_the_errors_of_the_program_arrive() -> None:
    with pytest.raises(ValueError, match="too large"):
        srcad.grad(recursion.raising)(2e6)
    with pytest.raises(AssertionError, match="negative"):
        srcad.grad(recursion.raising)(-1.0)


def overwritten(v: Any, scale: Any) -> Any:
    w = recursion.collapsed(v)
    w[0] = w[0] * scale
    return np.sum(w * w) * scale + np.sum(v)


def test_a_result_that_may_be_an_argument_is_refused_where_it_is_written_to() -> None:
    with pytest.raises(NotYetSupported) as caught:
        srcad.grad(overwritten)(np.array([0.7, -1.3, 0.4]), 0.8)
    assert caught.value.span is not None
    assert caught.value.span.line == inspect.getsourcelines(overwritten)[1] + 2


def shrunk(x: float, names: dict[str, float]) -> float:
    if x < 1.0:
        return x * names["k"]
    return shrunk(x / 2, names) + math.log(x)


def test_containers_pass() -> None:
    def f(x: float, k: float) -> float:
        return shrunk(x, {"k": k, "other": 1.0})

    x_bar, k_bar = srcad.grad(f, argnums=(0, 1))(9.0, 0.7)
    assert k_bar == 9.0 / 16
    assert math.isclose(x_bar, 0.7 / 16 + 4 / 9.0)
