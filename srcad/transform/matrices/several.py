"""Several tangents at once, given by the caller: a leading axis in each of them, and in what depends on them.

def f_jvp(x, x_dot):                         def f_jvps(x, x_dot):
    return x**2, 2 * x * x_dot       ->          return x**2, 2 * x * x_dot      # x_dot[k] is a tangent
"""

from __future__ import annotations

from dataclasses import replace

from srcad.ops.arguments import emit
from srcad.ops.catalogue import builder
from srcad.rules.lanes import batched_type
from srcad.trace.dims import named
from srcad.trace.nodes import Atom, Input, Region, Trace, Var
from srcad.transform.matrices.batch import Batch
from srcad.transform.matrices.batch_procedures import BatchedProcedures
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.sweeps.tangent import Direction

LANES = named("lanes")


def several_tangents(trace: Trace, kept: int) -> Trace:
    """A trace that has tangents among its inputs, for several of them; the first `kept` results are of the primal.

    Refuses (`NotBatched`) what has to go one tangent after the other.
    """
    given: dict[Var, Atom] = {}
    inputs: list[Input] = []
    for entry in trace.inputs:
        if isinstance(entry, Direction):
            var = Var(batched_type(entry.var.type, LANES), entry.var.name)
            given[entry.var] = var
            entry = replace(entry, var=var)
        inputs.append(entry)
    b = builder()
    count = emit(b, "dim", next(v for v in given.values() if v.type.is_array), axis=0)
    procedures = BatchedProcedures(trace, trace.body, given)
    batch = Batch(b, trace.body, given, count, procedures)
    batch.equations(trace.body.equations)
    results = (*trace.body.results[:kept], *map(batch.whole, trace.body.results[kept:]))
    made = replace(
        trace,
        name=f"{trace.name}s",
        inputs=tuple(inputs),
        body=Region((), tuple(b.equations), results),
        procedures=procedures.table(count),
    )
    return eliminate(made)


__all__ = ["several_tangents"]
