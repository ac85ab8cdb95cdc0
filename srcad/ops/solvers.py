"""Solvers: calls of functions that take functions, and what is known of what they find.

    found = solver(f, x0, a)          scipy.optimize.brentq(f, x0, ..., args=(a,))
    x = implicit(found, a)            the same number, known as the x with f(x, a) = 0: it moves when a does

A function that a solver takes is a closed trace, a constant of the equation: what it reads of its surroundings are
parameters of its own, behind those that the solver gives it. So these are plain operations, without regions.

`solver`: operands are positional arguments, then those by params["keywords"], then params["captured"] values that
each function gets behind its own arguments. params["callee"]: a name such as "scipy.optimize.brentq"; "": operand 0 is
what is called. params["style"]: "args" hands the captured values over as SciPy has it, by args=; "closure" writes
`lambda x: f(x, a)`. With params["checked"] the call warns where the solver says that it has failed.

The others give back operand 0 as it stands. Their derivatives come with them, as params["solution"]; they are in
`srcad.transform.solutions`:

implicit    (found, *captured): the solution of what params["function"] and params["kind"] say
integral    (found, a, b, *options, *captured): the integral of params["function"](t, *captured) from a to b
times       (found, t0, t1): the times at which an initial value problem was solved, where the solver chose them
trajectory  (found, times, y0, t0, *options, *captured): its solution, y' = params["function"](t, y, *captured) and
            y(t0) = y0, at the times; a row for each of them, with params["columns"] a column

Those with params["options"], the names of these operands, hand them on to the solver that a derivative calls.
"""

from __future__ import annotations

from srcad.ops.declare import Area, Kind, Thing
from srcad.trace.nodes import Params, Trace
from srcad.trace.solution import Solution
from srcad.trace.types import Type

AREA = Area()
op = AREA.op


def _solver_type(
    *operands: Type,
    callee: str,
    keywords: tuple[str, ...],
    captured: int,
    style: str,
    checked: bool,
    returns: Type,
) -> Type:
    return returns


def _member_type(owner: Thing, *, part: str | int, returns: Type) -> Type:
    return returns


def _implicit(found: Type, *captured: Type, function: Trace, kind: str, solve: str, solution: Solution) -> Type:
    return found


def _integral(
    found: Type, a: Type, b: Type, *rest: Type, function: Trace, options: tuple[str, ...], solution: Solution
) -> Type:
    return found


def _times(found: Type, t0: Type, t1: Type, *, solution: Solution) -> Type:
    return found


def _trajectory(
    found: Type,
    times: Type,
    y0: Type,
    t0: Type,
    *rest: Type,
    function: Trace,
    options: tuple[str, ...],
    solution: Solution,
    columns: bool = False,
) -> Type:
    return found


def _same(slope: Type) -> Type:
    return slope


def _solution(a: Type, b: Type) -> Type:
    return b


def _member(texts: tuple[str, ...], params: Params) -> str:
    name = params["part"]
    return f"{texts[0]}.{name}" if isinstance(name, str) else f"{texts[0]}[{name}]"


op("solver", Kind.ALGORITHM, _solver_type, cost="dear")
op("member", Kind.OBJECT, _member_type, _member, cost="free")
op("solve_regular", Kind.FACTORISATION, _solution, "solve_regular({0}, {1})", cost="dear")
op("regular", Kind.ALGORITHM, _same, "regular({0})")
op("implicit", Kind.VIEW, _implicit, "{0}", cost="free", solution=True)
op("integral", Kind.VIEW, _integral, "{0}", cost="free", solution=True)
op("times", Kind.VIEW, _times, "{0}", cost="free", solution=True)
op("trajectory", Kind.VIEW, _trajectory, "{0}", cost="free", solution=True)
