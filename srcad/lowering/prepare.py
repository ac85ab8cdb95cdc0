"""Before code is generated.

The state of a `while` becomes one set of variables, in its condition and in its body. Operations that only say
something about the type of their operand disappear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from srcad.ops.catalogue import OPS
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var

Substitution = Mapping[Var, Atom]


def prepare(trace: Trace) -> Trace:
    """The trace in the form that the passes of code generation take."""
    return replace(trace, body=_region(trace.body, {}))


def atoms(given: Iterable[Atom], new: Substitution) -> tuple[Atom, ...]:
    return tuple(new.get(a, a) if isinstance(a, Var) else a for a in given)


def _region(region: Region, new: Substitution) -> Region:
    new, equations = dict(new), []
    for eq in region.equations:
        if eq.op in OPS and OPS[eq.op].spelling == "{0}":
            (new[eq.result],) = atoms(eq.operands[:1], new)
        else:
            equations.append(_equation(eq, new))
    return Region(region.parameters, tuple(equations), atoms(region.results, new))


def _equation(eq: Equation, new: Substitution) -> Equation:
    operands = atoms(eq.operands, new) if new else eq.operands
    if eq.op == "while":
        return replace(eq, operands=operands, regions=_unified(eq, new))
    if not eq.regions:
        return replace(eq, operands=operands) if new else eq
    return replace(eq, operands=operands, regions=tuple(_region(r, new) for r in eq.regions))


def _unified(eq: Equation, new: Substitution) -> tuple[Region, Region]:
    """Condition and body with the parameters of the body, which bear the user's names."""
    condition, body = eq.regions
    same = dict(zip(condition.parameters, body.parameters, strict=True))
    rewritten = _region(condition, {**new, **same})
    return Region(body.parameters, rewritten.equations, rewritten.results), _region(body, new)
