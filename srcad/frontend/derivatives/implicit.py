"""srcad.implicit.root and fixed_point in the program."""

from __future__ import annotations

from dataclasses import replace

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Func, Static, Value
from srcad.frontend.derivatives.solvers import (
    SolverCall,
    Wanted,
    emit_call,
    is_none,
    like,
    name_of,
    read_closed,
    solution,
    starting_like,
    value_of,
)
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import FLOAT, OPAQUE, Scalar

NONE = Static(None)
DENSE = Static("dense")
SOLVES = ("dense", "gmres", "cg")
DEFAULTS = {"root": "find_root", "fixed": "find_fixed_point"}


def root(m: Machine, f: Value, x0: Value, *theta: Value, solver: Value = NONE, solve: Value = DENSE) -> Value:
    """The x near x0 with f(x, *theta) = 0."""
    return found(m, "root", f, x0, theta, solver, solve)


def fixed_point(m: Machine, f: Value, x0: Value, *theta: Value, solver: Value = NONE, solve: Value = DENSE) -> Value:
    """The x near x0 with f(x, *theta) = x."""
    return found(m, "fixed", f, x0, theta, solver, solve)


def found(m: Machine, kind: str, f: Value, x0: Value, theta: tuple[Value, ...], solver: Value, solve: Value) -> Value:
    """The call of the solver, and what is known of its result."""
    if not isinstance(solve, Static) or solve.value not in SOLVES:
        m.refuse(f"solve= of srcad.implicit is one of {', '.join(map(repr, SOLVES))}", do="write one of these.")
    start = starting_like(m, x0)
    start = Const(start.value, FLOAT) if isinstance(start, Const) and isinstance(start.type, Scalar) else start
    closed = read_closed(m, Wanted(f, (start,), theta, like(start), name_of(f, "residual")))
    call = SolverCall(DEFAULTS[kind], (("", closed.functions[0]),), closed.captured, (start,), style="closure")
    if not is_none(solver):
        call = replace(call, callee="solved_by", called=_solver(m, solver))
    return value_of(m, solution(m, emit_call(m, call, start.type), closed, kind, solve.value))


def _solver(m: Machine, solver: Value) -> Atom:
    """What is called, as it stands: a function of the world outside."""
    if isinstance(solver, Static) and callable(solver.value):
        return Const(solver.value, OPAQUE)
    what = "a function that is defined in the program" if isinstance(solver, Func) else "no function"
    m.refuse(
        f"the solver= of srcad.implicit is {what}",
        why="it is called as it stands, and not read.",
        do="define it outside of the differentiated function.",
    )
