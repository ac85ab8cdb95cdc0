"""The tangent of a trace: beside each equation, how its results move when the inputs do.

    v_dot_i = sum over the parents j of i of  v_dot_j * dv_i/dv_j

Zeros are structural: what does not move has no tangent. A region carries tangents beside its values: a branch yields
those of what it yields, a loop carries those of what it carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from srcad.analysis.activity import Flat
from srcad.analysis.crossing import activities
from srcad.ops.catalogue import builder
from srcad.trace.nodes import (
    NOTHING,
    Atom,
    Input,
    Leaf,
    Node,
    Parameter,
    Path,
    Region,
    Trace,
    Tree,
    Var,
    with_leaves,
)
from srcad.trace.passes import PLAIN, Runner
from srcad.trace.procedures import with_procedures
from srcad.trace.types import is_differentiable
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.prune import pruned
from srcad.transform.simplify.rename import fresh, rename
from srcad.transform.sweeps.adjoint import is_flat
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.opened import opened
from srcad.transform.sweeps.procedure_tangents import directions as procedure_directions
from srcad.transform.sweeps.procedure_tangents import movings, push_call, pushed
from srcad.transform.sweeps.push import Push, Pushes
from srcad.transform.sweeps.records import push_items, push_record
from srcad.transform.sweeps.settle import settle


@dataclass(frozen=True, eq=False)
class Direction(Input):
    """An input that is the tangent of another one; its path is the same from another root, `x_dot` beside `x`."""


def directions_in(trace: Trace) -> tuple[Direction, ...]:
    """The tangents of other inputs among the inputs of a trace."""
    return tuple(entry for entry in trace.inputs if isinstance(entry, Direction))


def tangent(trace: Trace, wrt: Sequence[int], value: bool, run: Runner = PLAIN) -> Trace:
    """The trace of how the results move when the inputs `wrt` do: each of these has its tangent as a further input.

    The output has the structure of the primal's, with None where a result has no tangent; with `value` it is a pair
    of the primal's output and that.
    """
    moving = run(push_along, run(inline_rules, trace), wrt, value)
    return run(pruned, run(eliminate, run(settle, moving)))


def inline_rules(trace: Trace) -> Trace:
    """The trace with the sources of rules in the place of their calls, where these are known."""
    return with_procedures(opened(trace), opened)


def push_along(trace: Trace, wrt: Sequence[int], value: bool) -> Trace:
    """The equations of a trace, and behind each its tangent."""
    results = trace.body.results
    directions = beside(trace, tuple(dict.fromkeys(wrt)))
    moving = [k for k, result in enumerate(results) if is_differentiable(result.type)]
    push, procedures = prepared(trace, {v: entry.var for v, entry in directions.items()}, [results[k] for k in moving])
    push.equations(trace.body.equations)
    with push.deriving():
        dots = [push.whole_result(results[k]) for k in moving]
    body = Region((), tuple(push.b.equations), (*(results if value else ()), *dots))
    return replace(
        trace,
        name=f"{trace.name}_jvp",
        inputs=(*trace.inputs, *directions.values()),
        parameters=with_directions(trace.parameters, tuple(directions.values())),
        body=rename(body, push.names),
        output=_output(trace, moving, value),
        procedures=procedures,
    )


def prepared(
    trace: Trace, dots: Mapping[Var, Var], results: Iterable[Atom], flat: Flat = is_flat
) -> tuple[Push, dict[str, Trace]]:
    """The sweep of a trace, before its first equation, and the procedures of the trace and of its tangent.

    `flat` tells the operations whose derivative is taken to be zero.
    """
    active = activities(trace, dots, results, flat)
    known = movings(trace, active.signatures)
    pushes: Pushes = {
        "recurse": partial(push_call, known),
        "record_new": partial(push_record, active),
        "record_items": push_items,
    }
    made = dict(trace.procedures)
    for name, moving in known.items():
        procedure = trace.procedures[name]
        beside = procedure_directions(procedure, moving.signature)
        inner = {v: entry.var for v, entry in beside.items()}
        push = Push(builder(), active.procedures[name], inner, pushes)
        made[moving.name] = pushed(push, procedure, moving, beside)
    return Push(builder(), active.main, dots, pushes), made


def beside(trace: Trace, wrt: Sequence[int]) -> dict[Var, Direction]:
    """The tangents of the inputs."""
    taken = {entry.path.root for entry in trace.inputs} | {p.name for p in trace.parameters}
    roots: dict[str, str] = {}
    found = {}
    for k in wrt:
        var, path = trace.inputs[k].var, trace.inputs[k].path
        if path.root not in roots:
            roots[path.root] = fresh(f"{path.root}_dot", taken)
        name = f"{var.name or path.root}_dot"
        found[var] = Direction(Var(bar_type(var.type), name), Path(roots[path.root], path.steps), label=name)
    return found


def with_directions(given: Sequence[Parameter], directions: Sequence[Direction]) -> tuple[Parameter, ...]:
    """The tangents follow the primals, as keywords where these end in `*args` or have defaults."""
    names = dict.fromkeys(entry.path.root for entry in directions)
    plain = [p for p in given if p.kind == "plain"]
    rest = [p for p in given if p.kind != "plain"]
    ends = any(p.default is not ... for p in plain) or any(p.kind == "*" for p in rest)
    if not ends:
        return (*plain, *(Parameter(name) for name in names), *rest)
    last = len(given) - sum(p.kind == "**" for p in given)
    return (*given[:last], *(Parameter(name, "keyword") for name in names), *given[last:])


def _output(trace: Trace, moving: Sequence[int], value: bool) -> Tree:
    first = len(trace.body.results) if value else 0
    places = {k: first + place for place, k in enumerate(moving)}
    dots = moved(trace.output, places)
    return Node("tuple", (trace.output, dots)) if value else dots


def moved(tree: Tree, places: dict[int, int]) -> Tree:
    """The structure of a result, with its tangents in their places."""
    return with_leaves(tree, lambda k: Leaf(places[k]) if k in places else NOTHING, NOTHING)


__all__ = ["Direction", "beside", "directions_in", "moved", "prepared", "tangent", "with_directions"]
