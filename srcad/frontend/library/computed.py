"""What constants alone are computed to: `axis=np.int64(1)`, `axes=np.argsort([1, 0])` are known before the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srcad.frontend.core.machine import Machine
from srcad.ops.catalogue import operation
from srcad.ops.declare import Kind
from srcad.ops.meaning import MEANINGS
from srcad.trace.nodes import Atom, Const, Equation, Var

UNCERTAIN = (Kind.EFFECT, Kind.OBJECT, Kind.CONTROL, Kind.PROCEDURE)


class NotOfConstants(Exception):  # noqa: N818 - an answer, not an error
    """A variable is computed from what only the run knows."""


def with_computed(m: Machine, arguments: Mapping[str, object], var: Var) -> dict[str, object] | None:
    """Arguments with a variable's value in its place; None where that isn't computed from constants alone."""
    if not any(_has(argument, var) for argument in arguments.values()):
        return None
    found: dict[Var, Any] = {}
    try:
        value = _computed(m, var, found)
    except NotOfConstants:
        return None
    value = tuple(value.tolist()) if getattr(value, "ndim", 0) == 1 else value
    return {name: _replaced(argument, var, value) for name, argument in arguments.items()}


def _has(argument: object, var: Var) -> bool:
    return argument is var or (isinstance(argument, (tuple, list)) and any(_has(item, var) for item in argument))


def _replaced(argument: object, var: Var, value: object) -> object:
    if isinstance(argument, (tuple, list)):
        return type(argument)(_replaced(item, var, value) for item in argument)
    return value if argument is var else argument


def _computed(m: Machine, atom: Atom, found: dict[Var, Any]) -> Any:
    if isinstance(atom, Const):
        if atom.type.is_undefined:
            raise NotOfConstants
        return atom.value
    if atom not in found:
        equation = m.variables.definitions.get(atom)
        if equation is None or not _is_certain(equation):
            raise NotOfConstants
        operands = [_computed(m, operand, found) for operand in equation.operands]
        values = MEANINGS[equation.op](*operands, **equation.params)
        found.update(zip(equation.results, (values,) if len(equation.results) == 1 else values, strict=True))
    return found[atom]


def _is_certain(equation: Equation) -> bool:
    """Whether an equation says the same now as in the run."""
    facts = operation(equation)
    return not (equation.regions or facts.reads_object or facts.kind in UNCERTAIN)


__all__ = ["with_computed"]
