"""Derivatives of solutions of initial value problems.

    y' = f(t, y, theta),  y(t0) = y0,  at the times t_k

    tangent     s' = (df/dy) s + (df/dtheta) theta_dot,   s(t0) = y0_dot - f(t0, y0) t0_dot,   solved together with y;
                y_dot_k = s(t_k) + f(t_k, y_k) t_dot_k

    adjoint     v' = -(df/dy)^T v,  q' = -(df/dtheta)^T v,   backwards from the last time, where at each t_k
                y_bar_k is added to v;  y0_bar = v(t0),  theta_bar = q(t0),  t0_bar = -v(t0) f(t0, y0),
                t_bar_k = y_bar_k f(t_k, y_k)

(Cao, Li, Petzold and Serban, Adjoint sensitivity analysis for differential-algebraic equations, SIAM J. Sci. Comput.
24, 2003; Chen, Rubanova, Bettencourt and Duvenaud, Neural ordinary differential equations, 2018.) Backwards, y is
solved for once more beside v, which is stable over short ways alone where y's equation is dissipative. So it starts
anew from what the forward solution is, at the times t_k and at as many steps of the solver as it takes (the mesh).

Methods for stiff equations step over more than that, so with these the adjoints are products with all sensitivities of
y, solved for forwards.

All of these are initial value problems again, which the same solver solves with the same tolerances.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from srcad.trace.builder import Builder, const
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var
from srcad.trace.solution import Bars, Solution
from srcad.trace.types import INT, OPAQUE, Array, rank_of
from srcad.transform.solutions.solved import (
    call,
    call_solver,
    dotted,
    function,
    inputs_of,
    item,
    packed,
    part,
    place,
    pulled,
    pushed,
    pushed_many,
    refuse_others,
    stem,
    unpacked,
    with_item,
)

VECTOR = Array("float64", (UNKNOWN_DIM,))
ROWS = Array("float64", (UNKNOWN_DIM, UNKNOWN_DIM))
STIFF = ("Radau", "BDF", "LSODA")
FIRST = 4  # operands of a trajectory before its options


def captured_of(eq: Equation) -> tuple[Atom, ...]:
    return eq.operands[FIRST + len(eq.params["options"]) :]


def solve(b: Builder, eq: Equation, f: Trace, y0: Atom, t0: Atom, times: Atom, captured: Sequence[Atom]) -> Atom:
    """The solution of another problem at these times, by the solver of an equation."""
    options = dict(zip(eq.params["options"], eq.operands[FIRST:], strict=False))
    found = call_solver(b, "integrated", (f,), (y0, t0, times), captured, ROWS, **options)
    operands = (found, times, y0, t0, *options.values(), *captured)
    solution: Atom = b.emit(
        "trajectory", *operands, function=f, options=tuple(options), solution=TRAJECTORY, columns=False
    )
    return solution


def as_rows(b: Builder, eq: Equation, x: Atom) -> Atom:
    """A row for each time, of what has the shape of the result; or back."""
    found: Atom = b.emit("transpose", x, axes=None) if eq.params["columns"] else x
    return found


def value_at(b: Builder, eq: Equation, t: Atom, y: Atom) -> Atom:
    """The slope of the solution."""
    return place(b, eq.params["function"], (t, y, *captured_of(eq)))[0]


# ---- tangent


def _pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
    _, _, y0, t0 = eq.operands[:FIRST]
    _, times_dot, y0_dot, t0_dot, *_ = dots
    captured = captured_of(eq)
    moving = {k: dot for k, dot in enumerate(dots[len(dots) - len(captured) :]) if dot is not None}
    y_dot: Atom | None = None
    if moving or y0_dot is not None or t0_dot is not None:
        start = b.emit("zeros_like", y0) if y0_dot is None else y0_dot
        if t0_dot is not None:
            start = b.emit("subtract", start, b.emit("multiply", value_at(b, eq, t0, y0), t0_dot))
        y_dot = _sensitivities(b, eq, start, moving)
    if times_dot is not None:
        moved = b.emit("multiply", slopes(b, eq), as_column(b, times_dot))
        y_dot = moved if y_dot is None else b.emit("add", y_dot, moved)
    return (None if y_dot is None else as_rows(b, eq, y_dot),)


def _sensitivities(b: Builder, eq: Equation, start: Atom, moving: dict[int, Atom]) -> Atom:
    """How the solution moves at fixed times."""
    f, captured = eq.params["function"], captured_of(eq)
    times, y0, t0 = eq.operands[1:FIRST]
    time, y, *others = inputs_of(f)
    directions = [dotted(others[k]) for k in moving]
    state = Var(VECTOR, f"{y.name}s")

    def augmented(inner: Builder, t: Var, state: Var, *given: Var) -> Atom:
        at, along = given[: len(others)], given[len(others) :]
        n = half(inner, state)
        here, s = part(inner, state, None, n), part(inner, state, n, None)
        (slope,) = place(inner, f, (t, here, *at))
        dots = {1: s, **{2 + k: v for k, v in zip(moving, along, strict=True)}}
        return packed(inner, [slope, pushed(inner, f, (t, here, *at), dots)])

    made = function(f"{stem(f)}_jvp", (time, state, *others, *directions), augmented)
    both = solve(b, eq, made, packed(b, [y0, start]), t0, times, (*captured, *moving.values()))
    n = b.emit("dim", y0, axis=0)
    dot: Atom = b.emit("get_item", both, None, None, n, None, index=(("slice", 0, 1, None), ("slice", 2, 3, None)))
    return dot


def half(b: Builder, state: Atom) -> Atom:
    found: Atom = b.emit("floor_divide", b.emit("dim", state, axis=0), 2)
    return found


def as_column(b: Builder, x: Atom) -> Atom:
    found: Atom = b.emit("get_item", x, None, None, index=(("slice", 0, 1, None), ("newaxis",)))
    return found


def slopes(b: Builder, eq: Equation) -> Atom:
    """f(t_k, y_k) for each time, as rows."""
    times, rows = eq.operands[1], as_rows(b, eq, eq.result)
    k, state = Var(INT, "k"), Var(rows.type, "slopes")
    with b.nested() as equations:
        slope = value_at(b, eq, item(b, times, k), item(b, rows, k))
        after = with_item(b, state, slope, k)
    body = Region((k, state), tuple(equations), (after,))
    bounds = (const(0), b.emit("dim", times, axis=0), const(1))
    (filled,) = b.structured("for", (*bounds, b.emit("zeros_like", rows)), (body,), (rows.type,))
    return filled


# ---- adjoint


def _pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
    if bars[0] is None:
        return (None,) * len(eq.operands)
    bar = as_rows(b, eq, bars[0])
    found: dict[int, Atom] = {}
    if wanted[1]:
        found[1] = call(b, np.sum, b.emit("multiply", bar, slopes(b, eq)), axis=1)
    first = FIRST + len(eq.params["options"])
    chosen = [k for k in range(first, len(eq.operands)) if wanted[k]]
    if chosen or wanted[2] or wanted[3]:
        y0, t0 = eq.operands[2:FIRST]
        reverse = _by_sensitivities if is_stiff(eq) else _backwards
        v, others = reverse(b, eq, bar, [k - first for k in chosen])
        found.update(zip(chosen, others, strict=True))
        found[2] = v
        if wanted[3]:
            found[3] = b.emit("negative", call(b, np.sum, b.emit("multiply", v, value_at(b, eq, t0, y0))))
    return tuple(found.get(k) if want else None for k, want in enumerate(wanted))


def is_stiff(eq: Equation) -> bool:
    """Whether the method is one that makes steps over which y can't be followed backwards."""
    options = dict(zip(eq.params["options"], eq.operands[FIRST:], strict=False))
    method = options.get("method")
    return isinstance(method, Const) and method.value in STIFF


def _by_sensitivities(b: Builder, eq: Equation, bar: Atom, chosen: list[int]) -> tuple[Atom, list[Atom]]:
    """The adjoints as products with how the solution moves along each unit tangent of y0 and what f captures."""
    captured = captured_of(eq)
    targets = [captured[k] for k in chosen]
    refuse_others(eq, targets)
    times, y0, t0 = eq.operands[1:FIRST]
    f: Trace = eq.params["function"]
    time, y, *others = inputs_of(f)
    length = Var(INT, "n")

    def augmented(inner: Builder, t: Var, state: Var, *given: Var) -> Atom:
        *at, n = given
        count = units_in(inner, n, [at[k] for k in chosen])
        here = part(inner, state, None, n)
        moved = inner.emit("reshape", part(inner, state, n, None), count, n)
        dots: dict[int, Atom] = {1: moved}
        eye = inner.emit("eye", count)
        start: Atom = n
        for k in chosen:
            unit, start = columns_of(inner, eye, start, at[k], count)
            dots[2 + k] = unit
        (slope,) = place(inner, f, (t, here, *at))
        slopes = pushed_many(inner, f, (t, here, *at), dots, count)
        return packed(inner, [slope, inner.emit("ravel", slopes)])

    made = function(f"{stem(f)}_jac", (time, Var(VECTOR, f"{y.name}s"), *others, length), augmented)
    n = b.emit("dim", y0, axis=0)
    count = units_in(b, n, targets)
    unit = b.emit(
        "get_item", b.emit("eye", count), None, None, None, n, index=(("slice", 0, 1, None), ("slice", 2, 3, None))
    )
    both = solve(b, eq, made, packed(b, [y0, b.emit("ravel", unit)]), t0, times, (*captured, n))
    moved = b.emit("get_item", both, None, None, n, None, index=(("slice", 0, 1, None), ("slice", 2, 3, None)))
    lanes = b.emit("reshape", moved, b.emit("dim", times, axis=0), count, n)
    beside = b.emit("get_item", bar, None, None, index=(("slice", 0, 1, None), ("newaxis",)))
    products = call(b, np.sum, b.emit("multiply", lanes, beside), axis=(0, 2))
    v, *found = unpacked(b, products, [y0, *targets])
    return v, found


def units_in(b: Builder, n: Atom, targets: Sequence[Atom]) -> Atom:
    """How many numbers there are in y0 and these."""
    count = n
    for target in targets:
        count = b.emit("add", count, const(1) if rank_of(target.type) == 0 else b.emit("size", target))
    return count


def columns_of(b: Builder, eye: Atom, start: Atom, like: Atom, count: Atom) -> tuple[Atom, Atom]:
    """The unit tangents of a value: its columns of an identity matrix, shaped like it; and where they end."""
    if rank_of(like.type) == 0:
        index: tuple[tuple[object, ...], ...] = (("slice", 0, 1, None), ("int", 2))
        return b.emit("get_item", eye, None, None, start, index=index), b.emit("add", start, 1)
    stop: Atom = b.emit("add", start, b.emit("size", like))
    index = (("slice", 0, 1, None), ("slice", 2, 3, None))
    columns: Atom = b.emit("get_item", eye, None, None, start, stop, index=index)
    lengths = [b.emit("dim", like, axis=k) for k in range(rank_of(like.type) or 0)]
    return columns if len(lengths) == 1 else b.emit("reshape", columns, count, *lengths), stop


def _backwards(b: Builder, eq: Equation, bar: Atom, chosen: list[int]) -> tuple[Atom, list[Atom]]:
    """The adjoint of y0, and those of what f captures."""
    captured = captured_of(eq)
    targets = [captured[k] for k in chosen]
    refuse_others(eq, targets)
    times, y0, t0 = eq.operands[1:FIRST]
    f: Trace = eq.params["function"]
    options = dict(zip(eq.params["options"], eq.operands[FIRST:], strict=False))
    info = call_solver(b, "mesh", (f,), (y0, t0, times), captured, OPAQUE, **options)
    mesh = b.emit("member", info, part=0, returns=VECTOR)
    places = b.emit("member", info, part=1, returns=Array("int64", (UNKNOWN_DIM,)))
    for where, value in ((places, times), (const(0), t0)):  # these move; where the solver stepped is of no account
        if not value.is_variable:
            continue
        mesh = b.emit("set_item", mesh, value, where, index=((_kind(where), 0),))
    rows = solve(b, eq, f, y0, t0, mesh, captured)
    bars = b.emit("add_item", b.emit("zeros_like", rows), bar, places, index=(("array", 0),))
    return _legs(b, eq, mesh, rows, bars, chosen, targets)


def _kind(where: Atom) -> str:
    return "array" if where.type.is_array else "int"


def _legs(
    b: Builder, eq: Equation, mesh: Atom, rows: Atom, bars: Atom, chosen: list[int], targets: list[Atom]
) -> tuple[Atom, list[Atom]]:
    """From each place of the mesh to the one before."""
    captured, adjoint = captured_of(eq), _adjoint_problem(eq, chosen)
    y0 = eq.operands[2]
    n = b.emit("dim", y0, axis=0)
    last = b.emit("subtract", b.emit("dim", mesh, axis=0), 1)
    none = [b.emit("zeros_like", target) for target in targets]
    start = packed(b, [b.emit("add", b.emit("zeros_like", y0), item(b, bars, last)), *none])
    k, state = Var(INT, "k"), Var(start.type, "bars")
    with b.nested() as equations:
        here = packed(b, [item(b, rows, k), state])
        before = b.emit("subtract", k, 1)
        ends = part(b, mesh, before, k)
        leg = solve(b, eq, adjoint, here, item(b, mesh, k), ends, captured)
        found = part(b, item(b, leg, const(0)), n, None)
        added = b.emit("add", part(b, found, None, n), item(b, bars, before))
        after = packed(b, [added, *([part(b, found, n, None)] if targets else [])])
    body = Region((k, state), tuple(equations), (after,))
    bounds = (last, const(0), const(-1))
    (end,) = b.structured("for", (*bounds, start), (body,), (state.type,))
    v, *others = unpacked(b, end, [y0, *targets])
    return v, others


def _adjoint_problem(eq: Equation, chosen: list[int]) -> Trace:
    """The slopes of (y, v, q)."""
    f: Trace = eq.params["function"]
    t, y, *others = inputs_of(f)
    state = Var(VECTOR, f"{y.name}_bars")

    def slope(inner: Builder, t: Var, state: Var, *at: Var) -> Atom:
        n = length(inner, state, at)
        here, v = part(inner, state, None, n), part(inner, state, n, inner.emit("multiply", 2, n))
        (ahead,) = place(inner, f, (t, here, *at))
        back = pulled(inner, f, (t, here, *at), inner.emit("negative", v), [1, *(2 + k for k in chosen)])
        return packed(inner, [ahead, *back])

    def length(inner: Builder, state: Var, at: Sequence[Var]) -> Atom:
        """The length of y: what the rest of the state doesn't take, halved."""
        rest: Atom = inner.emit("dim", state, axis=0)
        for k in chosen:
            rest = inner.emit("subtract", rest, inner.emit("size", at[k]))
        found: Atom = inner.emit("floor_divide", rest, 2)
        return found

    return function(f"{stem(f)}_vjp", (t, state, *others), slope)


# ---- times that the solver chose: the first and the last are those where it was to begin and to end


def _push_times(b: Builder, eq: Equation, dots: Bars) -> Bars:
    _, t0_dot, t1_dot = dots
    if t0_dot is None and t1_dot is None:
        return (None,)
    made: Atom = b.emit("zeros_like", eq.result)
    for dot, k in ((t0_dot, 0), (t1_dot, -1)):
        if dot is not None:
            made = with_item(b, made, dot, const(k))
    return (made,)


def _pull_times(b: Builder, _eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
    if bars[0] is None:
        return (None, None, None)
    return (None, item(b, bars[0], const(0)) if wanted[1] else None, item(b, bars[0], const(-1)) if wanted[2] else None)


TRAJECTORY = Solution("trajectory", _pullback, _pushforward)
TIMES = Solution("times", _pull_times, _push_times)
