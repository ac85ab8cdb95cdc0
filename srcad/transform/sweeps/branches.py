"""The reverse of branches: a branch on the same condition, in which each side is reversed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.types import Type, dtype_of, tangent_type
from srcad.transform.sweeps.sweep import Sweep
from srcad.transform.sweeps.unbroadcast import Bar, entering, same_shape

# Which equation a structured one of the reverse sweep reverses; `record` takes this away again.
REVERSES = "reverses"

# A scope of the reverse sweep that is none: `record` puts its equations in its place.
INLINE = "inline"

ReversedSide = tuple[list[Equation], dict[Var, Bar]]  # the reversed equations, and the adjoints at their end


def reverse_if(sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    """Adjoints that neither side changes pass by; those that one changes are yielded by both."""
    outer = sweep.outer(*equation.regions)
    sides = [reversed_side(sweep, region, bars) for region in equation.regions]
    changed = [v for v in outer if any(found.get(v) is not sweep.bars.get(v) for _, found in sides)]
    if changed:
        _emit(sweep, equation, sides, changed, equation.operands, dict(equation.params))


def reverse_scope(sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    """The reverse of the body, in a context of its own if that concerns arithmetic, else in none.

    Other managers, and finalizers, have done in the forward sweep what they are there for, and many work only once.
    """
    body = equation.regions[0]
    side = reversed_side(sweep, body, bars)
    changed = [v for v in sweep.outer(body) if side[1].get(v) is not sweep.bars.get(v)]
    if not changed:
        return
    manager = _manager_again(sweep, equation)
    kind = INLINE if manager is None else "with"
    operands = () if manager is None else (manager,)
    _emit(sweep, equation, [side], changed, operands, {**equation.params, "kind": kind})


def _manager_again(sweep: Sweep, equation: Equation) -> Atom | None:
    """A new context manager where the scope has one that decides how NumPy treats floating-point errors."""
    manager = equation.operands[0] if equation.operands else None
    maker = sweep.makers.get(manager) if isinstance(manager, Var) else None
    if maker is None or maker.op != "call" or getattr(maker.operands[0], "value", None) is not np.errstate:
        return None
    again: Atom = sweep.b.emit("call", *maker.operands, **maker.params)
    return again


def reversed_side(sweep: Sweep, region: Region, bars: Sequence[Bar | None]) -> ReversedSide:
    """The reverse of a region without parameters whose yields have these adjoints."""
    with sweep.region(sweep.bars) as equations:
        for target, bar in zip(region.results, bars, strict=True):
            if bar is not None:
                sweep.add(target, bar.value, whole=bar.whole)
        sweep.reverse(region.equations)
        return equations, dict(sweep.bars)


def _emit(
    sweep: Sweep,
    equation: Equation,
    sides: list[ReversedSide],
    changed: list[Var],
    operands: tuple[Atom, ...],
    params: dict[str, object],
) -> None:
    """The reversed equation, which yields the changed adjoints."""
    yields: list[list[Atom]] = [[] for _ in sides]
    results = []
    for var in changed:
        values, bar = _agreeing(sweep, var, sides)
        for collected, value in zip(yields, values, strict=True):
            collected.append(value)
        result = Var(bar.value.type)
        results.append(result)
        sweep.put(var, Bar(result, bar.whole))
    regions = tuple(
        Region((), tuple(equations), tuple(values)) for (equations, _), values in zip(sides, yields, strict=True)
    )
    params[REVERSES] = equation
    sweep.b.append(Equation(equation.op, operands, tuple(results), params, regions))


def _agreeing(sweep: Sweep, var: Var, sides: list[ReversedSide]) -> tuple[list[Atom], Bar]:
    """The adjoints of a variable at the end of each side, made of one type: whole, unless they agree anyway."""
    found = [bars.get(var) for _, bars in sides]
    present = [bar for bar in found if bar is not None]
    if len(present) == len(found) and _agree([bar.value.type for bar in present]):
        return [bar.value for bar in present], Bar(present[0].value, all(bar.whole for bar in present))
    values, slot = [], bar_type(var.type)
    for (equations, _), bar in zip(sides, found, strict=True):
        with sweep.within(equations):
            values.append(entering(sweep.b, sweep.whole(bar, var), slot))
    return values, Bar(Var(slot), whole=True)


def _agree(types: list[Type]) -> bool:
    first = types[0]
    return all(
        t == first or (same_shape(t, first) and not t.is_scalar and dtype_of(t) == dtype_of(first)) for t in types
    )


def bar_type(t: Type) -> Type:
    """The type of a whole adjoint."""
    return tangent_type(t)
