"""Tables of evaluation traces: which tangents and adjoints they show, and for which seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from srcad.calls.fitting import as_float, fitted
from srcad.calls.pushforward import by_name, leaves_of
from srcad.calls.structures import reached
from srcad.compile.program import Program
from srcad.errors import ArgumentError
from srcad.runtime import HELPERS
from srcad.show.formula import dotted, overlined
from srcad.show.line import NO_COLUMNS, Columns
from srcad.show.primal import result_names
from srcad.show.table import Table, tabulate
from srcad.trace.nodes import Path, Trace
from srcad.transform.sweeps.children import levelled, seeded_sums
from srcad.transform.sweeps.evaluated import Evaluated, InputTangents, evaluated
from srcad.transform.sweeps.parents import parents_sums

MOST_SEEDS = 4  # unit seeds that a table has columns for

Seeds = Mapping[str, InputTangents]  # by the heading of their columns


def table_of(
    program: Program,
    inputs: Sequence[object] | None = None,
    *,
    tangent: bool = False,
    adjoint: bool = False,
    seeds: Sequence[object] | None = None,
) -> Table:
    """The table of a program's primal: with values at these `inputs`, with tangents and adjoints as wanted."""
    primal = replace(program.primal, body=levelled(program.primal.body))
    wrt = tuple(dict.fromkeys(program.reading.wrt))
    if not wrt and (tangent or adjoint):
        what = "there is nothing to differentiate: no argument is or contains a float"
        raise ArgumentError(what, do="pass floats (1.0 instead of 1)")
    parents = parents_sums(primal, wrt) if tangent else None
    children, results = seeded_sums(primal, wrt) if adjoint else (None, ())
    if inputs is None:
        return tabulate(primal, {}, parents, children=children)
    directions = _directions(primal, wrt, inputs, seeds) if tangent else {}
    found = evaluated(primal, inputs, wrt, tuple(directions.values()), results, HELPERS)
    tangents = Columns(tuple(directions), found.tangents, found.primal) if directions else NO_COLUMNS
    return tabulate(primal, found.primal, parents, tangents, children, _adjoints(primal, found, results))


def _adjoints(primal: Trace, found: Evaluated, results: Sequence[int]) -> Columns:
    """A column for each result; none where there are no values."""
    if not found.adjoints:
        return NO_COLUMNS
    names = result_names(primal)
    return Columns(tuple(f"{overlined(names[k])} = 1" for k in results), found.adjoints, found.primal)


# ---- seeds


def _directions(primal: Trace, wrt: Sequence[int], inputs: Sequence[object], seeds: Sequence[object] | None) -> Seeds:
    """The seeds as directions, by their headings."""
    if seeds is not None:
        if isinstance(seeds, (str, Mapping)) or not isinstance(seeds, Sequence):
            raise ArgumentError(
                f"the seeds are {seeds!r}, and must be a list", do="write [(1.0, 0.0)]: a seed in a list"
            )
        return {f"seed {k + 1}": _direction(primal, wrt, inputs, seed) for k, seed in enumerate(seeds)}
    if len(wrt) > MOST_SEEDS:
        return {}
    return {f"{dotted(str(primal.inputs[k].path))} = 1": {k: _ones(inputs[k])} for k in wrt}


def _ones(value: object) -> object:
    """The tangent of a value each element of which moves at the speed 1."""
    match value:
        case list():
            return [_ones(item) for item in value]
        case np.ndarray():
            return np.ones_like(value)
    unit: Callable[[int], object] = type(value)
    return unit(1)


def _direction(primal: Trace, wrt: Sequence[int], inputs: Sequence[object], seed: object) -> InputTangents:
    """A seed as the tangents of inputs."""
    names = _named(primal, seed)
    direction = {}
    for k in wrt:
        path = primal.inputs[k].path
        dot = _at(path, names.get(path.root))
        if dot is not None:
            direction[k] = fitted(inputs[k], dot, f"the tangent of {path}", as_float)
    if sum(1 for value in names.values() for _ in leaves_of(value)) > len(direction):
        raise ArgumentError(
            f"the seed {seed!r} has a tangent for what does not move",
            do="give None for an argument that has no tangent, such as an int",
        )
    return direction


def _named(primal: Trace, seed: object) -> Mapping[str, object]:
    """The parts of a seed by the parameters that they are for."""
    known = [p.name for p in primal.parameters]
    if isinstance(seed, Mapping):
        unknown = [name for name in seed if name not in known]
        if unknown:
            raise ArgumentError(f"no parameter is called {', '.join(map(str, unknown))}: there are {', '.join(known)}")
        return seed
    if not isinstance(seed, (tuple, list)):
        raise ArgumentError(f"the seed {seed!r} must be a tuple with a tangent for each argument, or a dict by name")
    plain = [p for p in primal.parameters if p.kind == "plain"]
    least = sum(p.default is ... for p in plain)
    most = len(seed) if any(p.kind == "*" for p in primal.parameters) else len(plain)
    if not least <= len(seed) <= most:
        raise ArgumentError(f"the seed {seed!r} has {len(seed)} parts, and {primal.name} has {len(plain)} arguments")
    return by_name(primal.parameters, seed, {})


def _at(path: Path, value: object) -> object:
    """What a seed has at a path; None where it stops before."""
    for kind, key in path.steps:
        if value is None:
            return None
        try:
            value = reached(value, [(kind, key)])
        except (KeyError, IndexError, TypeError, AttributeError):
            raise ArgumentError(f"the seed has nothing for {path}") from None
    return value


__all__ = ["table_of"]
