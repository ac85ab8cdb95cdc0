"""The solution of an initial value problem at any time: what solve_ivp gives with dense_output=True.

found = solve_ivp(f, (0, 2), y0, dense_output=True)
found.sol(t)      is the trajectory at the times t, whose values are those of SciPy's interpolation
"""

from __future__ import annotations

import numpy as np

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Obj, Static, Value
from srcad.frontend.derivatives.custom import stopped
from srcad.frontend.derivatives.scipy import Given, trajectory
from srcad.frontend.derivatives.solvers import Closed, SolverCall, emit_call
from srcad.frontend.memory.arrays import new_array, to_array, to_number
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import Array, dims_of, rank_of


def at_times(
    m: Machine,
    f: Value,
    captured: Value,
    y0: Value,
    t0: Value,
    names: Value,
    options: Value,
    info: Value,
    t: Value,
) -> Value:
    """The solution at a time, or at several, in a column for each."""
    assert isinstance(f, Static) and isinstance(names, Static) and isinstance(info, Obj)
    start, time = to_array(m, y0), to_number(m, t)
    if rank_of(time.type) == 0:
        column = _columns(m, f, captured, start, t0, names, options, info, m.emit("array", time, structure=(0,)))
        return m.call(Static(np.squeeze), (column, Static(1)))
    if rank_of(time.type) != 1:
        m.refuse("a solution is asked for at an array of times with several axes", do="ravel them.")
    order = m.call(Static(np.argsort), (stopped(m, t) if m.depends(t) else t,))
    ahead = to_array(m, m.call(Static(np.take), (t, order)))
    columns = _columns(m, f, captured, start, t0, names, options, info, ahead)
    back = m.call(Static(np.argsort), (order,))
    return m.call(Static(np.take), (columns, back), {"axis": Static(1)})


def _columns(
    m: Machine,
    f: Static,
    captured: Value,
    y0: Atom,
    t0: Value,
    names: Static,
    options: Value,
    info: Obj,
    times: Atom,
) -> Value:
    """The trajectory at times that rise."""
    rows, count = dims_of(y0.type), dims_of(times.type)
    assert rows is not None and count is not None
    solution = m.emit("attribute", info.var, name="sol")
    kind = m.lengths.named(Array("float64", (rows[0], count[0])))
    found = emit_call(m, SolverCall("", (), (), (times,), called=solution), kind)
    atoms = tuple(to_number(m, v) for v in captured.children())
    closed = Closed((f.value,), tuple(a for a in atoms if isinstance(a, Var)))
    rest = tuple(zip(names.value, (to_number(m, v) for v in options.children()), strict=True))
    given = Given(m, "scipy.integrate.solve_ivp", (), {})
    return new_array(m, trajectory(given, closed, found, times, y0, to_number(m, t0), rest, columns=True))
