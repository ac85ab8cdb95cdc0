"""Splitting an adjoint trace into two functions: a forward sweep, and a pullback to be called any number of times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from srcad.errors import InternalError
from srcad.trace.names import RESERVED, identifier
from srcad.trace.nodes import (
    Atom,
    Equation,
    Input,
    Leaf,
    Node,
    Parameter,
    Path,
    Region,
    Trace,
    Tree,
    Var,
    leaves,
    with_leaves,
)
from srcad.trace.walk import free_variables
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.sweeps.adjoint import Seed, seeds_in
from srcad.transform.sweeps.settle import settled


def split(trace: Trace) -> tuple[Trace, Trace]:
    """The forward function, arguments -> (value, residuals), and the pullback, (*residuals, *seeds) -> adjoints.

    `trace`: an adjoint with seeds as inputs, whose output is a pair of the value and the adjoints. The residuals are
    what the equations of the reverse sweep read of the forward sweep and of the inputs.
    """
    value, bars = _parts(trace)
    seeds = seeds_in(trace)
    forward = [e for e in trace.body.equations if e.role != "adjoint"]
    reverse = Region((), tuple(e for e in trace.body.equations if e.role == "adjoint"), _chosen(trace, bars))
    seed_vars = {seed.var for seed in seeds}
    residuals = tuple(v for v in free_variables(reverse) if v not in seed_vars)
    return (
        eliminate(_forward(trace, forward, value, residuals)),
        eliminate(_pullback(trace, reverse, bars, residuals, seeds)),
    )


def _parts(trace: Trace) -> tuple[Tree, Tree]:
    if isinstance(trace.output, Node) and len(trace.output.children) == 2:
        value, bars = trace.output.children
        return value, bars
    raise InternalError("to be split, a trace must return a pair of the value and the adjoints")


def _chosen(trace: Trace, tree: Tree) -> tuple[Atom, ...]:
    """The results that a tree has as leaves, in its order."""
    return tuple(trace.body.results[k] for k in leaves(tree))


def _forward(trace: Trace, equations: Sequence[Equation], value: Tree, residuals: tuple[Var, ...]) -> Trace:
    results = _chosen(trace, value)
    recorded = Node("tuple", tuple(Leaf(len(results) + k) for k in range(len(residuals))))
    given = seeds_in(trace)
    inputs, seeds = tuple(e for e in trace.inputs if e not in given), {seed.path.root for seed in given}
    body = Region(trace.body.parameters and tuple(i.var for i in inputs), tuple(equations), (*results, *residuals))
    return replace(
        trace,
        name=f"{_stem(trace)}_forward",
        parameters=tuple(p for p in trace.parameters if p.name not in seeds),
        inputs=inputs,
        body=settled(body, residuals),
        output=Node("tuple", (numbered(value), recorded)),
    )


def _pullback(trace: Trace, reverse: Region, bars: Tree, residuals: tuple[Var, ...], seeds: tuple[Seed, ...]) -> Trace:
    names = _distinct([_name(v) for v in residuals], {seed.path.root for seed in seeds} | RESERVED)
    inputs = (*(Input(v, Path(name)) for v, name in zip(residuals, names, strict=True)), *seeds)
    return replace(
        trace,
        name=f"{_stem(trace)}_pullback",
        parameters=tuple(Parameter(entry.path.root) for entry in inputs),
        inputs=inputs,
        body=Region(trace.body.parameters and tuple(i.var for i in inputs), reverse.equations, reverse.results),
        output=numbered(bars),
        doc="",
    )


def _name(v: Var) -> str:
    """What to call what was recorded. Underscores in front say that a name isn't for use by others; "_" is none."""
    stem = (v.name or "").strip("_")
    return identifier(stem) if stem else "recorded"


def _stem(trace: Trace) -> str:
    return trace.name.removesuffix("_grad")


def _distinct(names: Sequence[str], taken: set[str]) -> list[str]:
    """The names, with numbers where they are taken."""
    made = []
    for name in names:
        candidate, k = name, 1
        while candidate in taken:
            k += 1
            candidate = f"{name}{k}"
        taken.add(candidate)
        made.append(candidate)
    return made


def numbered(tree: Tree) -> Tree:
    """The tree with its leaves numbered from 0, in order."""
    numbers = count()
    return with_leaves(tree, lambda _: Leaf(next(numbers)))
