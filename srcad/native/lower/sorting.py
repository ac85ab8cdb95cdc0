"""Sorting along the last axis, stable, nan last."""

from __future__ import annotations

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower.state import INT64, Lowerer, place
from srcad.native.lower.values import NotLowered
from srcad.trace.nodes import Equation


def sort(m: Lowerer, eq: Equation) -> None:
    """sort and argsort. Equal elements keep their order, which every kind of sorting may do."""
    source = m.memory(eq.operands[0])
    if eq.params.get("axis", -1) not in (-1, source.rank - 1) or source.type is not CType.DOUBLE or not source.rank:
        raise NotLowered(f"{eq.op} along another axis, or of other numbers than floats", eq.span)
    m.reads_memory(source)
    values = m.copied(source, eq.result.name)
    places = m.new_array(CType.INT64, source.lengths)
    n = source.lengths[-1]
    scratch = m.new_array(CType.DOUBLE, (n,))
    more = m.new_array(CType.INT64, (n,))

    def each(row: tuple[CExpr, ...]) -> None:
        first = (*row, ir.ZERO)
        index = place(values, first)
        m.emit(ir.Support("SORT", (values.pointer, places.pointer, index, scratch.pointer, more.pointer, n)))

    m.loops_over(source.lengths[:-1], each)
    kept, left = (values, places) if eq.op == "sort" else (places, values)
    for memory in (left, scratch, more):
        m.emit(ir.Support("RELEASE", (memory.block,)))
    m.is_array(eq.result, kept)


def searchsorted(m: Lowerer, eq: Equation) -> None:
    """The place of a number in a sorted vector."""
    table, value = eq.operands
    memory = m.memory(table)
    if memory.type is not CType.DOUBLE or value.type.rank != 0 or not memory.packed:
        raise NotLowered("searchsorted of arrays", eq.span)
    m.reads_memory(memory)
    name = "first_above" if eq.params.get("side", "left") == "right" else "first_not_below"
    pointer = ir.LocalName(memory.pointer, CType.DOUBLE)
    m.is_number(eq.result, Apply(name, (pointer, memory.lengths[0], m.scalar(value, CType.DOUBLE)), INT64))
