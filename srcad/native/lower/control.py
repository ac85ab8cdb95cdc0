"""Branches and loops: what they carry is in slots, variables of the function that are set again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from srcad.native import ir
from srcad.native.ir import Apply, Expr, Machine, Name, Statement
from srcad.native.lower.lists import element_kind, number_of_nothing, owned_block
from srcad.native.lower.state import BOOL, INT64, Lowering
from srcad.native.lower.values import Items, Memory, Nothing, Number, Value, machine
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.slots import Slot, slots
from srcad.trace.types import ListOf, Type


@dataclass(frozen=True)
class Place:
    """The variables of a slot: one for a number or a list, the block and lengths of an array."""

    type: Type
    kind: str
    name: str
    lengths: tuple[str, ...] = ()
    pointer: str = ""


def _place(m: Lowering, t: Type, hint: str | None) -> Place:
    kind = element_kind(t)
    if kind != "array":
        return Place(t, kind, m.name(hint))
    block = m.name(f"{hint or 'v'}_block")
    return Place(t, kind, block, tuple(m.name("n") for _ in range(t.rank or 0)), m.name(hint))


def _declare(m: Lowering, place: Place) -> None:
    if place.kind == "scalar":
        type = machine(place.type)
        m.emit(ir.Let(place.name, type, number_of_nothing(place.type).expr, final=False))
        return
    m.emit(ir.Support("NO_BLOCK", (place.name,)))
    if place.kind == "array":
        m.emit(*(ir.Let(n, INT64, ir.ZERO, final=False) for n in place.lengths))
        m.emit(ir.Support("NO_DATA", (place.pointer, machine(place.type))))


def _value(m: Lowering, place: Place) -> Value:
    """What is in a slot."""
    if place.kind == "scalar":
        return Number(Name(place.name, machine(place.type)))
    if isinstance(place.type, ListOf):
        return Items(place.name, place.type.element)
    lengths = tuple(Name(n, INT64) for n in place.lengths)
    strides = m.packed(lengths)
    return Memory(place.pointer, machine(place.type), lengths, strides, place.name, place.name, packed=True)


@dataclass(frozen=True)
class Filling:
    """What a slot is to be given: an expression, or a reference to a block with its lengths."""

    expr: Expr | None = None
    block: str = ""
    lengths: tuple[Expr, ...] = ()


def _filling(m: Lowering, place: Place, atom: Atom) -> Filling | None:
    """What an atom gives to a slot; None where the slot has it already."""
    value = m.value(atom)
    if isinstance(value, Nothing):
        return Filling(number_of_nothing(place.type).expr) if place.kind == "scalar" else Filling(block="NULL", lengths=(ir.ZERO,) * len(place.lengths))
    if place.kind == "scalar":
        return Filling(m.scalar(atom, machine(place.type)))
    if isinstance(value, Items):
        if value.name == place.name:
            return None
    elif isinstance(value, Memory) and value.block == place.name:
        if value.lengths == tuple(Name(n, INT64) for n in place.lengths):
            return None
    return Filling(None, *owned_block(m, atom, place.type))


def _fill(m: Lowering, places: Sequence[Place], atoms: Sequence[Atom]) -> None:
    """All slots are given their next values, at once."""
    m.close()
    fillings = [_filling(m, place, atom) for place, atom in zip(places, atoms, strict=True)]
    m.close()
    own = {name for place in places for name in (place.name, *place.lengths)}
    fillings = [None if f is None else _kept(m, f, own, place) for f, place in zip(fillings, places, strict=True)]
    for place, filling in zip(places, fillings, strict=True):
        if filling is None:
            continue
        if filling.expr is not None:
            if filling.expr != Name(place.name, filling.expr.type):
                m.emit(ir.Assign(place.name, filling.expr))
            continue
        m.emit(ir.Support("REPLACE", (place.name, filling.block)))
        m.emit(*(ir.Assign(n, new) for n, new in zip(place.lengths, filling.lengths, strict=True)))
        if place.kind == "array":
            m.emit(ir.Support("REPOINT", (place.pointer, place.name, machine(place.type))))


def _kept(m: Lowering, filling: Filling, own: set[str], place: Place) -> Filling:
    """The same, from names that filling the slots doesn't change."""

    def kept(expr: Expr, but: str = "") -> Expr:
        if _reads(expr) & (own - {but}):
            name = m.name("next")
            m.emit(ir.Let(name, expr.type, expr))
            return Name(name, expr.type)
        return expr

    block = filling.block
    if block in own:
        block = m.name("next")
        m.emit(ir.Support("SAME_BLOCK", (block, filling.block)))
    expr = None if filling.expr is None else kept(filling.expr, place.name if isinstance(filling.expr, Name) else "")
    return Filling(expr, block, tuple(map(kept, filling.lengths)))


def _reads(expr: Expr) -> set[str]:
    match expr:
        case Name(name, _):
            return {name}
        case Apply(_, operands, _):
            return set().union(*map(_reads, operands))
        case ir.Cast(operand, _):
            return _reads(operand)
        case ir.Load(_, index, _):
            return _reads(index)
    return set()


# ---- regions


def lower_region(m: Lowering, region: Region) -> None:
    """The equations of a region."""
    for eq in region.equations:
        m.lower(eq)


def _results(m: Lowering, places: Sequence[Place], results: Sequence[Var]) -> None:
    for place, result in zip(places, results, strict=True):
        m.sets(result, _value(m, place))
        if place.kind != "scalar":
            m.owns(result, place.name)


def branch(m: Lowering, eq: Equation) -> None:
    m.close()
    condition = m.scalar(eq.operands[0], BOOL)
    own = slots(eq)
    places = [_place(m, slot.result.type, slot.result.name) for slot in own]
    for place in places:
        _declare(m, place)
    sides: list[tuple[Statement, ...]] = []
    for k, region in enumerate(eq.regions):
        with m.block() as inner, m.region(region):
            lower_region(m, region)
            _fill(m, places, [slot.yields[k] for slot in own])
            m.leave()
        sides.append(tuple(inner))
    m.emit(ir.If(condition, *sides))
    _results(m, places, [slot.result for slot in own])


def _enter(m: Lowering, own: Sequence[Slot]) -> list[Place]:
    """The slots of a loop, with what they begin with."""
    places = [_place(m, slot.result.type, _hint(slot)) for slot in own]
    for place in places:
        _declare(m, place)
    initial = [slot.initial for slot in own if slot.initial is not None]
    _fill(m, places, initial)
    return places


def _hint(slot: Slot) -> str | None:
    return slot.result.name or next((p.name for p in slot.parameters if p.name), None)


def _give(m: Lowering, places: Sequence[Place], own: Sequence[Slot]) -> None:
    """The parameters of the regions are the slots."""
    for place, slot in zip(places, own, strict=True):
        value = _value(m, place)
        for parameter in slot.parameters:
            m.sets(parameter, value)


def for_loop(m: Lowering, eq: Equation) -> None:
    m.close()
    start, stop, step = (m.scalar(a, INT64) for a in eq.operands[:3])
    m.fail(Apply("equal", (step, ir.ZERO), BOOL), "value")
    count = m.let(Apply("turns", (start, stop, step), INT64), "count")
    own, (region,) = slots(eq), eq.regions
    places = _enter(m, own)
    turn, ran = m.name("turn"), m.name("ran")
    breaks = bool(eq.params.get("breaks"))
    if breaks:
        m.emit(ir.Let(ran, INT64, ir.ZERO, final=False))
    with m.block() as inner, m.region(region, region.parameters):
        m.emit(ir.Support("TICK", ()))
        _give(m, places, own)
        k: Expr = Name(turn, INT64)
        k = ir.subtract(ir.subtract(count, ir.ONE), k) if eq.params.get("backwards") else k
        m.is_number(region.parameters[0], ir.add(start, ir.times(k, step)))
        lower_region(m, region)
        out = m.let(m.scalar(region.results[0], BOOL)) if breaks else None
        _fill(m, places, [slot.yields[0] for slot in own])
        m.leave()
        if out is not None:
            m.emit(ir.Assign(ran, ir.add(Name(turn, INT64), ir.ONE)), ir.If(out, (ir.Break(),)))
    m.emit(ir.Range(turn, count, tuple(inner)))
    _results(m, places, [slot.result for slot in own])
    if breaks:
        m.sets(eq.results[-1], Number(Name(ran, INT64)))


def while_loop(m: Lowering, eq: Equation) -> None:
    m.close()
    own, (condition, body) = slots(eq), eq.regions
    places = _enter(m, own)
    ran = m.name("ran")
    m.emit(ir.Let(ran, INT64, ir.ZERO, final=False))
    _give(m, places, own)
    with m.block() as before, m.region(condition, condition.parameters):
        lower_region(m, condition)
        m.close()
        holds = m.scalar(condition.results[0], BOOL)
        holds = m.let(holds)
        m.leave()
    with m.block() as inner, m.region(body, body.parameters):
        m.emit(ir.Support("TICK", ()))
        lower_region(m, body)
        _fill(m, places, [slot.yields[-1] for slot in own])
        m.leave()
        m.emit(ir.Assign(ran, ir.add(Name(ran, INT64), ir.ONE)))
    m.emit(ir.While(tuple(before), holds, tuple(inner)))
    _results(m, places, [slot.result for slot in own])
    m.sets(eq.results[-1], Number(Name(ran, INT64)))


__all__ = ["Machine", "branch", "for_loop", "lower_region", "while_loop"]
