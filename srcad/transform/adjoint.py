"""The adjoint of a trace: its equations, then their adjoints in reverse.

    activity -> reverse sweep -> dead code -> witnesses of shapes -> recording -> dead code

The reverse sweep may read whatever the forward sweep has ever computed. So after dead code has gone, what it reads of
a region that is left *is* what that region must record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from srcad.analysis.activity import Activity, activity
from srcad.ops.catalogue import builder
from srcad.rules import lookup
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Input, Leaf, Node, Parameter, Path, Region, Trace, Var, walk
from srcad.trace.types import is_differentiable
from srcad.transform.branches import bar_type
from srcad.transform.dead_code import eliminate, eliminate_region
from srcad.transform.record import record
from srcad.transform.rename import rename
from srcad.transform.sweep import Sweep
from srcad.transform.unbroadcast import fit_exactly
from srcad.transform.witness import witnessed

Seeds = Literal["one", "inputs"]
PRIMAL, BAR = "primal", "bar"


@dataclass(frozen=True, eq=False)
class Seed(Input):
    """An input that is the adjoint of a result."""


def adjoint(trace: Trace, wrt: Sequence[int], value: bool, seeds: Seeds = "one") -> Trace:
    """The trace of the gradient with respect to the inputs `wrt`: one adjoint each, after the results if `value`.

    With seeds "one" the first result is differentiated; others ride along. With "inputs" each differentiable result
    has its adjoint as a further input. The keys of the output tell "primal" results from "bar"s.
    """
    inputs = [trace.inputs[k].var for k in wrt]
    given, further = _seeds(trace, seeds)
    active = activity(trace.body, inputs, given, _is_flat)
    sweep = Sweep(builder(), active, _variables(trace))
    sweep.b.role = "adjoint"
    reverse = _reversed(sweep, trace, inputs, given)
    body = _joined(trace, reverse, value)
    kept = len(trace.body.results) if value else 0
    keys = (PRIMAL,) * kept + (BAR,) * len(inputs)
    made = replace(
        trace,
        name=f"{trace.name}_grad" if seeds == "one" else f"{trace.name}_vjp",
        inputs=(*trace.inputs, *further),
        parameters=_parameters(trace, further),
        body=rename(body, sweep.names),
        output=Node("tuple", tuple(map(Leaf, range(len(body.results)))), keys),
    )
    return eliminate(made)


def _is_flat(op: str) -> bool:
    rule = lookup(op)
    return rule is not None and rule.flat


def _variables(trace: Trace) -> Iterator[Var]:
    """All primal variables."""
    yield from (entry.var for entry in trace.inputs)
    for equation in walk(trace.body):
        yield from equation.results
        for region in equation.regions:
            yield from region.parameters


# ---- seeds


def _seeds(trace: Trace, seeds: Seeds) -> tuple[dict[Atom, list[Atom]], tuple[Seed, ...]]:
    """The adjoints of results, and those of them that are inputs."""
    if seeds == "one":
        return {trace.body.results[0]: [const(1.0)]}, ()
    given: dict[Atom, list[Atom]] = {}
    further = []
    taken = {entry.path.root for entry in trace.inputs} | {p.name for p in trace.parameters}
    for result in trace.body.results:
        if is_differentiable(result.type):
            name = _fresh(f"{getattr(result, 'name', None) or 'out'}_bar", taken)
            seed = Var(bar_type(result.type), name)
            given.setdefault(result, []).append(seed)
            further.append(Seed(seed, Path(name)))
    return given, tuple(further)


def _fresh(name: str, taken: set[str]) -> str:
    """The name, with a number if need be; it is taken from now on."""
    candidate, k = name, 1
    while candidate in taken:
        k += 1
        candidate = f"{name}{k}"
    taken.add(candidate)
    return candidate


def _parameters(trace: Trace, seeds: Sequence[Seed]) -> tuple[Parameter, ...]:
    """Seeds come as keywords, behind all parameters but `**`."""
    new = tuple(Parameter(seed.path.root, "keyword") for seed in seeds)
    last = len(trace.parameters) - sum(p.kind == "**" for p in trace.parameters)
    return (*trace.parameters[:last], *new, *trace.parameters[last:])


# ---- the two sweeps


def _reversed(sweep: Sweep, trace: Trace, inputs: Sequence[Var], seeds: Mapping[Atom, Sequence[Atom]]) -> Region:
    """The reverse sweep, which yields the adjoints of the inputs."""
    for result, bars in seeds.items():
        for bar in bars:
            sweep.add(result, bar, whole=isinstance(bar, Var))
    sweep.reverse(trace.body.equations)
    bars = {v: sweep.take(v) for v in dict.fromkeys(inputs)}
    results = tuple(fit_exactly(sweep.b, bars[v], v) for v in inputs)
    return Region((), tuple(sweep.b.equations), results)


def _joined(trace: Trace, reverse: Region, value: bool) -> Region:
    reverse = eliminate_region(reverse)
    outside = [entry.var for entry in trace.inputs]
    outside += [v for equation in trace.body.equations for v in equation.results]
    forward, reverse = record(trace.body, witnessed(reverse, outside))
    results = (*(trace.body.results if value else ()), *reverse.results)
    return replace(forward, equations=(*forward.equations, *reverse.equations), results=results)


__all__ = ["BAR", "PRIMAL", "Activity", "Seed", "adjoint"]
