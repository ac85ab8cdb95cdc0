"""SciPy's fits and searches in the program: least squares, minima that are looked for everywhere, older names."""

from __future__ import annotations

import importlib
import math

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Static, Tup, Value
from srcad.frontend.derivatives.scipy import (
    Given,
    Reader,
    bounds_object,
    box_of,
    functions,
    matrix_result,
    minimize,
    minimum,
    result_class,
)
from srcad.frontend.derivatives.solvers import (
    Closed,
    SolverCall,
    Wanted,
    args_of,
    attributes,
    emit_call,
    is_none,
    known,
    member,
    name_of,
    read_closed,
    record,
    scalar_result,
    solution,
    starting_vector,
    value_of,
    vector_result,
)
from srcad.frontend.memory.arrays import to_array
from srcad.frontend.procedures.placing import place
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.nodes import Atom, Trace, Var
from srcad.trace.types import INT, OPAQUE, Array

NONE, LINEAR, ONE = Static(None), Static("linear"), Static(1.0)


def squares(g: Given, first: str, x0: Atom, jac: str) -> tuple[Closed, Closed, tuple[tuple[str, Trace], ...]]:
    """The residuals, their sum of squares, and the functions that the solver gets."""
    m, args = g.m, args_of(g.m, g.take("args"))
    f = g.needed(first)
    made = importlib.import_module("srcad.definitions.optimize")
    loss, scale = g.values.get("loss", LINEAR), g.values.get("f_scale", ONE)
    objective = m.call(Static(made.sum_of_losses), (f, loss, scale))
    wanted = [
        Wanted(f, (x0,), args, vector_result, name_of(f, "residual")),
        Wanted(objective, (x0,), args, scalar_result, "loss_value"),
    ]
    names = [""]
    slope = g.values.get(jac)
    if slope is not None and not (isinstance(slope, Static) and not callable(slope.value)):
        del g.values[jac]
        wanted.append(Wanted(slope, (x0,), args, matrix_result, name_of(slope, "jacobian")))
        names.append(jac)
    closed = read_closed(m, *wanted)
    residual, loss_trace, *slopes = closed.functions
    given = tuple(zip(names, (residual, *slopes), strict=True))
    return Closed((residual,), closed.captured), Closed((loss_trace,), closed.captured), given


def leastsq(g: Given) -> Value:
    """The least squares of a vector function: where it is found, and how the search ended."""
    g.only("full_output", False, 0, do="use scipy.optimize.least_squares, whose result says more.")
    g.only("col_deriv", False, 0)
    x0 = starting_vector(g.m, g.needed("x0"))
    _, objective, given = squares(g, "func", x0, "Dfun")
    info = emit_call(g.m, SolverCall(g.path, given, objective.captured, (x0,), g.rest()), OPAQUE)
    x = solution(g.m, member(g.m, info, 0, x0.type), objective, "minimum", "dense")
    return Tup((value_of(g.m, x), value_of(g.m, member(g.m, info, 1, INT))))


def least_squares(g: Given) -> Value:
    """The least sum of losses of a vector function."""
    for name in ("callback", "kwargs"):
        g.only(name, None)
    m, x0 = g.m, starting_vector(g.m, g.needed("x0"))
    bounds = g.take("bounds")
    residual, objective, given = squares(g, "fun", x0, "jac")
    box = () if is_none(bounds) else ends_of(m, bounds, x0)  # type: ignore[arg-type]
    rest = (*g.rest(), *((("bounds", m.emit("tuple_new", *box)),) if box else ()))
    info = emit_call(m, SolverCall(g.path, given, objective.captured, (x0,), rest, checked=True), OPAQUE)
    x = solution(m, member(m, info, "x", x0.type), objective, "box" if box else "minimum", "dense", box)
    fields = [("x", value_of(m, x))]
    for name, closed in (("cost", objective), ("fun", residual)):
        f = closed.functions[0]
        at: dict[Var, Atom] = dict(zip((entry.var for entry in f.inputs), (x, *closed.captured), strict=True))
        fields.append((name, place(m, f, at)))
    others = attributes(m, info, ("success", "message", "status", "nfev", "njev", "active_mask", "optimality"))
    return record(m, result_class("OptimizeResult"), [*fields, *others])


def ends_of(m: Machine, bounds: Value, x0: Atom) -> tuple[Atom, ...]:
    """Lower and upper ends, each as a vector like x0; none where all are infinite."""
    plain = known(m, bounds)
    if isinstance(plain, tuple) and plain == (-math.inf, math.inf):
        return ()
    made = importlib.import_module("srcad.definitions.optimize")
    lower, upper = m.call(Static(made.ends), (bounds, value_of(m, x0))).children()
    return to_array(m, lower), to_array(m, upper)


def searched(g: Given) -> Value:
    """A minimum that is looked for everywhere within bounds."""
    for name in ("callback", "integrality", "minimizer_kwargs"):
        g.only(name, None)
    g.only("constraints", None, ())
    g.only("vectorized", False)
    m = g.m
    box = box_of(g, g.needed("bounds"))
    x0 = g.take("x0")
    start = box[0] if is_none(x0) else starting_vector(m, x0)  # type: ignore[arg-type]
    closed, given = functions(g, "func", (start,), scalar_result, {}, "objective")
    rest = (*g.rest(), *(() if is_none(x0) else (("x0", start),)))
    pairs = m.emit("array_to_list", m.emit("transpose", m.emit("stack", *box, axis=0), axes=None))
    info = emit_call(m, SolverCall(g.path, given, closed.captured, (pairs,), rest), OPAQUE)
    return minimum(g, closed, member(m, info, "x", start.type), info, box)


def basinhopping(g: Given) -> Value:
    """A minimum that is looked for from many places."""
    for name in ("callback", "take_step", "accept_test"):
        g.only(name, None)
    options = g.values.get("minimizer_kwargs")
    plain = known(g.m, options) if options is not None else None
    if plain is not None and (not isinstance(plain, dict) or set(plain) - {"method", "tol", "options"}):
        g.refuse("basinhopping with these minimizer_kwargs", "name a method alone.")
    x0 = starting_vector(g.m, g.needed("x0"))
    closed, given = functions(g, "func", (x0,), scalar_result, {}, "objective")
    info = emit_call(g.m, SolverCall(g.path, given, closed.captured, (x0,), g.rest(), style="closure"), OPAQUE)
    return minimum(g, closed, member(g.m, info, "x", x0.type), info, ())


def fmin(g: Given) -> Value:
    """A minimum by one of the functions that return it alone."""
    for name in ("full_output", "retall"):
        g.only(name, False, 0, do="use scipy.optimize.minimize, whose result says the same.")
    g.only("callback", None)
    x0 = starting_vector(g.m, g.needed("x0"))
    first = "f" if "f" in g.values else "func"
    closed, given = functions(g, first, (x0,), scalar_result, {"fprime": vector_result}, "objective")
    found = emit_call(g.m, SolverCall(g.path, given, closed.captured, (x0,), g.rest()), x0.type)
    return value_of(g.m, solution(g.m, found, closed, "minimum", "dense"))


def nnls(g: Given) -> Value:
    """The least squares of a linear system in numbers that aren't negative, and what is left of it."""
    m = g.m
    a, b = to_array(m, g.needed("A")), to_array(m, g.needed("b"))
    made = importlib.import_module("srcad.definitions.optimize")
    system, right = value_of(m, a), value_of(m, b)
    lower, upper = (to_array(m, v) for v in m.call(Static(made.no_less_than_zero), (system,)).children())
    objective = m.call(Static(made.of_system), (system, right))
    closed = read_closed(m, Wanted(objective, (lower,), (), scalar_result, "squares_value"))
    info = emit_call(m, SolverCall(g.path, (), (), (a, b), g.rest()), OPAQUE)
    x = solution(m, member(m, info, 0, lower.type), closed, "box", "dense", (lower, upper))
    found = value_of(m, x)
    return Tup((found, m.call(Static(made.distance), (system, found, right))))


def assigned(g: Given) -> Value:
    """Which row goes with which column: places, which rest while costs move."""
    m = g.m
    costs = to_array(m, g.needed("cost_matrix"))
    info = emit_call(m, SolverCall(g.path, (), (), (costs,), g.rest()), OPAQUE)
    kind = m.lengths.named(Array("int64", (UNKNOWN_DIM,)))
    return Tup(tuple(value_of(m, member(m, info, k, kind)) for k in (0, 1)))


SEARCHES = ("differential_evolution", "dual_annealing", "shgo")


def minimise(g: Given) -> Value:
    """A minimum, perhaps under constraints."""
    constraints = g.values.get("constraints")
    if constraints is None or is_none(constraints) or known(g.m, constraints) in ((), []):
        return minimize(g)
    return _under_constraints(g)


def _under_constraints(g: Given) -> Value:
    """A minimum under constraints: where the gradient is a combination of those of the constraints that are met."""
    for name in ("callback", "hessp", "hess"):
        g.only(name, None)
    m, x0 = g.m, starting_vector(g.m, g.needed("x0"))
    made = importlib.import_module("srcad.definitions.optimize")
    equal, above = m.call(Static(made.sides), (g.needed("constraints"),)).children()
    bounds = g.take("bounds")
    box = () if is_none(bounds) else box_of(g, bounds, x0)  # type: ignore[arg-type]
    args, f = args_of(m, g.take("args")), g.needed("fun")
    ends = tuple(value_of(m, end) for end in box) if box else (NONE, NONE)
    whole = m.call(Static(made.with_constraints), (f, equal, above, *ends))
    wanted = {
        "": Wanted(f, (x0,), args, scalar_result, name_of(f, "objective")),
        "whole": Wanted(whole, (x0,), args, vector_result, "constrained_value"),
    }
    for name, functions_of in (("equalities", equal), ("inequalities", above)):
        if m.call(Static(len), (functions_of,)) != Static(0):
            joined = m.call(Static(made.together), (functions_of,))
            wanted[name] = Wanted(joined, (x0,), args, vector_result, f"{name}_value")
    slope = g.values.get("jac")
    if slope is not None and not (isinstance(slope, Static) and not callable(slope.value)):
        del g.values["jac"]
        wanted["jac"] = Wanted(slope, (x0,), args, vector_result, name_of(slope, "gradient"))
    closed = read_closed(m, *wanted.values())
    traces = dict(zip(wanted, closed.functions, strict=True))
    combined = Closed((traces.pop("whole"),), closed.captured)
    rest = (*g.rest(), *((("bounds", bounds_object(m, box)),) if box else ()))
    call = SolverCall("minimise_under", tuple(traces.items()), closed.captured, (x0,), rest, checked=True)
    info = emit_call(m, call, OPAQUE)
    x = solution(m, member(m, info, "x", x0.type), combined, "constrained", "dense")
    f_trace = traces[""]
    at: dict[Var, Atom] = dict(zip((entry.var for entry in f_trace.inputs), (x, *closed.captured), strict=True))
    fields = [("x", value_of(m, x)), ("fun", place(m, f_trace, at))]
    others = attributes(m, info, ("success", "message", "status", "nfev", "njev", "nit"))
    return record(m, result_class("OptimizeResult"), [*fields, *others])


OLDER = ("fmin", "fmin_powell", "fmin_cg", "fmin_bfgs", "fmin_ncg")
FITS: dict[str, Reader] = {
    "scipy.optimize.minimize": minimise,
    "scipy.optimize.linear_sum_assignment": assigned,
    "scipy.optimize.nnls": nnls,
    "scipy.optimize.leastsq": leastsq,
    "scipy.optimize.least_squares": least_squares,
    **dict.fromkeys((f"scipy.optimize.{name}" for name in SEARCHES), searched),
    "scipy.optimize.basinhopping": basinhopping,
    **dict.fromkeys((f"scipy.optimize.{name}" for name in OLDER), fmin),
}

__all__ = ["FITS"]
