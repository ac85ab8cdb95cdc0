"""SciPy's older names of solvers in the program: minima of functions of a number, roots by iterations.

x = brent(f)            the place where f has its least value nearby
x = broyden1(F, x0)     the root that an iteration has come to
"""

from __future__ import annotations

from srcad.frontend.core.values import Value
from srcad.frontend.derivatives.scipy import Given, Reader, functions, limit
from srcad.frontend.derivatives.solvers import (
    FLOAT_SCALAR,
    SolverCall,
    emit_call,
    like,
    scalar_result,
    solution,
    starting_like,
    value_of,
)
from srcad.trace.nodes import Const
from srcad.trace.types import FLOAT


def bracketed_minimum(g: Given) -> Value:
    """A minimum of a function of a number."""
    g.only("full_output", False, 0, do="use scipy.optimize.minimize_scalar, whose result says the same.")
    closed, given = functions(g, "func", (Const(0.0, FLOAT_SCALAR),), scalar_result, {}, "objective")
    found = emit_call(g.m, SolverCall(g.path, given, closed.captured, (), g.rest()), FLOAT)
    return value_of(g.m, solution(g.m, found, closed, "minimum", "dense"))


def bounded_minimum(g: Given) -> Value:
    """A minimum of a function of a number between two others."""
    g.only("full_output", False, 0, do="use scipy.optimize.minimize_scalar, whose result says the same.")
    box = tuple(limit(g.m, g.needed(name)) for name in ("x1", "x2"))
    closed, given = functions(g, "func", (Const(0.0, FLOAT_SCALAR),), scalar_result, {}, "objective")
    found = emit_call(g.m, SolverCall(g.path, given, closed.captured, box, g.rest()), FLOAT)
    return value_of(g.m, solution(g.m, found, closed, "box", "dense", box))


def iterated_root(g: Given) -> Value:
    """A root of a function of an array, by an iteration that starts anywhere."""
    g.only("callback", None)
    x0 = starting_like(g.m, g.needed("xin"))
    closed, given = functions(g, "F", (x0,), like(x0), {})
    call = SolverCall(g.path, given, closed.captured, (x0,), g.rest(), style="closure")
    return value_of(g.m, solution(g.m, emit_call(g.m, call, x0.type), closed, "root", "dense"))


ITERATED = ("broyden1", "broyden2", "anderson", "linearmixing", "diagbroyden", "excitingmixing", "newton_krylov")
OLDER: dict[str, Reader] = {
    "scipy.optimize.brent": bracketed_minimum,
    "scipy.optimize.golden": bracketed_minimum,
    "scipy.optimize.fminbound": bounded_minimum,
    **dict.fromkeys((f"scipy.optimize.{name}" for name in ITERATED), iterated_root),
}

__all__ = ["OLDER"]
