"""solve_bvp in the program: the solution is known by the equations of its collocation, on the mesh that SciPy chooses.

found = solve_bvp(f, bc, x, y)
found.y                values at the mesh found.x, as the solution of f, and bc, on all intervals
"""

from __future__ import annotations

import importlib

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Static, Value
from srcad.frontend.derivatives.scipy import RESULT, Given, Reader, array_result, result_class
from srcad.frontend.derivatives.solvers import (
    SolverCall,
    Wanted,
    attributes,
    emit_call,
    is_none,
    member,
    name_of,
    read_closed,
    record,
    solution,
    starting_vector,
    value_of,
    vector_result,
)
from srcad.frontend.memory.arrays import to_array
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import OPAQUE, Array, dims_of


def boundary_values(g: Given) -> Value:
    """y' = fun(x, y) or fun(x, y, p) with bc(y(a), y(b)) = 0 or bc(y(a), y(b), p) = 0."""
    m = g.m
    g.only("S", None, do="start a little beside the singular end.")
    fun, bc = g.needed("fun"), g.needed("bc")
    for name in ("fun_jac", "bc_jac"):
        g.take(name)  # a help for the solver alone
    start, guess, p = starting_vector(m, g.needed("x")), _table(g, g.needed("y")), g.take("p")
    parameters = None if is_none(p) else starting_vector(m, p)  # type: ignore[arg-type]
    dims = dims_of(guess.type)
    assert dims is not None
    mesh = m.lengths.named(Array("float64", (UNKNOWN_DIM,)))
    assert isinstance(mesh, Array)
    column, table = Var(Array("float64", (dims[0],)), "y"), Array("float64", (dims[0], *mesh.dims))
    further: tuple[Atom, ...] = () if parameters is None else (parameters,)
    slope = Wanted(fun, (Var(mesh, "x"), Var(table, "y"), *further), (), array_result, name_of(fun, "slope"))
    ends = Wanted(bc, (column, column, *further), (), vector_result, name_of(bc, "ends"))
    closed = read_closed(m, slope, ends)
    given = (("", closed.functions[0]), ("bc", closed.functions[1]))
    named = (("x", start), ("y", guess), *(() if parameters is None else (("p", parameters),)))
    call = SolverCall(g.path, given, closed.captured, (), (*named, *g.rest()), style="closure", checked=True)
    info = emit_call(m, call, OPAQUE)
    return _result(m, info, (fun, bc), (mesh, table), start, parameters)


def _table(g: Given, y: Value) -> Atom:
    """The first guess: a row for each component."""
    atom = to_array(g.m, y)
    if len(dims_of(atom.type) or ()) != 2:
        g.refuse("scipy.integrate.solve_bvp with a guess that has no row for each component", "give an array of rows.")
    return atom if atom.type.dtype == "float64" else g.m.emit("cast", atom, dtype="float64")


def _result(
    m: Machine,
    info: Var,
    functions: tuple[Value, Value],
    types: tuple[Array, Array],
    start: Atom,
    parameters: Atom | None,
) -> Value:
    made = importlib.import_module("srcad.definitions.integrate")
    chosen, found = value_of(m, member(m, info, "x", types[0])), value_of(m, member(m, info, "y", types[1]))
    places = m.call(Static(made.stretched), (chosen, value_of(m, start)))
    p = Static(None) if parameters is None else value_of(m, member(m, info, "p", parameters.type))
    unknowns = to_array(m, m.call(Static(made.unknowns), (found, p)))
    residual = m.call(Static(made.collocation), (*functions, places, found, Static(parameters is not None)))
    closed = read_closed(m, Wanted(residual, (unknowns,), (), vector_result, "collocation_residual"))
    solved = value_of(m, solution(m, unknowns, closed, "root", "dense"))
    y, p = m.call(Static(made.taken_apart), (solved, found, Static(parameters is not None))).children()
    yp, sol = m.call(Static(made.between), (functions[0], places, y, p)).children()
    fields = [("sol", sol), ("p", p), ("x", places), ("y", y), ("yp", yp)]
    names = ("rms_residuals", "niter", *(name for name in RESULT if name in ("status", "message", "success")))
    return record(m, result_class("OptimizeResult"), [*fields, *attributes(m, info, names)])


BOUNDARIES: dict[str, Reader] = {"scipy.integrate.solve_bvp": boundary_values}

__all__ = ["BOUNDARIES"]
