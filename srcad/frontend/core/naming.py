"""Giving variables the user's names, once the whole program is read."""

from __future__ import annotations

from dataclasses import replace

from srcad.trace.nodes import Atom, Equation, Region, Trace, Var


def with_names(trace: Trace, names: dict[Var, str]) -> Trace:
    """The trace with its unnamed variables named as `names` says."""
    mapping = {var: Var(var.type, name) for var, name in names.items() if var.name is None}
    return replace(trace, body=_region(trace.body, mapping))


def _atom(atom: Atom, mapping: dict[Var, Var]) -> Atom:
    return mapping.get(atom, atom) if isinstance(atom, Var) else atom


def _region(region: Region, mapping: dict[Var, Var]) -> Region:
    parameters = tuple(mapping.get(p, p) for p in region.parameters)
    equations = tuple(_equation(e, mapping) for e in region.equations)
    return Region(parameters, equations, tuple(_atom(r, mapping) for r in region.results))


def _equation(e: Equation, mapping: dict[Var, Var]) -> Equation:
    operands = tuple(_atom(a, mapping) for a in e.operands)
    results = tuple(mapping.get(r, r) for r in e.results)
    regions = tuple(_region(r, mapping) for r in e.regions)
    return Equation(e.op, operands, results, e.params, regions, e.span, e.role)
