"""The reverse of loops: a loop over the same indices, backwards, that carries adjoints.

It carries the adjoint of each active value that the loop carries, and for each active variable of the surroundings
that the body reads the sum of its contributions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from srcad.trace.builder import const
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.slots import Slot, slots
from srcad.trace.types import INT, UNDEFINED, Array, Type, dims_of
from srcad.transform.sweeps.branches import REVERSES, bar_type
from srcad.transform.sweeps.sweep import Sweep
from srcad.transform.sweeps.unbroadcast import Bar, entering, same_shape


@dataclass
class Carried:
    """What the reversed loop carries: initial values, parameters, yields, results."""

    initial: list[Atom] = field(default_factory=list)
    parameters: list[Var] = field(default_factory=list)
    yields: list[Atom] = field(default_factory=list)
    results: list[Var] = field(default_factory=list)

    def add(self, initial: Atom, parameter: Var, value: Atom, result: Type) -> None:
        self.initial.append(initial)
        self.parameters.append(parameter)
        self.yields.append(value)
        self.results.append(Var(result))


def reverse_loop(sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    body = equation.regions[-1]
    moving = [(s, bar) for s, bar in zip(slots(equation), bars, strict=False) if bar or sweep.active(_parameter(s))]
    outer = sweep.outer(body)
    initial = [_carried_bar(sweep, bar, slot.result) for slot, bar in moving]
    parameters = [_named(sweep, _parameter(slot), _like_yielded(slot)) for slot, _ in moving]
    own = {v: _named(sweep, v, bar_type(v.type)) for v in outer}
    sums = {v: Bar(own[v], whole=not v.type.is_unknown) for v in outer}
    carried = Carried()
    with sweep.region(sums) as equations:
        for (slot, _), parameter in zip(moving, parameters, strict=True):
            sweep.add(slot.yields[-1], parameter, whole=not parameter.type.is_unknown)
        sweep.reverse(body.equations)
        for (slot, _), start, parameter in zip(moving, initial, parameters, strict=True):
            carried.add(start, parameter, _next_bar(sweep, slot, parameter), _like_initial(slot))
        changed = [v for v in outer if sweep.bars[v] is not sums[v]]
        last = {v: _sum_so_far(sweep, v) for v in changed}
    for v in changed:
        carried.add(_carried_bar(sweep, sweep.bars.get(v), v), own[v], last[v], own[v].type)
    _emit(sweep, equation, carried, equations)
    for v, result in zip(changed, carried.results[len(moving) :], strict=True):
        sweep.put(v, Bar(result, sums[v].whole))
    for (slot, _), result in zip(moving, carried.results, strict=False):
        if slot.initial is not None:
            sweep.add(slot.initial, result, whole=not result.type.is_unknown)


def _parameter(slot: Slot) -> Var:
    """The carried value in the body."""
    return slot.parameters[-1]


def _named(sweep: Sweep, var: Var, t: Type) -> Var:
    """A parameter of the reversed body, for the adjoint of a variable."""
    parameter = Var(t)
    sweep.christen(var, parameter)
    return parameter


def _like_yielded(slot: Slot) -> Type:
    """The type of the adjoint that a reversed iteration begins with: that of what the iteration has yielded."""
    return _with_dims_of(bar_type(_parameter(slot).type), slot.yields[-1].type)


def _like_initial(slot: Slot) -> Type:
    """The type of the adjoint that is left after the reversed loop: that of the initial value."""
    return _with_dims_of(bar_type(_parameter(slot).type), slot.initial.type if slot.initial else UNDEFINED)


def _with_dims_of(t: Type, other: Type) -> Type:
    """The type with the lengths of another one of its rank; without those that may change, where there are none."""
    if not isinstance(t, Array):
        return t
    if isinstance(other, Array) and other.rank == t.rank:
        return Array(t.dtype, other.dims)
    return Array(t.dtype, tuple(UNKNOWN_DIM if dim.passing else dim for dim in t.dims))


def _carried_bar(sweep: Sweep, bar: Bar | None, like: Var) -> Atom:
    """An adjoint as loops carry it: whole, so that each iteration may add into it, unless its shape isn't known."""
    if like.type.is_unknown:
        return const(0.0) if bar is None else bar.value
    return entering(sweep.b, sweep.whole(bar, like), bar_type(like.type))


def _sum_so_far(sweep: Sweep, var: Var) -> Atom:
    """The adjoint of a variable from around the loop, after an iteration."""
    value = _carried_bar(sweep, sweep.bars[var], var)
    sweep.christen(var, value)
    return value


def _next_bar(sweep: Sweep, slot: Slot, parameter: Var) -> Atom:
    """The adjoint of a carried value at the beginning of the body, for the iteration before.

    Where it is zero, its shape is that of the adjoint at the end, unless the shape may change in each iteration.
    """
    primal = _parameter(slot)
    bar = sweep.take(primal)
    passing = any(dim.passing for dim in dims_of(primal.type) or ())
    keeps_shape = same_shape(primal.type, parameter.type) and not passing
    return _carried_bar(sweep, bar, parameter if bar is None and keeps_shape else primal)


def _emit(sweep: Sweep, equation: Equation, carried: Carried, equations: list[Equation]) -> None:
    index = Var(INT, equation.regions[-1].parameters[0].name if equation.op == "for" else None)
    for parameter, result in zip(carried.parameters, carried.results, strict=True):
        if parameter in sweep.names:
            sweep.names[result] = sweep.names[parameter]
    bounds, backwards = _range(sweep, equation)
    params = {REVERSES: equation, **({"backwards": True} if backwards else {})}
    region = Region((index, *carried.parameters), tuple(equations), tuple(carried.yields))
    sweep.b.append(Equation("for", (*bounds, *carried.initial), tuple(carried.results), params, (region,)))


def _range(sweep: Sweep, equation: Equation) -> tuple[tuple[Atom, ...], bool]:
    """The iterations that ran, and whether to go through them from the end."""
    if equation.op == "while":
        return (const(0), equation.results[-1], const(1)), False
    start, stop, step = equation.operands[:3]
    backwards = not equation.params.get("backwards", False)
    if not equation.params.get("breaks"):
        return (start, stop, step), backwards
    return _ran(sweep, equation, backwards), backwards


def _ran(sweep: Sweep, equation: Equation, backwards: bool) -> tuple[Atom, ...]:
    """What a loop that was left had run through of its range: the beginning, or the end, if it ran backwards."""
    start, stop, step = equation.operands[:3]
    trips = equation.results[-1]
    if backwards:
        return (start, _plus(sweep, start, _times(sweep, trips, step)), step)
    emit = sweep.b.emit
    count = emit("negative", emit("floor_divide", emit("subtract", start, stop), step))
    skipped = _times(sweep, emit("subtract", count, trips), step)
    return (_plus(sweep, start, skipped), stop, step)


def _times(sweep: Sweep, count: Atom, step: Atom) -> Atom:
    product: Atom = count if _is(step, 1) else sweep.b.emit("multiply", count, step)
    return product


def _plus(sweep: Sweep, start: Atom, length: Atom) -> Atom:
    total: Atom = length if _is(start, 0) else sweep.b.emit("add", start, length)
    return total


def _is(a: Atom, value: int) -> bool:
    return a.number == value
