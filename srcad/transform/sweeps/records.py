"""Derivatives of what procedures record: records of the derivatives of the items.

    recorded = record_new(x, y)    ->    recorded_dot = record_new(x_dot, y_dot)
                                         x_bar, y_bar = record_items(recorded_bar)

Which items have derivatives is settled for all records of a procedure together. In the places of the others is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from srcad.analysis.crossing import Activities
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.push import Push
from srcad.transform.sweeps.sweep import Sweep
from srcad.transform.sweeps.unbroadcast import Bar, whole, zero


def reverse_record(activities: Activities, sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    """The adjoints of the items are the items of the adjoint."""
    (bar,) = bars
    assert bar is not None
    parts = _items(sweep.b, bar.value, equation.operands)
    for k, (item, part) in enumerate(zip(equation.operands, parts, strict=True)):
        if activities.is_active_item(equation.result.type, k):
            sweep.add(item, part, whole=not part.type.is_unknown)


def reverse_items(activities: Activities, sweep: Sweep, equation: Equation, bars: Sequence[Bar | None]) -> None:
    """The adjoint of a record is made of those of its items."""
    (record,) = equation.operands
    if sweep.active(record):
        made = _record(sweep.b, activities, record, equation.results, bars)
        sweep.add(record, made, whole=True)


def push_record(activities: Activities, push: Push, equation: Equation) -> None:
    """The tangent of a record is made of those of its items."""
    push.b.append(equation)
    dots = [push.bar(a) for a in equation.operands]
    if any(dots) and push.active(equation.result):
        with push.deriving(equation.role):
            made = _record(push.b, activities, equation.result, equation.operands, dots)
        push.put(equation.result, made)


def push_items(push: Push, equation: Equation) -> None:
    """The tangents of the items are the items of the tangent."""
    push.b.append(equation)
    dot = push.bar(equation.operands[0])
    if dot is not None and any(map(push.active, equation.results)):
        with push.deriving(equation.role):
            parts = _items(push.b, dot.value, equation.results)
        for item, part in zip(equation.results, parts, strict=True):
            if push.active(item):
                push.put(item, part)


def _items(b: Builder, derivative: Atom, items: Iterable[Atom]) -> tuple[Var, ...]:
    """The items of the derivative of a record of these items."""
    parts = tuple(Var(bar_type(item.type)) for item in items)
    params = MappingProxyType({"types": tuple(part.type for part in parts)})
    b.append(Equation("record_items", (derivative,), parts, params))
    return parts


def _record(
    b: Builder, activities: Activities, record: Atom, items: Sequence[Atom], derivatives: Sequence[Bar | None]
) -> Var:
    """The derivative of a record, of those of its items."""
    made = [
        const(None) if not activities.is_active_item(record.type, k) else _derivative(b, item, bar)
        for k, (item, bar) in enumerate(zip(items, derivatives, strict=True))
    ]
    result: Var = b.emit("record_new", *made, record=bar_type(record.type))
    return result


def _derivative(b: Builder, item: Atom, bar: Bar | None) -> Atom:
    """The derivative of an item, as those who read it expect it."""
    if item.is_none:
        return Const(None, bar_type(item.type))
    return zero(b, item) if bar is None else whole(b, bar, item)
