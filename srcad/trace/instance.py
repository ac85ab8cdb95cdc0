"""Instances of a region: its equations with variables of their own, so that they can stand in another place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from srcad.trace.nodes import Atom, Equation, Region, Var

Values = dict[Var, Atom]


def instance(region: Region, values: Values) -> tuple[list[Equation], tuple[Atom, ...]]:
    """The equations and results of a region: `values` for variables from around, new ones for those that it defines."""
    values = dict(values)
    equations = [_equation(equation, values) for equation in region.equations]
    return equations, _atoms(region.results, values)


def _equation(equation: Equation, values: Values) -> Equation:
    operands = _atoms(equation.operands, values)
    regions = tuple(_region(inner, values) for inner in equation.regions)
    return replace(equation, operands=operands, results=_new(equation.results, values), regions=regions)


def _region(region: Region, values: Values) -> Region:
    parameters = _new(region.parameters, values)
    equations = tuple(_equation(equation, values) for equation in region.equations)
    return Region(parameters, equations, _atoms(region.results, values))


def _new(variables: tuple[Var, ...], values: Values) -> tuple[Var, ...]:
    fresh = {var: Var(var.type, var.name) for var in variables}
    values.update(fresh)
    return tuple(fresh[var] for var in variables)


def _atoms(atoms: Iterable[Atom], values: Values) -> tuple[Atom, ...]:
    return tuple(values.get(a, a) if isinstance(a, Var) else a for a in atoms)
