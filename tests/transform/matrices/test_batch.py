"""Batching against one lane after the other, operation by operation and through all structures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from srcad.ops.catalogue import builder, result_types
from srcad.rules.batching import BATCHING
from srcad.rules.lanes import NotBatched
from srcad.trace.builder import Builder, const
from srcad.trace.dims import UNKNOWN_DIM, fixed, named
from srcad.trace.nodes import Region, Trace, Var
from srcad.trace.types import FLOAT, INT, Array, ListOf, Scalar, TupleOf
from srcad.trace.verifier import verify
from srcad.transform.matrices.batch import Batch
from srcad.transform.simplify.simplify import simplify
from tests.traces import branch, build, loop, ops_of, run, while_loop

LANES = 3
L = named("lanes")
COUNT = Scalar("int64", True, L)


def batched(trace: Trace, moving: tuple[str, ...]) -> Trace:
    """The trace in which these inputs, and all results, have a leading axis; how long it is is one more input."""
    b = builder()
    count = Var(COUNT, "count")
    given = {e.var: _input(e.var) for e in trace.inputs if e.var.name in moving}
    batch = Batch(b, trace.body, given, count)
    batch.equations(trace.body.equations)
    results = tuple(batch.whole(r) for r in trace.body.results)
    inputs = [replace(e, var=given.get(e.var, e.var)) for e in trace.inputs]
    counted = replace(inputs[0], var=count, path=replace(inputs[0].path, root="count"))
    return replace(trace, inputs=(*inputs, counted), body=Region((), tuple(b.equations), results))


def _input(var: Var) -> Var:
    t = var.type
    assert isinstance(t, (Array, Scalar))
    return Var(Array(t.dtype, (L, *(t.dims if isinstance(t, Array) else ()))), var.name)


def check(types: dict[str, Any], body: Callable[..., Any], moving: str, *values: Any) -> Trace:
    """Every lane of the batched trace is the trace at the values of that lane."""
    trace = build(types, body)
    names = tuple(moving.split())
    stacked = [_stack(v) if name in names else v for name, v in zip(types, values, strict=True)]
    made = batched(trace, names)
    for candidate in (made, simplify(made)):
        verify(candidate, result_types)
        found = run(candidate, *stacked, LANES)
        for k in range(LANES):
            lane = [s[k] if name in names else s for name, s in zip(types, stacked, strict=True)]
            expected = run(trace, *lane)
            assert len(found) == len(expected)
            for one, other in zip(found, expected, strict=True):
                assert np.shape(one[k]) == np.shape(other)
                assert np.asarray(one).dtype == np.asarray(other).dtype
                np.testing.assert_allclose(one[k], other, rtol=1e-12)
    return made


def _stack(value: Any) -> Any:
    return np.stack([np.asarray(value) * (k + 1.0) + k for k in range(LANES)]).astype(np.asarray(value).dtype)


N, M = named("n", not_one=True), named("m", not_one=True)
V, A, S = Array("float64", (N,)), Array("float64", (N, M)), FLOAT
v = np.array([0.5, -1.0, 2.0, 0.25])
w = np.array([2.0, 0.5, 1.5, -0.75])
a = np.arange(8.0).reshape(4, 2) / 3 - 1
T3 = Array("float64", (N, M, fixed(2)))
t3 = np.arange(16.0).reshape(4, 2, 2) / 5
I2 = Array("int64", (fixed(2),))
WHOLE = ("slice", None, None, None)


def emits(op: str, **params: Any) -> Callable[..., Any]:
    return lambda b, *operands: b.emit_many(op, *operands, **params)


ONE = {
    "of a vector": [
        ("sin", V, v, {}),
        ("negative", S, 0.5, {}),
        ("copy", V, v, {}),
        ("cast", V, v, {"dtype": "float32"}),
        ("zeros_like", V, v, {}),
        ("ravel", A, a, {}),
        ("flatten", A, a, {}),
        ("flatten", V, v, {}),
        ("transpose", A, a, {"axes": None}),
        ("transpose", T3, t3, {"axes": (1, 2, 0)}),
        ("expand_dims", V, v, {"axis": (0,)}),
        ("expand_dims", V, v, {"axis": (1,)}),
        ("diagonal", A, a, {"offset": -1, "axis1": 0, "axis2": 1}),
        ("diagonal", T3, t3, {"offset": 0, "axis1": 0, "axis2": 1}),
        ("trace", A, a, {"offset": 1}),
        ("triu", A, a, {"k": 0}),
        ("tril", A, a, {"k": -1}),
        ("sum", A, a, {"axis": None, "keepdims": False}),
        ("sum", A, a, {"axis": None, "keepdims": True}),
        ("sum", A, a, {"axis": 0, "keepdims": False}),
        ("sum", A, a, {"axis": 1, "keepdims": True}),
        ("sum", T3, t3, {"axis": (0, 2), "keepdims": False}),
        ("mean", A, a, {"axis": 1, "keepdims": False}),
        ("max", A, a, {"axis": 0, "keepdims": False}),
        ("sum_to", A, a, {"axes": (0,), "keep": (0,)}),
        ("sum_to", A, a, {"axes": (0, 1), "keep": (1,)}),
        ("flip", A, a, {"axis": None}),
        ("flip", A, a, {"axis": (1,)}),
        ("cumsum", A, a, {"axis": 1}),
        ("diff", A, a, {"axis": -1}),
        ("fft", A, a, {"function": "fft", "axis": 0}),
        ("split", A, a, {"sections": 2, "axis": 0}),
        ("pad", A, a, {"width": ((1, 0), (0, 2))}),
        ("with_dims", V, v, {"dims": (N,)}),
        ("array_to_list", A, a, {"depth": 1}),
        ("cumprod", V, v, {"axis": 0}),
        ("sort", A, a, {"axis": 0}),
        ("diag", V, v, {"k": 1}),
        ("norm", V, v, {}),
    ]
}["of a vector"]


@pytest.mark.parametrize(("op", "t", "value", "params"), ONE, ids=[f"{k}-{op}" for k, (op, *_) in enumerate(ONE)])
def test_one_operand(op: str, t: Any, value: Any, params: dict[str, Any]) -> None:
    if op == "array_to_list":

        def body(b: Builder, x: Var) -> Any:
            return b.emit("list_get", b.emit(op, x, **params), 1)

        check({"x": t}, body, "x", value)
    else:
        check({"x": t}, emits(op, **params), "x", value)


TWO = [
    ("multiply", V, v, V, w, {}),
    ("multiply", S, 0.5, V, w, {}),
    ("multiply", S, 0.5, A, a, {}),
    ("add", Array("float64", (M,)), np.array([1.0, -2.0]), A, a, {}),
    ("divide", A, a, Array("float64", (fixed(1), M)), np.array([[2.0, 4.0]]), {}),
    ("arctan2", V, v, S, 2.0, {}),
    ("accumulate", V, v, V, w, {}),
    ("accumulate", A, a, Array("float64", (M,)), np.array([1.0, 2.0]), {}),
    ("accumulate", V, v, S, 2.0, {}),
    ("matmul", V, v, V, w, {}),
    ("matmul", V, v, A, a, {}),
    ("matmul", Array("float64", (M, N)), a.T, V, v, {}),
    ("matmul", Array("float64", (M, N)), a.T, A, a, {}),
    ("matmul", Array("float64", (M, N)), a.T, T3, t3.swapaxes(0, 1), {}),
    ("matmul", T3, t3, Array("float64", (fixed(2), M)), np.eye(2) + 1, {}),
    ("matmul", T3, t3, Array("float64", (fixed(2),)), np.array([1.0, 2.0]), {}),
    ("matmul", Array("float64", (fixed(2),)), np.array([1.0, 2.0]), T3, t3, {}),
    ("dot", A, a, Array("float64", (M,)), np.array([1.0, 2.0]), {}),
    ("outer", V, v, Array("float64", (M,)), np.array([1.0, 2.0]), {}),
    ("inner", A, a, Array("float64", (M,)), np.array([1.0, 2.0]), {}),
    ("inner", A, a, A, a + 1, {}),
    ("tensordot", T3, t3, A, a, {"axes": ((0, 1), (0, 1))}),
    ("tensordot", A, a, T3, t3, {"axes": ((1,), (2,))}),
    ("einsum", A, a, T3, t3, {"subscripts": "ij,ijk->ki"}),
    ("kron", V, v, Array("float64", (M,)), np.array([1.0, 2.0]), {}),
    ("cross", Array("float64", (fixed(3),)), v[:3], Array("float64", (fixed(3),)), w[1:], {}),
    ("cross", Array("float64", (N, fixed(3))), np.arange(12.0).reshape(4, 3), Array("float64", (fixed(3),)), w[1:], {}),
    ("solve", Array("float64", (M, M)), np.array([[2.0, 1.0], [0.5, 3.0]]), Array("float64", (M,)), w[:2], {}),
    ("solve", Array("float64", (M, M)), np.array([[2.0, 1.0], [0.5, 3.0]]), Array("float64", (M, N)), a.T, {}),
    ("convolve", V, v, Array("float64", (M,)), np.array([1.0, 2.0]), {"mode": "full"}),
    ("concatenate", A, a, A, 2 * a, {"axis": 0}),
    ("concatenate", A, a, A, 2 * a, {"axis": 1}),
    ("stack", V, v, V, w, {"axis": 0}),
    ("stack", V, v, V, w, {"axis": 1}),
    ("materialise", S, 0.5, A, a, {}),
    ("materialise", Array("float64", (M,)), np.array([1.0, 2.0]), A, a, {}),
    ("reshape_like", A, a, Array("float64", (fixed(2), fixed(4))), a.reshape(2, 4), {}),
    ("sum_to_shape", A, a, Array("float64", (M,)), a[0], {}),
    ("sum_to_shape", A, a, Array("float64", (N, fixed(1))), a[:, :1], {}),
    ("full_like", A, a, S, 2.5, {}),
]


@pytest.mark.parametrize(("op", "t", "x", "u", "y", "params"), TWO, ids=[f"{k}-{op}" for k, (op, *_) in enumerate(TWO)])
@pytest.mark.parametrize("moving", ["x", "y", "x y"])
def test_two_operands(op: str, t: Any, x: Any, u: Any, y: Any, params: dict[str, Any], moving: str) -> None:
    """With both batched, products aren't linear: they are done lane by lane."""
    check({"x": t, "y": u}, emits(op, **params), moving, x, y)


@pytest.mark.parametrize(
    ("index", "places"),
    [
        ((("slice", None, None, None), ("int", 0)), (1,)),
        ((("int", 0),), (-1,)),
        ((("slice", 0, None, None),), (1,)),
        ((("ellipsis",), ("int", 0)), (0,)),
        ((("newaxis",), ("int", 0)), (0,)),
        ((("array", 0),), (np.array([2, 0]),)),
        ((("array", 0), ("int", 1)), (np.array([2, 0]), 1)),
        ((WHOLE, ("array", 0)), (np.array([1, 0]),)),
        ((("array", 0), WHOLE, ("int", 1)), (np.array([2, 0]), 1)),
        ((("array", 0), ("newaxis",), ("array", 1)), (np.array([2, 0]), np.array([1, 1]))),
    ],
)
@pytest.mark.parametrize("op", ["get_item", "set_item", "add_item"])
def test_subscripts(index: Any, places: Any, op: str) -> None:
    """Also those that stand apart, whose axes NumPy puts in front of all others."""
    x = t3 if len([e for e in index if e[0] in ("array", "int", "slice")]) > 2 else a
    types = {"x": T3 if x is t3 else A, **{f"i{k}": INT if isinstance(p, int) else I2 for k, p in enumerate(places)}}
    if op == "get_item":
        check(types, lambda b, x, *at: b.emit(op, x, *at, index=index), "x", x, *places)
        return
    item = run(build(types, lambda b, x, *at: b.emit("get_item", x, *at, index=index)), x, *places)[0]
    kinds = Array("float64", (UNKNOWN_DIM,) * np.ndim(item)) if np.ndim(item) else Scalar("float64")
    for moving in ("x", "y", "x y"):
        check({"y": kinds, **types}, lambda b, y, x, *at: b.emit(op, x, y, *at, index=index), moving, item, x, *places)


def test_a_number_stored_in_many_places() -> None:
    index = (WHOLE, ("int", 0))
    for moving in ("x", "y", "x y"):
        check({"y": S, "x": A}, lambda b, y, x: b.emit("set_item", x, y, 1, index=index), moving, 0.5, a)


@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_shapes_are_those_of_a_lane(axis: int) -> None:
    def body(b: Builder, x: Var) -> Any:
        size, rows = b.emit("size", x), b.emit("dim", x, axis=axis)
        return b.emit("multiply", b.emit("sum", x, axis=None, keepdims=False), b.emit("add", size, rows))

    check({"x": A}, body, "x", a)


def test_reshaping() -> None:
    check({"x": A}, lambda b, x: b.emit("reshape", x, 2, -1), "x", a)
    check({"x": V}, lambda b, x: b.emit("broadcast_to", x, 3, 4), "x", v)
    check({"x": V}, lambda b, x: b.emit("tile", x, 2, 3), "x", v)
    check({"x": A}, lambda b, x: b.emit("tile", x, 2), "x", a)
    check({"x": A}, lambda b, x: b.emit("repeat", x, 2, axis=1), "x", a)
    check({"x": A}, lambda b, x: b.emit("roll", x, 1, axis=(0,)), "x", a)
    check({"x": A}, lambda b, x: b.emit("roll", x, 1, axis=None), "x", a)
    check({"x": A}, lambda b, x: b.emit("take_along_axis", x, np.array([[0, 1]] * 4), axis=1), "x", a)
    check({"x": S}, lambda b, x: b.emit("full", x, 2, 3), "x", 0.5)


def test_nested_arrays() -> None:
    check(
        {"x": S, "y": S},
        lambda b, x, y: b.emit("array", x, 0.0, y, 1.0, structure=((0, 1), (2, 3)), dtype=None),
        "x",
        0.5,
        2.0,
    )


def test_lists() -> None:
    def body(b: Builder, x: Var, y: Var) -> Any:
        items = b.emit("list_append", b.emit("list_new", y, x, element=V), y)
        items = b.emit("list_set", items, x, 0)
        items = b.emit("list_concat", b.emit("list_reverse", items), b.emit("list_zeros", items))
        last, rest = b.emit_many("list_pop", b.emit("list_slice", items, 1, 5))
        return b.emit("list_to_array", rest), last, b.emit("list_get", items, 0)

    for moving in ("x", "y"):
        check({"x": V, "y": V}, body, moving, v, w)


def test_nested_lists_become_arrays_with_their_axes_in_front() -> None:
    def body(b: Builder, x: Var) -> Any:
        rows = [b.emit("list_new", x, x, 1.0, element=FLOAT) for _ in range(2)]
        return b.emit("list_to_array", b.emit("list_new", *rows, element=ListOf(FLOAT)))

    check({"x": S}, body, "x", 0.5)


def test_tuples_in_lists() -> None:
    def body(b: Builder, x: Var) -> Any:
        pair = b.emit("tuple_new", 3, x)
        items = b.emit("list_new", pair, element=TupleOf((INT, FLOAT)))
        got = b.emit("list_get", items, 0)
        return b.emit("multiply", b.emit("tuple_get", got, index=1), b.emit("tuple_get", got, index=0))

    check({"x": S}, body, "x", 0.5)


# ---- structures


def test_a_loop_carries_what_becomes_batched_in_it() -> None:
    """The carried value starts the same in all lanes."""

    def body(b: Builder, x: Var, n: Var) -> Any:
        return loop(b, (0, n, 1), (0.0,), lambda i, s: b.emit("add", s, b.emit("multiply", x, i)))

    made = check({"x": S, "n": INT}, body, "x", 0.5, 4)
    assert ops_of(made).count("for") == 1


def test_a_list_that_fills_in_a_loop() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        empty = b.emit("list_new", element=FLOAT)
        (filled,) = loop(b, (0, n, 1), (empty,), lambda i, xs: b.emit("list_append", xs, b.emit("multiply", x, i)))
        return b.emit("list_to_array", filled)

    check({"x": S, "n": INT}, body, "x", 0.5, 4)


def test_an_array_that_is_filled_in_a_loop() -> None:
    def body(b: Builder, x: Var) -> Any:
        blank = b.emit("zeros_like", x)

        def step(i: Var, y: Var) -> Any:
            item = b.emit("get_item", x, i, index=(("int", 0),))
            return b.emit("set_item", y, b.emit("multiply", item, 2.0), i, index=(("int", 0),))

        return loop(b, (0, b.emit("dim", x, axis=0), 1), (blank,), step)

    check({"x": V}, body, "x", v)


def test_branches_on_what_is_the_same_in_all_lanes() -> None:
    def body(b: Builder, x: Var, c: Var) -> Any:
        positive = b.emit("greater", c, 0.0)
        return branch(b, positive, lambda: b.emit("multiply", x, c), lambda: const(0.5))

    for c in (1.0, -1.0):
        made = check({"x": S, "c": S}, body, "x", 0.5, c)
        assert ops_of(made).count("if") == 1


def test_a_condition_that_differs_between_lanes_is_met_lane_by_lane() -> None:
    def body(b: Builder, x: Var) -> Any:
        return branch(b, b.emit("greater", x, 1.0), lambda: b.emit("square", x), lambda: b.emit("negative", x))

    made = check({"x": S}, body, "x", 0.25)
    assert ops_of(made).count("for") == 1


def test_a_while_loop() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        def condition(k: Var, y: Var) -> Any:
            return b.emit("less", k, n)

        def step(k: Var, y: Var) -> Any:
            return b.emit("add", k, 1), b.emit("multiply", y, x)

        return while_loop(b, (0, 1.0), condition, step)[1]

    check({"x": S, "n": INT}, body, "x", 0.5, 3)


# ---- what can't be


def test_a_list_that_is_used_by_an_operation_without_entry() -> None:
    trace = build({"x": V}, lambda b, x: b.emit_many("split_like", x, b.emit("list_new", x, x, element=V), axis=0))
    with pytest.raises(NotBatched):
        batched(trace, ("x",))


def test_unknown_ranks() -> None:
    from srcad.trace.types import Unknown

    trace = build({"x": V, "u": Unknown("float64")}, lambda b, x, u: b.emit("multiply", x, u))
    with pytest.raises(NotBatched):
        batched(trace, ("x",))


def test_every_entry_is_of_an_operation() -> None:
    from srcad.ops.catalogue import OPS

    assert set(BATCHING) <= set(OPS)
