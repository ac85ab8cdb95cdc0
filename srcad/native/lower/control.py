"""Branches and loops: what they carry is in slots, variables of the function that are set again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, LocalName, Statement
from srcad.native.lower.lists import in_block, number_of_nothing, owned_block
from srcad.native.lower.state import BOOL, INT64, Lowerer
from srcad.native.lower.values import (
    InList,
    InMemory,
    InRecord,
    InRegister,
    LoweredValue,
    NoValue,
    element_kind,
    machine,
)
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.slots import Slot, slots
from srcad.trace.types import Type


@dataclass(frozen=True)
class SlotPlace:
    """The variables of a slot: one for a number or a list, the block and lengths of an array."""

    type: Type
    kind: str
    name: str
    lengths: tuple[str, ...] = ()
    pointer: str = ""


def _place(m: Lowerer, t: Type, hint: str | None) -> SlotPlace:
    kind = element_kind(t)
    if kind != "array":
        return SlotPlace(t, kind, m.name(hint))
    block = m.name(f"{hint or 'v'}_block")
    return SlotPlace(t, kind, block, tuple(m.name("n") for _ in range(t.rank or 0)), m.name(hint))


def _declare(m: Lowerer, place: SlotPlace) -> None:
    if place.kind == "scalar":
        type = machine(place.type)
        m.emit(ir.Let(place.name, type, number_of_nothing(place.type).expr, final=False))
        return
    m.emit(ir.Support("NO_BLOCK", (place.name,)))
    if place.kind == "array":
        m.emit(*(ir.Let(n, INT64, ir.ZERO, final=False) for n in place.lengths))
        m.emit(ir.Support("NO_DATA", (place.pointer, machine(place.type))))


def _value(m: Lowerer, place: SlotPlace) -> LoweredValue:
    """What is in a slot."""
    if place.kind == "scalar":
        return InRegister(LocalName(place.name, machine(place.type)))
    if place.kind == "list":
        return in_block(place.name, place.type)
    lengths = tuple(LocalName(n, INT64) for n in place.lengths)
    strides = m.packed(lengths)
    return InMemory(place.pointer, machine(place.type), lengths, strides, place.name, place.name, packed=True)


@dataclass(frozen=True)
class Filling:
    """What a slot is to be given: an expression, or a reference to a block with its lengths."""

    expr: CExpr | None = None
    block: str = ""
    lengths: tuple[CExpr, ...] = ()


def _filling(m: Lowerer, place: SlotPlace, atom: Atom) -> Filling | None:
    """What an atom gives to a slot; None where the slot has it already."""
    value = m.value(atom)
    if isinstance(value, NoValue):
        return _filling_of_nothing(place)
    if place.kind == "scalar":
        return Filling(m.scalar(atom, machine(place.type)))
    return None if _is_in(place, value) else Filling(None, *owned_block(m, atom, place.type))


def _filling_of_nothing(place: SlotPlace) -> Filling:
    if place.kind == "scalar":
        return Filling(number_of_nothing(place.type).expr)
    return Filling(block="NULL", lengths=(ir.ZERO,) * len(place.lengths))


def _is_in(place: SlotPlace, value: LoweredValue) -> bool:
    """Whether a value is what the slot has."""
    if isinstance(value, (InList, InRecord)):
        return value.name == place.name
    lengths = tuple(LocalName(n, INT64) for n in place.lengths)
    return isinstance(value, InMemory) and value.block == place.name and value.lengths == lengths


def _fill(m: Lowerer, places: Sequence[SlotPlace], atoms: Sequence[Atom]) -> None:
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
            if filling.expr != LocalName(place.name, filling.expr.type):
                m.emit(ir.Assign(place.name, filling.expr))
            continue
        m.emit(ir.Support("REPLACE", (place.name, filling.block)))
        m.emit(*(ir.Assign(n, new) for n, new in zip(place.lengths, filling.lengths, strict=True)))
        if place.kind == "array":
            m.emit(ir.Support("REPOINT", (place.pointer, place.name, machine(place.type))))


def _kept(m: Lowerer, filling: Filling, own: set[str], place: SlotPlace) -> Filling:
    """The same, from names that filling the slots doesn't change."""

    def kept(expr: CExpr, but: str = "") -> CExpr:
        if _reads(expr) & (own - {but}):
            name = m.name("next")
            m.emit(ir.Let(name, expr.type, expr))
            return LocalName(name, expr.type)
        return expr

    block = filling.block
    if block in own:
        block = m.name("next")
        m.emit(ir.Support("SAME_BLOCK", (block, filling.block)))
    expr = (
        None if filling.expr is None else kept(filling.expr, place.name if isinstance(filling.expr, LocalName) else "")
    )
    return Filling(expr, block, tuple(map(kept, filling.lengths)))


def _reads(expr: CExpr) -> set[str]:
    match expr:
        case LocalName(name, _):
            return {name}
        case Apply(_, operands, _):
            return set().union(*map(_reads, operands))
        case ir.Cast(operand, _):
            return _reads(operand)
        case ir.Load(_, index, _):
            return _reads(index)
    return set()


# ---- regions


def lower_region(m: Lowerer, region: Region) -> None:
    """The equations of a region."""
    for eq in region.equations:
        m.lower(eq)


def _results(m: Lowerer, places: Sequence[SlotPlace], results: Sequence[Var]) -> None:
    for place, result in zip(places, results, strict=True):
        m.sets(result, _value(m, place))
        if place.kind != "scalar":
            m.owns(result, place.name)


def branch(m: Lowerer, eq: Equation) -> None:
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


def _enter(m: Lowerer, own: Sequence[Slot]) -> list[SlotPlace]:
    """The slots of a loop, with what they begin with."""
    places = [_place(m, slot.result.type, _hint(slot)) for slot in own]
    for place in places:
        _declare(m, place)
    initial = [slot.initial for slot in own if slot.initial is not None]
    _fill(m, places, initial)
    return places


def _hint(slot: Slot) -> str | None:
    return slot.result.name or next((p.name for p in slot.parameters if p.name), None)


def _give(m: Lowerer, places: Sequence[SlotPlace], own: Sequence[Slot]) -> None:
    """The parameters of the regions are the slots."""
    for place, slot in zip(places, own, strict=True):
        value = _value(m, place)
        for parameter in slot.parameters:
            m.sets(parameter, value)


def for_loop(m: Lowerer, eq: Equation) -> None:
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
        k: CExpr = LocalName(turn, INT64)
        k = ir.subtract(ir.subtract(count, ir.ONE), k) if eq.params.get("backwards") else k
        m.is_number(region.parameters[0], ir.add(start, ir.times(k, step)))
        lower_region(m, region)
        out = m.let(m.scalar(region.results[0], BOOL)) if breaks else None
        _fill(m, places, [slot.yields[0] for slot in own])
        m.leave()
        if out is not None:
            m.emit(ir.Assign(ran, ir.add(LocalName(turn, INT64), ir.ONE)), ir.If(out, (ir.Break(),)))
    m.emit(ir.Turns(turn, count, tuple(inner)))
    _results(m, places, [slot.result for slot in own])
    if breaks:
        m.sets(eq.results[-1], InRegister(LocalName(ran, INT64)))


def while_loop(m: Lowerer, eq: Equation) -> None:
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
        m.emit(ir.Assign(ran, ir.add(LocalName(ran, INT64), ir.ONE)))
    m.emit(ir.While(tuple(before), holds, tuple(inner)))
    _results(m, places, [slot.result for slot in own])
    m.sets(eq.results[-1], InRegister(LocalName(ran, INT64)))
