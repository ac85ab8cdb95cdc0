"""Batching across procedures: what is batched in one call of a procedure is so in all, in a procedure of its own.

    y_dot = f_tangent(x, x_dot)    ->    y_dot = f_tangent_lanes(x, x_dot, count)

The leading axis is in those parameters and results that differ between the lanes in some call; the values of the primal
are computed once for all lanes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from srcad.analysis.crossing import Crossing, record_of
from srcad.ops.arguments import length_dim
from srcad.ops.catalogue import builder
from srcad.rules.lanes import batched_type
from srcad.trace.nodes import Atom, Equation, Input, Parameter, Path, Region, Trace, Var
from srcad.transform.matrices.batch import Batch, spread_from
from srcad.transform.simplify.rename import fresh
from srcad.transform.sweeps.procedures import names_in_use, stem_of


class BatchedProcedures:
    """The procedures of a trace for several lanes. `names`: what they are called."""

    def __init__(self, trace: Trace, region: Region, inputs: Iterable[Var]) -> None:
        self.trace = trace
        self.crossing = Crossing(backwards=False)
        inputs = tuple(inputs)

        def spread(one: Trace, into: Iterable[int] | None) -> frozenset[Var]:
            starts = inputs if into is None else [one.inputs[k].var for k in into]
            return frozenset(spread_from(one.body, starts, self.crossing))

        self.crossing.settle(replace(trace, body=region), spread)
        taken = names_in_use(trace)
        self.names = {name: fresh(f"{stem_of(name)}_lanes", taken) for name in self.crossing.into}

    def table(self, count: Atom) -> dict[str, Trace]:
        """The procedures, with those for several lanes."""
        return {**self.trace.procedures, **{made: self.procedure(name, count) for name, made in self.names.items()}}

    def procedure(self, name: str, count: Atom) -> Trace:
        one, b, dim = self.trace.procedures[name], builder(), length_dim(count.type)
        root = fresh("count", {p.name for p in one.parameters})
        own = Var(count.type, root)
        into, out = self.crossing.into[name], self.crossing.out.get(name, ())
        lanes = {
            entry.var: Var(batched_type(entry.var.type, dim), entry.var.name)
            for k, entry in enumerate(one.inputs)
            if k in into
        }
        batch = Batch(b, one.body, lanes, own, self)
        batch.equations(one.body.equations)
        results = tuple(batch.whole(a) if k in out else a for k, a in enumerate(one.body.results))
        inputs = (*(replace(e, var=lanes.get(e.var, e.var)) for e in one.inputs), Input(own, Path(root)))
        body = Region((), tuple(b.equations), results)
        return replace(
            one, name=self.names[name], inputs=inputs, parameters=(*one.parameters, Parameter(root)), body=body
        )

    def through(self, batch: Batch, equation: Equation) -> Equation:
        """A call, or a record, with batched values in the places of those that are."""
        if equation.op == "recurse":
            return self.call(batch, equation)
        items = self.crossing.items[record_of(equation)]
        operands = equation.operands
        if equation.op == "record_new":
            operands = tuple(batch.whole(a) if k in items else a for k, a in enumerate(operands))
            return replace(equation, operands=operands, results=(batch.beside(equation.result),))
        results = tuple(batch.beside(v) if k in items else v for k, v in enumerate(equation.results))
        types = MappingProxyType({"types": tuple(v.type for v in results)})
        return replace(equation, operands=tuple(map(batch.whole, operands)), results=results, params=types)

    def call(self, batch: Batch, equation: Equation) -> Equation:
        name = equation.params["procedure"]
        into, out = self.crossing.into[name], self.crossing.out.get(name, ())
        operands = (batch.whole(a) if k in into else a for k, a in enumerate(equation.operands))
        results = tuple(batch.beside(v) if k in out else v for k, v in enumerate(equation.results))
        more = {"procedure": self.names[name], "types": tuple(v.type for v in results)}
        params = MappingProxyType({**equation.params, **more})
        return replace(equation, operands=(*operands, batch.count), results=results, params=params)


__all__ = ["BatchedProcedures"]
