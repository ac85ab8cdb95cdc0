"""The values of a table: of the variables, of their tangents for each seed, of their adjoints for each result.

All of it comes from one run, so that what draws at random or prints does so once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from srcad.analysis.children import ChildrenSums
from srcad.ops.meaning import Meanings
from srcad.trace.builder import const
from srcad.trace.evaluate import Environment, run
from srcad.trace.nodes import Atom, Const, Input, Path, Region, Trace, Var
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.children import children_sums
from srcad.transform.sweeps.tangent import prepared

Values = Mapping[Var, Any]
InputTangents = Mapping[int, Any]  # the number of an input -> its tangent


@dataclass(frozen=True)
class Evaluated:
    """By variable: its value (the last one, in a loop), its tangent for each seed, its adjoint for each result."""

    primal: Values
    tangents: tuple[Values, ...] = ()
    adjoints: tuple[Values, ...] = ()


def evaluated(
    trace: Trace,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    seeds: Sequence[InputTangents] = (),
    results: Sequence[int] = (),
    helpers: Mapping[str, Any] | None = None,
) -> Evaluated:
    """The values at these inputs. `results`: the numbers of those whose adjoints are wanted, seeded with 1 in turn.

    `helpers` are what generated code may call.

    There are no adjoints where there are loops and branches: their values would be those of some round.
    """
    straight = not any(e.regions for e in trace.body.equations)
    sums = [_sums_of(trace, wrt, k) for k in results] if straight else []
    pushed, dots, directions = _pushed(trace, seeds)
    body = replace(pushed.body, equations=(*pushed.body.equations, *(e for one in sums for e in one.equations)))
    found = run(replace(pushed, body=body), (*inputs, *directions), Meanings({**(helpers or {}), **trace.bindings}))[1]
    tangents = tuple(_read(one, found) for one in dots)
    return Evaluated(found, tangents, tuple(_read(one.bars, found) for one in sums))


def _sums_of(trace: Trace, wrt: Sequence[int], result: int) -> ChildrenSums:
    """The children-sums with one result seeded, the others not."""
    return children_sums(trace, wrt, [const(1.0) if k == result else None for k in range(len(trace.body.results))])


def _read(places: Mapping[Var, Atom], found: Environment) -> Values:
    """The values of what stands for variables."""
    return {
        variable: atom.value if isinstance(atom, Const) else found[atom]
        for variable, atom in places.items()
        if not atom.is_variable or atom in found
    }


def _pushed(trace: Trace, seeds: Sequence[InputTangents]) -> tuple[Trace, list[Mapping[Var, Atom]], list[Any]]:
    """The trace with the tangents for each seed in it; by variable, where they are; the values of further inputs.

    One sweep after another: to the next one, the tangents that stand there already do not move.
    """
    further: list[Input] = []
    dots: list[Mapping[Var, Atom]] = []
    equations = trace.body.equations
    for seed in seeds:
        directions = {trace.inputs[k].var: Var(bar_type(trace.inputs[k].var.type)) for k in seed}
        further += [Input(var, Path(f"seed{len(dots)}")) for var in directions.values()]
        push, _ = prepared(trace, directions, trace.body.results)
        push.equations(equations)
        equations = tuple(push.b.equations)
        dots.append(push.dots)
    body = Region(trace.body.parameters, equations, trace.body.results)
    pushed = replace(trace, inputs=(*trace.inputs, *further), body=body)
    return pushed, dots, [value for seed in seeds for value in seed.values()]


__all__ = ["Evaluated", "evaluated"]
