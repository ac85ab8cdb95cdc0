"""Derivatives of solutions, by the implicit function theorem, whatever solver has found them.

    x = the solution of F(x, theta) = 0

    tangent     J x_dot = -(dF/dtheta) theta_dot                       J = dF/dx at the solution
    adjoint     J^T v = x_bar,    theta_bar = -(dF/dtheta)^T v

(Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 15.) F is the function itself ("root"), x - g(x)
("fixed"), the gradient of the objective ("minimum"), or A v - b ("linear"). Of a minimum within bounds ("box") it is
x - clip(x - gradient, lower, upper), whose roots are the points where the gradient is zero along what is free to move
(Facchinei and Pang, Finite-Dimensional Variational Inequalities, section 1.5). Under constraints ("constrained") it is

    gradient - G^T (G G^T)^-1 G gradient + G^T c

with the constraints c that hold with equality, and their Jacobian G: its roots are the points where c is zero and the
gradient a combination of those of c, as Karush, Kuhn and Tucker have it (Nocedal and Wright, Numerical Optimization,
section 12.3), and its Jacobian is regular where second-order conditions hold. What a rule builds reads the solution
x, so a derivative of the derivative is by the same rule again.

The linear systems are solved with the dense Jacobian, or by an iteration that needs products with it alone; these
products are a function of their own, and what the iteration has found is a solution again, of a linear equation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from srcad.rules.lanes import NotBatched
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var
from srcad.trace.solution import Bars, Solution
from srcad.trace.types import INT, Array
from srcad.transform.matrices.jacobian import Shapes, units_of
from srcad.transform.simplify.simplify import simplify
from srcad.transform.solutions.solved import (
    call,
    call_solver,
    dotted,
    flat,
    function,
    inputs_of,
    item,
    part,
    place,
    plain,
    pulled,
    pushed,
    pushed_many,
    stem,
    with_item,
)
from srcad.transform.sweeps.adjoint import adjoint

SOLVER_HELPERS = {"cg": "solve_by_cg", "gmres": "solve_by_gmres"}


def residual(eq: Equation) -> Trace:
    """The F of an equation: a function of (x, *captured)."""
    f: Trace = eq.params["function"]
    kind, x, *captured = eq.params["kind"], *inputs_of(f)
    if kind == "fixed":
        return function(f.name, (x, *captured), lambda b, *v: b.emit("subtract", v[0], place(b, f, v)[0]))
    if kind == "minimum":
        return simplify(adjoint(f, (0,), value=False))
    if kind == "box":
        return _within_bounds(f, x, captured)
    if kind == "constrained":
        return _under_constraints(f, x, captured)
    if kind == "linear":
        right = Var(plain(x.type), "b")

        def difference(b: Builder, v: Var, given: Var, *rest: Var) -> Atom:
            made: Atom = b.emit("subtract", place(b, f, (v, *rest))[0], given)
            return made

        return function(f.name, (x, right, *captured), difference)
    return f


def _within_bounds(f: Trace, x: Var, captured: Sequence[Var]) -> Trace:
    """x - clip(x - gradient, lower, upper), where the bounds are the last parameters."""
    gradient = simplify(adjoint(f, (0,), value=False))
    lower, upper = Var(plain(x.type), "lower"), Var(plain(x.type), "upper")

    def difference(b: Builder, x: Var, *rest: Var) -> Atom:
        ahead = b.emit("subtract", x, place(b, gradient, (x, *rest[:-2]))[0])
        held = b.emit("minimum", b.emit("maximum", ahead, rest[-2]), rest[-1])
        made: Atom = b.emit("subtract", x, held)
        return made

    return function(f.name, (x, *captured, lower, upper), difference)


def _under_constraints(f: Trace, x: Var, captured: Sequence[Var]) -> Trace:
    """The f of (objective, *constraints); a constraint that rests at zero is none, and has a row of zeros."""
    own = (x, *captured)
    objective = function(f.name, own, lambda b, *v: item(b, place(b, f, v)[0], 0))
    constraints = function(f.name, own, lambda b, *v: part(b, place(b, f, v)[0], 1, None))
    gradient = simplify(adjoint(objective, (0,), value=False))

    def stationary(b: Builder, *v: Var) -> Atom:
        slope, c = place(b, gradient, v)[0], place(b, constraints, v)[0]
        columns = jacobian(b, constraints, v, c)
        rests = call(b, np.equal, call(b, np.sum, call(b, np.square, columns), 0), 0.0)
        ones = call(b, np.diag, call(b, np.where, rests, 1.0, 0.0))
        rows = b.emit("transpose", columns, axes=None)
        normal = b.emit("add", b.emit("matmul", rows, columns), ones)
        multipliers = call(b, np.linalg.solve, normal, b.emit("matmul", rows, slope))
        apart = b.emit("matmul", columns, b.emit("subtract", c, multipliers))
        made: Atom = b.emit("add", slope, apart)
        return made

    return function(f.name, own, stationary)


def _pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
    moving = {k: dot for k, dot in enumerate(dots) if k > 0 and dot is not None}
    if not moving:
        return (None,)
    f, values = residual(eq), (eq.result, *eq.operands[1:])
    return (solved(b, eq, f, values, b.emit("negative", pushed(b, f, values, moving)), transposed=False),)


def _pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
    chosen = [k for k, want in enumerate(wanted) if k > 0 and want]
    if bars[0] is None or not chosen:
        return (None,) * len(eq.operands)
    f, values = residual(eq), (eq.result, *eq.operands[1:])
    v = b.emit("negative", solved(b, eq, f, values, bars[0], transposed=True))
    found = dict(zip(chosen, pulled(b, f, values, v, chosen), strict=True))
    return tuple(found.get(k) for k in range(len(eq.operands)))


IMPLICIT = Solution("implicit", _pullback, _pushforward)


# ---- linear systems


def solved(b: Builder, eq: Equation, f: Trace, values: tuple[Atom, ...], right: Atom, *, transposed: bool) -> Atom:
    """The v with J v = right, or J^T v = right."""
    if eq.result.type.is_scalar:
        slope = b.emit("regular", pushed(b, f, values, {0: const(1.0)}))
        quotient: Atom = b.emit("divide", right, slope)
        return quotient
    if eq.params["solve"] != "dense":
        return by_products(b, eq, f, values, right, transposed=transposed)
    rows = jacobian(b, f, values)
    matrix = rows if transposed else b.emit("transpose", rows, axes=None)
    v: Atom = b.emit("solve_regular", matrix, flat(b, right))
    return v if _rank(right) == 1 else b.emit("reshape", v, *lengths(b, right))


def by_products(b: Builder, eq: Equation, f: Trace, values: tuple[Atom, ...], right: Atom, *, transposed: bool) -> Atom:
    """The v with J v = right, or J^T v = right, by an iteration that calls a function for products with J."""
    own = inputs_of(f)
    v = dotted(own[0], "bar" if transposed else "dot")
    name = f"{stem(f)}_{'vjp' if transposed else 'jvp'}"

    def product(inner: Builder, direction: Var, *at: Var) -> Atom:
        if transposed:
            return pulled(inner, f, at, direction, (0,))[0]
        return pushed(inner, f, at, {0: direction})

    made, by = function(name, (v, *own), product), eq.params["solve"]
    found = call_solver(b, SOLVER_HELPERS[by], (made,), (right,), values, right.type, style="closure")
    params = {"function": made, "kind": "linear", "solve": by}
    return b.emit("implicit", found, right, *values, **params, solution=IMPLICIT)


def jacobian(b: Builder, f: Trace, values: tuple[Atom, ...], result: Atom | None = None) -> Atom:
    """The transposed Jacobian of f with respect to its first input, of flat vectors: row k is the slope along x[k].

    All unit tangents go through at once; one after the other, where they can't. `result`: what f gives, where it is no
    vector like its first input.
    """
    x, start = values[0], len(b.equations)
    units = units_of(Shapes(b, {}), (x,), (None,))
    try:
        slopes = pushed_many(b, f, values, {0: units.vectors[0]}, units.count)
    except NotBatched:
        del b.equations[start:]
        return _slope_by_slope(b, f, values, values[0] if result is None else result)
    return slopes if _rank(slopes) == 2 else b.emit("reshape", slopes, units.count, units.count)


def _slope_by_slope(b: Builder, f: Trace, values: tuple[Atom, ...], result: Atom) -> Atom:
    """The Jacobian of a vector equation, a tangent after the other in a loop."""
    x = values[0]
    n = size(b, x)
    rows = call(b, np.zeros, (n, size(b, result)))
    k, state = Var(INT, "k"), Var(rows.type, "rows")
    with b.nested() as equations:
        unit = with_item(b, call(b, np.zeros, (n,)), 1.0, k)
        if _rank(x) != 1:
            unit = b.emit("reshape", unit, *lengths(b, x))
        slope = flat(b, pushed(b, f, values, {0: unit}))
        after = with_item(b, state, slope, k)
    body = Region((k, state), tuple(equations), (after,))
    (filled,) = b.structured("for", (const(0), n, const(1), rows), (body,), (rows.type,))
    return filled


def size(b: Builder, x: Atom) -> Atom:
    found: Atom = b.emit("dim", x, axis=0) if _rank(x) == 1 else b.emit("size", x)
    return found


def lengths(b: Builder, x: Atom) -> tuple[Atom, ...]:
    return tuple(b.emit("dim", x, axis=k) for k in range(_rank(x)))


def _rank(x: Atom) -> int:
    assert isinstance(x.type, Array)
    return x.type.rank
