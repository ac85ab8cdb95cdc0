"""Shapes of values that are computed for nothing else: another value of the same shape tells it as well.

An elementwise result has the shape of each operand that isn't stretched. Best are inputs, which are there anyway.
Values in between must be read for themselves too, and have buffers that nobody overwrites: or it would cost a copy.
"""

from __future__ import annotations

from srcad.ops.catalogue import OPS, operation
from srcad.trace.nodes import Atom, Equation, Var, variables
from srcad.trace.types import dims_of, dtype_of
from srcad.transform.simplify.folder import Folded, Folder, Rules, derived

folds = Rules()

MAX_SOURCES = 30  # how many variables are looked at for one shape


@folds(*(name for name, declared in OPS.items() if declared.shape_of is not None))
def shape_of_another(folder: Folder, equation: Equation) -> Folded:
    facts = operation(equation)
    place = facts.shape_of
    like = None if place is None else equation.operands[place]
    if place is None or not isinstance(like, Var) or not folder.uses.only_shape(like):
        return None
    dtype = dtype_of(like.type) if facts.reads_dtype else None
    for other in alike(folder, like):
        if is_there(folder, other) and dtype in (None, dtype_of(other.type)):
            operands = (*equation.operands[:place], other, *equation.operands[place + 1 :])
            return derived(equation, equation.op, operands, params=equation.params)
    return None


def alike(folder: Folder, var: Var) -> list[Var]:
    """Variables of the same shape, from which it was made: inputs first, then the nearest."""
    found: dict[Var, None] = {var: None}
    pending = [var]
    while pending and len(found) < MAX_SOURCES:
        near = [v for v in sources(folder, pending.pop(0)) if v not in found]
        found.update(dict.fromkeys(near))
        pending += near
    del found[var]
    return sorted(found, key=lambda v: v not in folder.uses.inputs)


def sources(folder: Folder, var: Var) -> list[Var]:
    """The operands of the same shape, if the variable is made elementwise, or after another one."""
    made = folder.made.get(var)
    if made is None:
        return []
    facts = operation(made)
    if facts.like is not None:
        return list(variables(made.operands[facts.like : facts.like + 1]))
    if not facts.elementwise:
        return []
    return [v for v in variables(made.operands) if has_shape_of(v, var)]


def has_shape_of(operand: Atom, result: Atom) -> bool:
    """Whether an operand is sure to have the shape of an elementwise result."""
    x, y = dims_of(operand.type), dims_of(result.type)
    if x is None or y is None or len(x) != len(y) or not operand.type.is_array or not result.type.is_array:
        return False
    return all(a.not_one or a.same(b) for a, b in zip(x, y, strict=True))


def is_there(folder: Folder, var: Var) -> bool:
    """Whether reading the variable costs nothing."""
    uses = folder.uses
    if var in uses.inputs:
        return True
    made = folder.made.get(var)
    if made is None or var in uses.passed:
        return False
    facts = operation(made)
    return not (facts.control or facts.view or facts.updates or uses.only_shape(var))
