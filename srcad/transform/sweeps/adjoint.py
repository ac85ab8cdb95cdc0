"""The adjoint of a trace: its equations, then their adjoints in reverse.

    activity -> reverse sweep -> its dead code -> witnesses of shapes -> recording -> settling -> dead code

The reverse sweep may read whatever the forward sweep has ever computed. So after dead code has gone, what it reads of
a region that is left *is* what that region must record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from srcad.analysis.activity import Activity
from srcad.analysis.crossing import Activities, activities
from srcad.ops.catalogue import builder
from srcad.rules.catalogue import lookup
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Equation, Input, Leaf, Node, Parameter, Path, Region, Trace, Var, leaves, variables
from srcad.trace.passes import PLAIN, Runner
from srcad.trace.procedures import with_procedures
from srcad.trace.rewrite import rewritten, same_things, with_body
from srcad.trace.types import is_differentiable
from srcad.transform.simplify.dead_code import eliminate, eliminate_region
from srcad.transform.simplify.prune import pruned
from srcad.transform.simplify.rename import fresh, rename
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.branches import bar_type, reverse_if, reverse_scope
from srcad.transform.sweeps.loops import reverse_loop
from srcad.transform.sweeps.opened import opened
from srcad.transform.sweeps.places import reverse_get_item, reverse_list_get
from srcad.transform.sweeps.procedures import Pairs, ProcedurePair, derived, pairs, recording, reverse_call, seeds_of
from srcad.transform.sweeps.record import record
from srcad.transform.sweeps.records import reverse_items, reverse_record
from srcad.transform.sweeps.settle import settle
from srcad.transform.sweeps.shelter import sheltered
from srcad.transform.sweeps.sweep import Reversals, Sweep
from srcad.transform.sweeps.unbroadcast import fit_exactly
from srcad.transform.sweeps.witness import witnessed

Seeds = Literal["one", "inputs"] | Sequence[Atom | None] | None


@dataclass(frozen=True, eq=False)
class Seed(Input):
    """An input that is the adjoint of a result."""


def seeds_in(trace: Trace) -> tuple[Seed, ...]:
    """The adjoints of results among the inputs of a trace."""
    return tuple(entry for entry in trace.inputs if isinstance(entry, Seed))


def adjoint(trace: Trace, wrt: Sequence[int], value: bool, seeds: Seeds = "one", run: Runner = PLAIN) -> Trace:
    """The trace of the adjoints of the inputs `wrt`, behind the results of the primal if `value`.

    Seeds "one": the first result has the adjoint 1, the others none; or an adjoint, or None, for each result. "inputs"
    (or None): each differentiable result has its adjoint as a further input, a `Seed`. The output is the tuple of the
    adjoints; with `value` a pair of the primal's output and that tuple.
    """
    trace = run(primal, trace)
    inputs = tuple(trace.inputs[k].var for k in wrt)
    bars = tuple(_seeds(trace, seeds))
    seeded = (r for r, bar in zip(trace.body.results, bars, strict=True) if bar)
    active = activities(trace, inputs, seeded, is_flat)
    known = pairs(trace, active.signatures)
    procedures = {**trace.procedures, **_procedures(trace, active, known, run.within)}
    made = both_sweeps(replace(trace, procedures=procedures), Task(inputs, bars, active.main, active, known), run)
    return run(pruned, run(eliminate, made if value else without_value(made)))


def primal(trace: Trace) -> Trace:
    """A trace as one that is differentiated: what its derivatives are made of is the user's, or "inner"."""
    return with_procedures(_primal(trace), _primal)


def _primal(trace: Trace) -> Trace:
    inputs = tuple(Input(e.var, e.path, e.free, e.label) if isinstance(e, Seed) else e for e in trace.inputs)
    trace = trace if same_things(inputs, trace.inputs) else replace(trace, inputs=inputs)
    trace = sheltered(trace)
    return opened(with_body(trace, rewritten(trace.body, _as_primal)))


@dataclass(frozen=True)
class Task:
    """What is to be differentiated: variables for the adjoints of `inputs`, and the adjoint that each result has.

    `active`, `across`: what is active in the trace, and in all procedures; `known`: the derivatives of these.
    """

    inputs: tuple[Var, ...]
    bars: tuple[Atom | None, ...]
    active: Activity
    across: Activities
    known: Pairs


def both_sweeps(trace: Trace, task: Task, run: Runner) -> Trace:
    """The forward sweep, and then the reverse one; the output is a pair of the primal's output and the adjoints."""
    trace = run(recording, trace, task.active, task.known)
    trace = run(reverse, trace, task)
    trace = run(without_unread, trace)
    trace = run(witness, trace)
    trace = run(hand_over, trace)
    return run(settle, trace)


def reverse(trace: Trace, task: Task) -> Trace:
    """The equations of a trace, and then their adjoints, which read whatever the trace has ever computed."""
    sweep = Sweep(builder(), task.active, trace, reversals(task))
    sweep.b.role = "adjoint"
    found = rename(_reversed(sweep, trace, task.inputs, task.bars), sweep.names)
    further = tuple(Seed(bar, Path(bar.name or "")) for bar in variables(task.bars))
    results = (*trace.body.results, *found.results)
    first = len(trace.body.results)
    bars = Node("tuple", tuple(Leaf(first + k) for k in range(len(task.inputs))))
    return replace(
        trace,
        name=f"{trace.name}_grad",
        inputs=(*trace.inputs, *further),
        parameters=_parameters(trace, further),
        body=Region((), (*trace.body.equations, *found.equations), results),
        output=Node("tuple", (trace.output, bars)),
    )


def reversals(task: Task) -> Reversals:
    """What is reversed by more than its rule."""
    return {
        "if": reverse_if,
        "scope": reverse_scope,
        "for": reverse_loop,
        "while": reverse_loop,
        "get_item": reverse_get_item,
        "list_get": reverse_list_get,
        "recurse": partial(reverse_call, {pair.forward: pair for pair in task.known.values()}),
        "record_new": partial(reverse_record, task.across),
        "record_items": partial(reverse_items, task.across),
    }


def without_unread(trace: Trace) -> Trace:
    """Both sweeps, the reverse one without its dead code: what it reads from here on is what is to be recorded."""
    forward, back = _parted(trace)
    return _joined(trace, forward, eliminate_region(back))


def witness(trace: Trace) -> Trace:
    """Both sweeps, where the reverse one reads shapes of what is there anyway."""
    forward, back = _parted(trace)
    seeds = seeds_in(trace)
    outside = [entry.var for entry in trace.inputs if entry not in seeds]
    outside += [v for equation in forward.equations for v in equation.results]
    return _joined(trace, forward, witnessed(back, outside))


def hand_over(trace: Trace) -> Trace:
    """Both sweeps, where what the reverse one reads of loops and branches is recorded there, or computed again."""
    return _joined(trace, *record(*_parted(trace)))


def without_value(trace: Trace) -> Trace:
    """Both sweeps with the adjoints alone as results."""
    bars = _parted(trace)[1].results
    output = Node("tuple", tuple(map(Leaf, range(len(bars)))))
    return replace(trace, body=replace(trace.body, results=bars), output=output)


def _procedures(trace: Trace, active: Activities, known: Pairs, run: Runner) -> dict[str, Trace]:
    """The forward procedures and the pullbacks."""

    def swept(name: str, pair: ProcedurePair) -> tuple[ProcedurePair, Trace, Trace, list[Var]]:
        procedure, signature = trace.procedures[name], pair.signature
        inputs = tuple(procedure.inputs[k].var for k in signature.parameters)
        bars = tuple(seeds_of(procedure, signature))
        joint = both_sweeps(procedure, Task(inputs, bars, active.procedures[name], active, known), run)
        return pair, procedure, simplify(run(eliminate, joint), run=run), list(variables(bars))

    return derived(swept(name, pair) for name, pair in known.items())


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


def _parted(trace: Trace) -> tuple[Region, Region]:
    """The forward sweep, with the results of the primal, and the reverse one, with the adjoints."""
    assert isinstance(trace.output, Node)
    first = len(trace.body.results) - sum(1 for _ in leaves(trace.output.children[1]))
    ahead = tuple(e for e in trace.body.equations if e.role != "adjoint")
    back = tuple(e for e in trace.body.equations if e.role == "adjoint")
    return Region((), ahead, trace.body.results[:first]), Region((), back, trace.body.results[first:])


def _joined(trace: Trace, forward: Region, back: Region) -> Trace:
    body = Region((), (*forward.equations, *back.equations), (*forward.results, *back.results))
    same = same_things(body.equations, trace.body.equations) and same_things(body.results, trace.body.results)
    return trace if same else replace(trace, body=body)
