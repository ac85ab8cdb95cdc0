"""The adjoint of a trace: its equations, then their adjoints in reverse.

    activity -> reverse sweep -> dead code -> witnesses of shapes -> recording -> dead code

The reverse sweep may read whatever the forward sweep has ever computed. So after dead code has gone, what it reads of
a region that is left *is* what that region must record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from srcad.analysis.activity import Activity
from srcad.analysis.crossing import Activities, activities
from srcad.ops.catalogue import builder
from srcad.rules import lookup
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Equation, Input, Leaf, Node, Parameter, Path, Region, Trace, Var
from srcad.trace.procedures import with_procedures
from srcad.trace.rewrite import rewritten, with_body
from srcad.trace.types import is_differentiable
from srcad.transform.simplify.dead_code import eliminate, eliminate_region
from srcad.transform.simplify.prune import pruned
from srcad.transform.simplify.rename import fresh, rename
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.opened import opened
from srcad.transform.sweeps.procedures import Pair, Pairs, derived, pairs, recording, seeds_of
from srcad.transform.sweeps.record import record
from srcad.transform.sweeps.settle import settled
from srcad.transform.sweeps.sweep import Sweep
from srcad.transform.sweeps.unbroadcast import fit_exactly
from srcad.transform.sweeps.witness import witnessed

Seeds = Literal["one", "inputs"] | Sequence[Atom | None] | None


@dataclass(frozen=True, eq=False)
class Seed(Input):
    """An input that is the adjoint of a result."""


def adjoint(trace: Trace, wrt: Sequence[int], value: bool, seeds: Seeds = "one") -> Trace:
    """The trace of the adjoints of the inputs `wrt`, behind the results of the primal if `value`.

    Seeds "one": the first result has the adjoint 1, the others none; or an adjoint, or None, for each result. "inputs"
    (or None): each differentiable result has its adjoint as a further input, a `Seed`. The output is the tuple of the
    adjoints; with `value` a pair of the primal's output and that tuple.
    """
    trace = with_procedures(_primal(trace), _primal)
    inputs = [trace.inputs[k].var for k in wrt]
    bars = _seeds(trace, seeds)
    seeded = (r for r, bar in zip(trace.body.results, bars, strict=True) if bar)
    active = activities(trace, inputs, seeded, is_flat)
    known = pairs(trace, active.signatures)
    made = _both(trace, inputs, bars, value, active.main, active, known)
    return pruned(replace(made, procedures={**trace.procedures, **_procedures(trace, active, known)}))


def _primal(trace: Trace) -> Trace:
    """A trace as one that is differentiated."""
    return opened(with_body(trace, rewritten(trace.body, _as_primal)))


def _both(
    trace: Trace,
    inputs: Sequence[Var],
    bars: Sequence[Atom | None],
    value: bool,
    active: Activity,
    across: Activities,
    known: Pairs,
) -> Trace:
    """Both sweeps over a body."""
    trace = recording(trace, active, known)
    sweep = Sweep(builder(), active, trace, across, known)
    sweep.b.role = "adjoint"
    body = _joined(trace, _reversed(sweep, trace, inputs, bars), value)
    further = tuple(Seed(bar, Path(bar.name or "")) for bar in bars if isinstance(bar, Var))
    made = replace(
        trace,
        name=f"{trace.name}_grad",
        inputs=(*trace.inputs, *further),
        parameters=_parameters(trace, further),
        body=rename(body, sweep.names),
        output=_output(trace, len(inputs), value),
    )
    return eliminate(made)


def _procedures(trace: Trace, active: Activities, known: Pairs) -> dict[str, Trace]:
    """The forward procedures and the pullbacks."""

    def swept(name: str, pair: Pair) -> tuple[Pair, Trace, Trace, list[Var]]:
        procedure, signature = trace.procedures[name], pair.signature
        inputs = [procedure.inputs[k].var for k in signature.parameters]
        bars = seeds_of(procedure, signature)
        joint = simplify(_both(procedure, inputs, bars, True, active.procedures[name], active, known))
        return pair, procedure, joint, [bar for bar in bars if isinstance(bar, Var)]

    return derived(swept(name, pair) for name, pair in known.items())


def _output(trace: Trace, count: int, value: bool) -> Node:
    first = len(trace.body.results) if value else 0
    bars = Node("tuple", tuple(Leaf(first + k) for k in range(count)))
    return Node("tuple", (trace.output, bars)) if value else bars


def _as_primal(equation: Equation) -> Equation:
    """The equations of a derivative, when that is differentiated again, are among those of the primal."""
    return equation if equation.role in ("", "inner") else replace(equation, role="inner")


def is_flat(op: str) -> bool:
    """Whether the derivative of an operation is zero."""
    rule = lookup(op)
    return rule is not None and rule.flat


# ---- seeds


def _seeds(trace: Trace, seeds: Seeds) -> list[Atom | None]:
    """The adjoint of each result."""
    results = trace.body.results
    if seeds == "one":
        return [const(1.0), *(None for _ in results[1:])]
    if seeds is not None and not isinstance(seeds, str):
        return list(seeds)
    taken = {entry.path.root for entry in trace.inputs} | {p.name for p in trace.parameters}
    names = (f"{getattr(result, 'name', None) or 'out'}_bar" for result in results)
    return [
        Var(bar_type(result.type), fresh(name, taken)) if is_differentiable(result.type) else None
        for result, name in zip(results, names, strict=True)
    ]


def _parameters(trace: Trace, seeds: Sequence[Seed]) -> tuple[Parameter, ...]:
    """Seeds come as keywords, behind all parameters but `**`."""
    new = tuple(Parameter(seed.path.root, "keyword") for seed in seeds)
    last = len(trace.parameters) - sum(p.kind == "**" for p in trace.parameters)
    return (*trace.parameters[:last], *new, *trace.parameters[last:])


# ---- the two sweeps


def _reversed(sweep: Sweep, trace: Trace, inputs: Sequence[Var], seeds: Sequence[Atom | None]) -> Region:
    """The reverse sweep, which yields the adjoints of the inputs."""
    for result, bar in zip(trace.body.results, seeds, strict=True):
        sweep.add(result, bar, whole=isinstance(bar, Var))
    sweep.reverse(trace.body.equations)
    found = {v: sweep.take(v) for v in dict.fromkeys(inputs)}
    results = tuple(fit_exactly(sweep.b, found[v], v) for v in inputs)
    return Region((), tuple(sweep.b.equations), results)


def _joined(trace: Trace, reverse: Region, value: bool) -> Region:
    reverse = eliminate_region(reverse)
    outside = [entry.var for entry in trace.inputs]
    outside += [v for equation in trace.body.equations for v in equation.results]
    forward, reverse = record(trace.body, witnessed(reverse, outside))
    results = (*(trace.body.results if value else ()), *reverse.results)
    return settled(Region((), (*forward.equations, *reverse.equations), results))
