"""solve_ivp with events: where an event is zero along the solution moves with what both depend on.

found = solve_ivp(f, (0, 9), y0, events=hit)
found.t_events[0]      the times t with hit(t, y(t)) = 0, as the solution of that equation
"""

from __future__ import annotations

import importlib

from srcad.frontend.core.cells import ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Func, Ref, Static, Tup, Value
from srcad.frontend.derivatives.scipy import (
    RESULT,
    TOLERANCES,
    Given,
    dense_solution,
    derivative_of,
    items,
    limit,
    refuse_method,
    result_class,
    sequence,
    solve_ivp,
    trajectory,
)
from srcad.frontend.derivatives.solvers import (
    FLOAT_SCALAR,
    Closed,
    SolverCall,
    Wanted,
    args_of,
    attributes,
    emit_call,
    is_none,
    like,
    member,
    name_of,
    read_closed,
    record,
    scalar_result,
    solution,
    starting_vector,
    value_of,
)
from srcad.frontend.memory.arrays import new_array, to_array
from srcad.trace.builder import const
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import INT, OPAQUE, Array, dims_of


def with_events(g: Given) -> Value:
    """solve_ivp, perhaps with events."""
    events = g.values.get("events")
    if events is None or is_none(events):
        return solve_ivp(g)
    return _solved(g, _each(g, g.needed("events")))


def _each(g: Given, events: Value) -> tuple[Value, ...]:
    """The events, one after the other."""
    if isinstance(events, Func) or (isinstance(events, Static) and callable(events.value)):
        return (events,)
    return sequence(g.m, events)


def _property(g: Given, event: Value, name: str, otherwise: float) -> float:
    """What an event says of itself: whether it ends the solution, and in which direction it counts."""
    found = getattr(event.value, name, otherwise) if isinstance(event, Static) else otherwise
    if not isinstance(found, (bool, int, float)):
        g.refuse(f"an event whose {name} is no number", "give it a number.")
    return found


def _solved(g: Given, events: tuple[Value, ...]) -> Value:
    m = g.m
    g.only("vectorized", False)
    dense = g.take("dense_output") not in (None, Static(False))
    refuse_method(g)
    terminal = tuple(_property(g, event, "terminal", False) for event in events)
    direction = tuple(_property(g, event, "direction", 0.0) for event in events)
    if any(end not in (False, True, 0, 1) for end in terminal) or sum(map(bool, terminal)) > 1:
        g.refuse(
            "solve_ivp with several terminal events, or one that ends it at a later time", "keep one that is True."
        )
    y0 = starting_vector(m, g.needed("y0"))
    t0, t1 = (limit(m, value) for value in items(m, g.needed("t_span")))
    t_eval, args, f = g.take("t_eval"), args_of(m, g.take("args")), g.needed("fun")
    own = (Const(0.0, FLOAT_SCALAR), y0)
    slope = Wanted(f, own, args, derivative_of(y0), name_of(f, "slope"))
    wanted = [Wanted(event, own, args, scalar_result, name_of(event, "event")) for event in events]
    closed = read_closed(m, slope, *wanted)
    rest = g.rest()
    asked = None if is_none(t_eval) else starting_vector(m, t_eval)  # type: ignore[arg-type]
    named = rest if asked is None else (("t_eval", asked), *rest)
    given = (("", closed.functions[0]), *((f"event_{k}", e) for k, e in enumerate(closed.functions[1:])))
    ways = (("terminal", Const(terminal, OPAQUE)), ("direction", Const(direction, OPAQUE)))
    options = (*named, *ways, ("dense_output", const(True)))
    span = m.emit("tuple_new", t0, t1)
    info = emit_call(
        m, SolverCall("integrate_until", given, closed.captured, (span, y0), options, checked=True), OPAQUE
    )
    motion = Closed(closed.functions[:1], closed.captured)
    tolerances = tuple((name, a) for name, a in rest if name in TOLERANCES)
    sol = dense_solution(m, motion, y0, t0, tolerances, info)
    reached = [_times_of(m, event, args, sol, info, k) for k, event in enumerate(events)]
    times = asked
    if asked is None or any(terminal):
        times = _steps(m, info, t0, t1, reached[terminal.index(True)] if any(terminal) else None, asked)
    assert times is not None
    rows, count = dims_of(y0.type), dims_of(times.type)
    assert rows is not None and count is not None
    columns = member(m, info, "y", Array("float64", (rows[0], count[0])))
    y = value_of(m, trajectory(g, motion, columns, times, y0, t0, rest, columns=True))
    made = importlib.import_module("srcad.definitions.integrate")
    places = [m.call(Static(made.rows_at), (sol, te, value_of(m, y0))) for te in reached]
    fields = [("t", value_of(m, times)), ("y", y), ("sol", sol if dense else Static(None))]
    fields += [
        (name, Ref(m.allocate(ListCell(tuple(found))))) for name, found in (("t_events", reached), ("y_events", places))
    ]
    return record(m, result_class("OptimizeResult"), [*fields, *attributes(m, info, RESULT)])


def _times_of(m: Machine, event: Value, args: tuple[Value, ...], sol: Value, info: Var, k: int) -> Value:
    """The times of an event, as the solution of its equation."""
    every = member(m, info, "t_events", OPAQUE)
    found = member(m, every, k, m.lengths.named(Array("float64", (UNKNOWN_DIM,))))
    made = importlib.import_module("srcad.definitions.integrate")
    residual = m.call(Static(made.event_residual), (event, sol, Tup(args)))
    closed = read_closed(m, Wanted(residual, (found,), (), like(found), "event_residual"))
    return value_of(m, solution(m, found, closed, "root", "dense"))


def _steps(m: Machine, info: Var, t0: Atom, t1: Atom, end: Value | None, asked: Atom | None) -> Atom:
    """The times of the solution: the last one is that of the event which ends it, where one does."""
    chosen = member(m, info, "t", m.lengths.named(Array("float64", (UNKNOWN_DIM,))))
    if asked is not None:
        return chosen
    made = importlib.import_module("srcad.definitions.integrate")
    status = value_of(m, member(m, info, "status", INT))
    ends = (value_of(m, t0), value_of(m, t1), end if end is not None else new_array(m, chosen))
    return to_array(m, m.call(Static(made.steps), (new_array(m, chosen), status, *ends)))


EVENTS = {"scipy.integrate.solve_ivp": with_events}

__all__ = ["EVENTS"]
