"""Giving variables names: a variable keeps its name for life, so that another takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from srcad.trace.nodes import Atom, Region, Var
from srcad.trace.procedures import unused


def rename(region: Region, names: Mapping[Var, str]) -> Region:
    """The region with these variables, defined in it, under these names."""
    return _renamed(region, {var: Var(var.type, name) for var, name in names.items()})


def _renamed(region: Region, fresh: Mapping[Var, Var]) -> Region:
    equations = []
    for equation in region.equations:
        results = tuple(fresh.get(v, v) for v in equation.results)
        inner = tuple(_renamed(r, fresh) for r in equation.regions)
        operands = _atoms(equation.operands, fresh)
        equations.append(replace(equation, operands=operands, results=results, regions=inner))
    parameters = tuple(fresh.get(v, v) for v in region.parameters)
    return Region(parameters, tuple(equations), _atoms(region.results, fresh))


def _atoms(atoms: tuple[Atom, ...], fresh: Mapping[Var, Var]) -> tuple[Atom, ...]:
    return tuple(fresh.get(a, a) if isinstance(a, Var) else a for a in atoms)


def fresh(name: str, taken: set[str]) -> str:
    """The name, with a number if need be; it is taken from now on."""
    candidate = unused(name, taken)
    taken.add(candidate)
    return candidate
