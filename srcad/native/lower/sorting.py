"""Sorting along an axis, stable, nan last; places in what is sorted."""

from __future__ import annotations

from collections.abc import Callable

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower.state import DOUBLE, INT64, Lowerer, converted, load, place, viewed
from srcad.native.lower.values import InMemory, NotLowered, machine
from srcad.trace.nodes import Atom, Equation
from srcad.trace.types import Array


def ordered_as(type: CType) -> CType:
    """The type as which numbers of another one are compared: all floats as doubles, all ints as wide ones."""
    if type is CType.UINT64 or type.is_complex:
        raise NotLowered(f"an order of {type.value}")
    return DOUBLE if type.is_float else INT64


def sort(m: Lowerer, eq: Equation) -> None:
    """sort and argsort. Equal elements keep their order, which every kind of sorting may do."""
    source = m.memory(eq.operands[0])
    if not source.rank or eq.params.get("descending"):
        raise NotLowered(f"{eq.op} of a number, or downwards", eq.span)
    m.reads_memory(source)
    axis = eq.params.get("axis", -1) % source.rank
    rows = _with_last(source, axis)
    type, n = ordered_as(source.type), rows.lengths[-1]
    values, places = m.new_array(type, rows.lengths), m.new_array(INT64, rows.lengths)
    scratch, more = m.new_array(type, (n,)), m.new_array(INT64, (n,))

    def copies(at: tuple[CExpr, ...]) -> None:
        m.emit(ir.Store(values.pointer, place(values, at), converted(load(rows, at), type), type))

    def sorts(row: tuple[CExpr, ...]) -> None:
        index = place(values, (*row, ir.ZERO))
        macro = "SORT" if type is DOUBLE else "SORT_INTS"
        m.emit(ir.Support(macro, (values.pointer, places.pointer, index, scratch.pointer, more.pointer, n)))

    m.loops_over(rows.lengths, copies)
    m.loops_over(rows.lengths[:-1], sorts)
    _kept(m, eq, values if eq.op == "sort" else places, source, axis)
    for memory in (values, places, scratch, more):
        m.emit(ir.Support("RELEASE", (memory.block,)))


def _with_last(memory: InMemory, axis: int) -> InMemory:
    """The array with an axis as its last."""
    order = [*(k for k in range(memory.rank) if k != axis), axis]
    return viewed(memory, memory.pointer, [memory.lengths[k] for k in order], [memory.strides[k] for k in order])


def _kept(m: Lowerer, eq: Equation, made: InMemory, source: InMemory, axis: int) -> None:
    """What has been sorted, where it belongs and as it is due."""
    target = m.new_array(machine(eq.result.type), source.lengths, eq.result.name)

    def each(at: tuple[CExpr, ...]) -> None:
        value = converted(load(made, (*at[:axis], *at[axis + 1 :], at[axis])), target.type)
        m.emit(ir.Store(target.pointer, place(target, at), value, target.type))

    m.loops_over(target.lengths, each)
    m.is_array(eq.result, target)


def searchsorted(m: Lowerer, eq: Equation) -> None:
    """The places of numbers in a sorted vector."""
    table, value = eq.operands
    memory = m.memory(table)
    floats = memory.type.is_float or (value.type.dtype or "").startswith("float")
    type = DOUBLE if floats else ordered_as(memory.type)
    if memory.rank != 1 or memory.type is CType.UINT64:
        raise NotLowered("searchsorted in what is no vector", eq.span)
    m.reads_memory(memory)
    if not memory.packed or memory.type is not type:
        memory = _as(m, memory, type)
    name = ("first_above" if eq.params.get("side", "left") == "right" else "first_not_below") + (
        "" if floats else "_int"
    )
    pointer = ir.LocalName(memory.pointer, type)

    def found(x: CExpr) -> CExpr:
        return Apply(name, (pointer, memory.lengths[0], converted(x, type)), INT64)

    looked_up(m, eq, value, found, INT64)


def looked_up(m: Lowerer, eq: Equation, x: Atom, found: Callable[[CExpr], CExpr], type: CType) -> None:
    """What is found for a number, or for each of an array."""
    if not isinstance(x.type, Array):
        m.is_number(eq.result, found(m.scalar(x)))
        return
    asked = m.memory(x)
    m.reads_memory(asked)
    target = m.new_array(type, asked.lengths, eq.result.name)

    def each(at: tuple[CExpr, ...]) -> None:
        m.emit(ir.Store(target.pointer, place(target, at), found(load(asked, at)), type))

    m.loops_over(asked.lengths, each)
    m.is_array(eq.result, target)


def _as(m: Lowerer, source: InMemory, type: CType) -> InMemory:
    """A packed copy of another type, which goes with the call."""
    target = m.new_array(type, source.lengths)

    def each(at: tuple[CExpr, ...]) -> None:
        m.emit(ir.Store(target.pointer, place(target, at), converted(load(source, at), type), type))

    m.loops_over(source.lengths, each)
    m.keeps(target)
    return target
