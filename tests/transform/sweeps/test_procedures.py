"""Derivatives of functions that call themselves: procedures of their own, to any order."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.compile.compiler import Derivatives
from srcad.frontend import read
from srcad.frontend.core.reading import Reading
from srcad.ops.catalogue import result_types
from srcad.ops.meaning import MEANINGS
from srcad.trace.evaluate import evaluate
from srcad.trace.nodes import Trace
from srcad.trace.types import Record
from srcad.trace.verifier import verify
from srcad.trace.walk import walk
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint
from srcad.transform.sweeps.tangent import tangent
from tests.corpus import recursion
from tests.reference import identical, ridders

Function = Callable[..., Any]

# ---- programs of one number, smooth where they are differentiated


def root(x):
    return x * x if x < 1.0 else math.sqrt(root(x - 1.0) * x)


def counted(x, n=0.0):
    return math.exp(-x) * x if n > 2.0 else counted(x * 0.9, n + 1.0) * math.sin(x) + x * x * x


def through_arrays(x):
    def go(v):
        if v[0] < 1.0:
            return np.sum(v * v * np.sin(v))
        return go(v * 0.5) * v[1] + go(v - 0.7)

    return go(np.array([x, 2 * x, x * x]))


def in_a_loop(x):
    total = 0.0
    for i in range(3):
        total = total * x + counted(x + 0.1 * i)
    return total


def in_a_while(x):
    s = x
    while s < 10.0:
        s = s * s * 0.5 + 1.0 + root(s)
    return s * x


def pairs(x):
    def pair(a, b):
        if a < 1.0:
            return a * b, math.sin(a)
        p, q = pair(a / 2, b + a)
        return p * q + a, q * b

    p, q = pair(x, x * x)
    return p * q * p


def lists(x):
    def go(xs, k):
        if k < 1.0:
            return [a * a * b for a, b in zip(xs, xs[1:] + xs[:1], strict=True)]
        ys = go([a * 0.5 + k for a in xs], k - 1.0)
        return [y * math.sin(a) for y, a in zip(ys, xs, strict=True)]

    return sum(go([x, x * x, 1.0], 2.5))


def even(x):
    return x if x < 1.0 else odd(x * 0.8) * x


def odd(x):
    return math.cos(x) if x < 1.2 else even(x - 0.3) + x * x * x * x


def each_other(x):
    return even(x) * odd(x)


def loops_inside(x):
    if x < 1.0:
        return x
    t = x
    for i in range(3):
        t = t * math.sin(t + i)
    return t * loops_inside(x * 0.6) * x


def recursion_in_its_own_loop(x):
    if x < 1.0:
        return x * x * x
    total = 0.0
    t = x
    while t > 0.7:
        t = t * 0.6
        total = total + recursion_in_its_own_loop(t * 0.9) * t
    return total * x


def raising(x):
    if x > 100.0:
        raise ValueError("too large")
    return x * math.sin(x) if x < 1.0 else math.sqrt(raising(x - 1.0) * x)


def dicts(x):
    def go(p):
        if p["a"] < 1.0:
            return {"a": p["a"] * p["b"], "b": p["b"]}
        q = go({"a": p["a"] * 0.5, "b": p["b"] + p["a"]})
        return {"a": q["a"] * p["a"], "b": q["b"]}

    q = go({"a": x, "b": x * x})
    return q["a"] * q["b"]


PROGRAMS = [
    (root, 3.4),
    (counted, 0.7),
    (through_arrays, 1.9),
    (in_a_loop, 0.6),
    (in_a_while, 2.3),
    (pairs, 3.1),
    (lists, 1.3),
    (each_other, 3.3),
    (loops_inside, 2.2),
    (recursion_in_its_own_loop, 2.7),
    (raising, 4.3),
    (dicts, 3.1),
]
IDS = [function.__name__ for function, _ in PROGRAMS]


def backwards(f: Function) -> Function:
    return srcad.grad(f)


def forwards(f: Function) -> Function:
    return lambda x: srcad.jvp(f, (x,), (1.0,))[1]


def nested(f: Function, ways: str) -> list[Function]:
    """The function, and its derivatives, each taken in one of the two ways."""
    made = [f]
    for way in ways:
        made.append((backwards if way == "D" else forwards)(made[-1]))
    return made


def check_last(made: list[Function], x: float) -> None:
    """The last derivative, against differences of the one before."""
    due = ridders(lambda t: np.asarray(made[-2](x + t)), 1e-2)
    scale = max(1.0, abs(float(due.value)))
    assert due.error <= 1e-6 * scale
    assert abs(made[-1](x) - due.value) <= 1e-6 * scale


@pytest.mark.parametrize(("function", "x"), PROGRAMS, ids=IDS)
@pytest.mark.parametrize("orders", [("D", "T"), ("DD", "DT", "TD", "TT"), ("DDD", "TDT", "DTD")], ids=str)
def test_up_to_the_third_derivative(function: Function, x: float, orders: tuple[str, ...]) -> None:
    values = [nested(function, ways)[-1](x) for ways in orders]
    check_last(nested(function, orders[-1]), x)
    np.testing.assert_allclose(values, values[-1], rtol=1e-9)


@pytest.mark.parametrize(("function", "x"), PROGRAMS, ids=IDS)
def test_the_fourth_derivative(function: Function, x: float) -> None:
    made = nested(function, "TTTT")
    check_last(made, x)
    small = function in (root, counted, pairs, lists, raising, dicts)
    for ways in ("DDDD", "TDTD") if small else ("DTTD",):
        np.testing.assert_allclose(nested(function, ways)[-1](x), made[-1](x), rtol=1e-9)


# ---- programs of an array and a number


def filled_in_place(v, c):
    w = v.copy()
    w[0] = w[1] * c
    if np.sum(w * w) < 1.0:
        return w
    r = filled_in_place(w * 0.5, c)
    r[1] += w[0] * w[2]
    w *= 2.0
    r += np.sin(w)
    return r


def in_place(v, c):
    r = filled_in_place(v, c)
    q = r.copy()
    r[0] = r[0] * r[2]
    return np.sum(r * q)


def items_without_derivative(v, c):
    def go(v, c):
        xs = [v[0], v[1] * c]
        if v[2] < 1.0:
            return xs
        ys = go(v * 0.5, c)
        return [a * b + a for a, b in zip(xs, ys, strict=True)]

    a, b = go(v, c)
    return a * b * c


def grown_lists(v, c):
    def go(v):
        out = []
        for k in range(len(v)):
            out.append(v[k] * c)
        if v[0] < 1.0:
            return np.array(out)
        s = go(v * 0.6)
        for k in range(len(out)):
            s[k] = s[k] * out[k]
        return s

    return np.sum(go(v) ** 2)


def some_results_alone(v, c):
    def go(v, c, depth=0):
        if v[0] < 1.0:
            return v, c, depth
        a, b, d = go(v * 0.7, c * v[1], depth + 1)
        return a * b, b + np.sum(a), d

    a, b, d = go(v, c)
    return np.sum(a * a) * b * (d + 1)


def broken_loops(v, c):
    s = 0.0
    for k in range(10):
        s = s + v[k % 3] * c * k
        if s > 3.0:
            break
    if s < 1.0 or v[0] < 0.5:
        return s * s
    return broken_loops(v * 0.6, c) * s + s


def calls_with_other_activity(v, c):
    def h(a, b):
        return a * b * b if a < 1.0 else h(a * 0.5, b + 1.0) * a

    return h(v[0] * 2, 1.0) * h(2.0 * v[1], c) * h(3.0, c) * h(2.5, 0.3)


def results_that_are_arguments(v, c):
    def go(x):
        return x if x[0] < 1.0 else go(x * 0.5)

    r, r2 = go(v), go(v * 0.1)
    s = r * 1.0
    s[0] = s[0] * c
    return np.sum(s * r * r2)


def in_branches(v, c):
    if c > 0.5:
        y = broken_loops(v, c)
    else:
        y = 3.0 * c
    return y * y if y > 2.0 else y * c


v3 = np.array([1.7, 2.3, 1.2])
MORE = [
    in_place,
    items_without_derivative,
    grown_lists,
    some_results_alone,
    broken_loops,
    calls_with_other_activity,
    results_that_are_arguments,
    in_branches,
]


def along(gradient: Any, direction: Any) -> float:
    return sum(float(np.sum(g * d)) for g, d in zip(gradient, direction, strict=True))


@pytest.mark.parametrize("function", MORE)
def test_arrays_and_several_arguments(function: Function) -> None:
    args, rng = (v3.copy(), 0.7), np.random.default_rng(1)
    first, second, third = ((rng.normal(size=3), float(rng.normal())) for _ in range(3))
    gradient = srcad.grad(function, argnums=(0, 1))

    def slope(v, c):
        a, b = gradient(v, c)
        return np.sum(a * second[0]) + b * second[1]

    def slope_by_tangents(v, c):
        return srcad.jvp(function, (v, c), second)[1]

    curvature = srcad.grad(slope, argnums=(0, 1))

    def turn(v, c):
        a, b = curvature(v, c)
        return np.sum(a * third[0]) + b * third[1]

    def differences(f: Function) -> float:
        return float(ridders(lambda t: np.asarray(f(args[0] + t * first[0], args[1] + t * first[1])), 1e-2).value)

    once, twice, thrice = differences(function), differences(slope), differences(turn)
    product = srcad.hvp(function, argnums=(0, 1))
    found = {
        "gradient": (along(gradient(*args), first), once),
        "tangent": (srcad.jvp(function, args, first)[1], once),
        "tangent of the gradient": (along(product(*args, second), first), twice),
        "gradient of the gradient": (along(curvature(*args), first), twice),
        "gradient of the tangent": (along(srcad.grad(slope_by_tangents, argnums=(0, 1))(*args), first), twice),
        "tangent of the tangent": (srcad.jvp(slope_by_tangents, args, first)[1], twice),
        "third, backwards": (along(srcad.grad(turn, argnums=(0, 1))(*args), first), thrice),
        "third, forwards": (srcad.jvp(turn, args, first)[1], thrice),
    }
    for name, (got, due) in found.items():
        assert abs(got - due) <= 1e-7 * max(1.0, abs(due)), name
    assert identical(args, (v3, 0.7)), "the arguments were modified"


@pytest.mark.parametrize("function", MORE)
def test_a_pullback_of_a_gradient_runs_any_number_of_times(function: Function) -> None:
    _, pullback = srcad.vjp(srcad.grad(function), v3, 0.7)
    once, again = pullback(v3), pullback(v3)
    assert identical(once, again)


@pytest.mark.parametrize("function", MORE)
def test_jacobians_and_hessians(function: Function) -> None:
    gradient = srcad.grad(function)(v3, 0.7)
    np.testing.assert_allclose(srcad.jacfwd(function)(v3, 0.7), gradient, rtol=1e-12)
    rows = [srcad.hvp(function)(v3, 0.7, unit) for unit in np.eye(3)]
    np.testing.assert_allclose(srcad.hessian(function)(v3, 0.7), rows, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("function", [in_place, grown_lists, some_results_alone])
def test_jacobians_go_through_procedures_in_one_pass(function: Function) -> None:
    def several(v, c):
        return np.cos(v) * function(v, c) + v[::-1] * function(v * v * 0.3, c)

    columns, rows = srcad.jacfwd(several), srcad.jacrev(several)
    np.testing.assert_allclose(columns(v3, 0.7), rows(v3, 0.7), rtol=1e-10)
    for jacobian in (columns, rows, srcad.hessian(function)):
        jacobian(v3, 0.7)
        assert "_lanes(" in jacobian.source()


# ---- traces


def reading(function: Any, *args: Any) -> Reading:
    return read(function, args, {}, tuple(range(len(args))), Derivatives())


CORPUS = [
    (recursion.called_twice, (1.0, 1.2)),
    (recursion.in_a_loop, (np.array([0.3, 2.0, -1.2]), 0.7)),
    (recursion.in_a_while, (0.7, 40.0)),
    (recursion.mutual, (9.3, 0.4)),
    (recursion.slices, (np.linspace(-2.1, 3.0, 11),)),
    (recursion.raising, (4.3,)),
    (recursion.arrays_as_values, (recursion.x3 * 9, 0.8)),
    (recursion.several_results, (2.0, 0.6, 1.3)),
    (recursion.loops_inside, (0.2, np.array([1.7, 0.6, 0.9]))),
]


@pytest.mark.parametrize(("function", "args"), CORPUS, ids=[f.__name__ for f, _ in CORPUS])
def test_derived_traces_are_well_formed_and_agree(function: Any, args: tuple[Any, ...]) -> None:
    """Second and third derivatives, run by the interpreter, whichever way they were taken."""
    made = reading(function, *args)
    primal, ones = simplify(made.trace), tuple(np.ones_like(a) if isinstance(a, np.ndarray) else 1.0 for a in args)

    def forward(trace: Trace) -> Trace:
        return checked(tangent(trace, made.wrt, value=False))

    def backward(trace: Trace, seeds: Any = "inputs") -> Trace:
        return checked(adjoint(trace, made.wrt, value=False, seeds=seeds))

    gradient = backward(primal, "one")
    second = [forward(gradient), backward(gradient), backward(forward(primal), "one")]
    values = [evaluate(trace, (*args, *ones), MEANINGS) for trace in second]
    for found in values[1:]:
        agree(found, values[0])
    third = [forward(second[0]), backward(second[0]), forward(second[1]), backward(second[1])]
    values = [evaluate(trace, (*args, *ones, *ones), MEANINGS) for trace in third]
    for found in values[1:]:
        agree(found, values[0])


def checked(trace: Trace) -> Trace:
    verify(trace, result_types)
    simple = simplify(trace)
    verify(simple, result_types)
    return simple


def agree(found: tuple[Any, ...], due: tuple[Any, ...]) -> None:
    for a, b in zip(found, due, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10)


def names(trace: Trace) -> list[str]:
    return list(trace.procedures)


def test_what_is_active_is_settled_for_all_calls_together() -> None:
    def f(x, c):
        def h(a, b, k):
            return a * b * k if a < 1.0 else h(a * 0.5, b + 1.0, k) * a

        return h(x, 1.0, c) * h(2.0 * x, 2.0, 3.0)

    made = reading(f, 3.0, 0.7)
    primal = simplify(made.trace)
    moved = tangent(primal, made.wrt[:1], value=False).procedures["h_tangent"]
    assert [p.name for p in moved.parameters] == ["a", "b", "k", "a_dot"]
    pullback = adjoint(primal, made.wrt, value=False).procedures["h_pullback"]
    assert len(pullback.body.results) == 2, "b is a number that doesn't move"


def test_what_nobody_reads_is_neither_handed_over_nor_recorded() -> None:
    """Of `spare` nothing is read but for itself; the value is read by nobody in the gradient."""

    def f(x):
        def h(a, spare):
            return a * 2.0 if a < 1.0 else h(a * 0.5, spare + 1.0)

        return h(x, 0.0)

    made = reading(f, 3.0)
    gradient = adjoint(simplify(made.trace), made.wrt, value=False)
    ahead = gradient.procedures["h_forward"]
    assert [p.name for p in ahead.parameters] == ["a"]
    assert [type(a.type) for a in ahead.body.results] == [Record]
    (record,) = (e for e in walk(ahead.body) if e.op == "record_new")
    assert len(record.operands) == 2, "which way it went, and what the call inside recorded"


def test_what_a_record_holds_is_not_recorded_once_more() -> None:
    made = reading(root, 3.4)
    gradient = simplify(adjoint(simplify(made.trace), made.wrt, value=False))
    again = adjoint(gradient, made.wrt, value=False, seeds="inputs")
    ahead = again.procedures["root_forward_forward"]
    assert len([a for a in ahead.body.results if isinstance(a.type, Record)]) == 1


# ---- names


def test_a_function_that_calls_itself_is_differentiated_itself() -> None:
    """The functions of its derivative are called as those of its calls would be."""
    value, pullback = srcad.vjp(root, 3.4)
    assert (value, pullback(1.0)) == (root(3.4), (srcad.grad(root)(3.4),))


def test_derivatives_of_one_function_with_respect_to_other_arguments_live_together() -> None:
    def f(x, y):
        def h(a, b):
            return a * b if a < 1.0 else h(a * 0.5, b + a) * b

        return srcad.grad(h)(x, y) * srcad.grad(h, argnums=1)(x, y) * h(x, y)

    gradient = srcad.grad(f, argnums=(0, 1))(3.1, 0.7)
    for k in (0, 1):
        due = ridders(lambda t, k=k: np.asarray(f(3.1 + t * (k == 0), 0.7 + t * (k == 1))), 1e-2)
        assert math.isclose(gradient[k], due.value, rel_tol=1e-8)


def damped(x, y):
    return x * y * y if x < 1.0 else math.tanh(damped(x * 0.5, y * 0.5) * y) * x + math.exp(y * 0.1)


def test_derivatives_and_their_derivatives_live_together() -> None:
    """What the one records, and the derivative of the other leaves unread, stays apart."""
    gradient = srcad.grad(damped, argnums=(0, 1))

    def f(x):
        a, b = gradient(x, 0.7)
        second = srcad.grad(lambda t: gradient(t, 0.7)[0])(x)
        mixed = srcad.grad(lambda t: srcad.grad(lambda s: gradient(t, s)[0])(0.7))(x)
        return a * b + second * a + mixed * b * damped(x, x)

    for ways in ("D", "T", "DD"):
        check_last(nested(f, ways), 3.1)


def test_one_derivative_that_is_taken_again_and_again_is_written_once() -> None:
    def f(x):
        for _ in range(3):
            x = x - 0.1 * srcad.grad(root)(x)
        return x * srcad.grad(root)(x)

    source = srcad.grad(f).source(4.3)
    assert [source.count(f"def root_{what}") for what in ("forward_forward", "pullback_forward")] == [1, 1]


def halved(x):
    return x * x * x if x < 1.0 else halved(x / 2) * x


def halved_tangent(x):
    return 3.0 * x


def halved_pullback_forward(x):
    return 5.0 * x


def test_names_of_the_program_stay_its_own() -> None:
    def f(x):
        return halved(x) * halved_tangent(x) * halved_pullback_forward(x)

    due = ridders(lambda t: np.asarray(f(3.4 + t)), 1e-2)
    assert math.isclose(srcad.jvp(f, (3.4,), (1.0,))[1], due.value, rel_tol=1e-8)
    due = ridders(lambda t: np.asarray(srcad.grad(f)(3.4 + t)), 1e-2)
    assert math.isclose(srcad.grad(srcad.grad(f))(3.4), due.value, rel_tol=1e-8)


def test_second_derivatives_pickle() -> None:
    second = srcad.grad(srcad.grad(root))
    due = second(3.4)
    assert pickle.loads(pickle.dumps(second))(3.4) == due


def test_narrow_floats_stay_narrow() -> None:
    v = np.float32([3.0, 5.0, 0.2])
    value, moved = srcad.jvp(recursion.narrow_floats, (v, 1.3), (np.ones_like(v), None))
    assert value.dtype == np.asarray(moved).dtype == np.float32
    assert srcad.hvp(recursion.narrow_floats, argnums=(0, 1))(v, 1.3, (v, 1.0))[0].dtype == np.float32


def test_errors_of_the_program_arrive_in_every_mode() -> None:
    for derivative in (srcad.grad(srcad.grad(raising)), lambda x: srcad.jvp(raising, (x,), (1.0,))):
        with pytest.raises(ValueError, match="too large"):
            derivative(101.0)
