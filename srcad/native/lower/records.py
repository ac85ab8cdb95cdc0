"""Records and tuples: what belongs together is one block, with blocks that it holds, numbers and lengths.

A record is what a procedure keeps for its pullback.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower.lists import elements, in_block, number_of_nothing, owned_block, whole
from srcad.native.lower.state import INT64, Lowerer
from srcad.native.lower.values import NotLowered, NoValue, element_kind, machine
from srcad.trace.nodes import Atom, Equation, Var
from srcad.trace.types import Array, Record, Type

WIDTH = 8
WIDE = 16  # of complex numbers


@dataclass(frozen=True)
class Field:
    """An item of a record: which of its blocks it is, and where its number or its lengths begin, in bytes."""

    type: Type
    block: int = -1
    offset: int = 0


def fields(types: Sequence[Type]) -> tuple[tuple[Field, ...], int]:
    """Where the items of a record are, and how many bytes it takes."""
    kinds = [element_kind(t) for t in types]
    end = _even(WIDTH * sum(kind != "scalar" for kind in kinds))
    found, blocks = [], 0
    for t, kind in zip(types, kinds, strict=True):
        if kind == "scalar":
            end = _even(end) if machine(t).is_complex else end
            found.append(Field(t, -1, end))
            end += WIDE if machine(t).is_complex else WIDTH
            continue
        found.append(Field(t, blocks, end))
        blocks += 1
        end += WIDTH * (t.rank or 0 if isinstance(t, Array) else 0)
    return tuple(found), end


def _even(end: int) -> int:
    return -(-end // WIDE) * WIDE


def _layout(types: Sequence[Type]) -> tuple[object, ...]:
    """What must be the same where a record is made, and where it is read."""
    return tuple(map(elements, types))


def record_new(m: Lowerer, eq: Equation) -> None:
    record = eq.result.type
    assert isinstance(record, Record)
    types = m.shared.records.get(record)
    if types is None:
        raise NotLowered("a record that nobody reads", eq.span)
    made(m, eq, types)


def made(m: Lowerer, eq: Equation, types: Sequence[Type]) -> None:
    """A block with the operands."""
    m.close()
    laid, size = fields(types)
    owned = [_owned(m, atom, field.type) for atom, field in zip(eq.operands, laid, strict=True)]
    name = m.name(eq.result.name)
    m.emit(ir.Support("RECORD", (name, str(sum(field.block >= 0 for field in laid)), str(size))))
    for field, (value, lengths) in zip(laid, owned, strict=True):
        if isinstance(value, str):
            m.emit(ir.Support("RECORD_BLOCK", (name, str(field.block), value)))
        else:
            m.emit(ir.Support("RECORD_NUMBER", (name, str(field.offset), value.type, value)))
        for k, n in enumerate(lengths):
            m.emit(ir.Support("RECORD_NUMBER", (name, str(field.offset + WIDTH * k), INT64, n)))
    m.sets(eq.result, in_block(name, eq.result.type))
    m.owns(eq.result, name)


def _owned(m: Lowerer, atom: Atom, t: Type) -> tuple[CExpr | str, tuple[CExpr, ...]]:
    """A number, or a reference to a block with its lengths."""
    kind, nothing = element_kind(t), isinstance(m.value(atom), NoValue)
    if kind == "scalar":
        return (number_of_nothing(t).expr if nothing else m.scalar(atom, machine(t))), ()
    if nothing:
        return "NULL", (ir.ZERO,) * (t.rank or 0 if isinstance(t, Array) else 0)
    return owned_block(m, atom, t)


def record_items(m: Lowerer, eq: Equation) -> None:
    record = m.record(eq.operands[0])
    types = tuple(var.type for var in eq.results)
    known = m.shared.records.get(record.type) if isinstance(record.type, Record) else None
    if known is None or _layout(known) != _layout(types):
        raise NotLowered("a record whose items are read as others than they are", eq.span)
    m.close()
    m.emit(ir.Support("MUST_BE", (record.name,)))
    for var, field in zip(eq.results, fields(types)[0], strict=True):
        item(m, record.name, var, field)


def item(m: Lowerer, record: str, var: Var, field: Field) -> None:
    def number(type: CType, place: int = 0) -> CExpr:
        where = ir.integer(field.offset + WIDTH * place)
        return m.let(Apply("field", (ir.LocalName(record, INT64), where), type), var.name if not place else "n")

    if field.block < 0:
        m.is_number(var, number(machine(var.type)))
        return
    name = m.name(f"{var.name or 'v'}_block" if isinstance(var.type, Array) else var.name)
    m.emit(ir.Support("RECORD_ITEM", (name, record, str(field.block))), ir.Support("RETAIN", (name,)))
    m.escaped.add(name)
    m.owns(var, name)
    if not isinstance(var.type, Array):
        m.sets(var, in_block(name, var.type))
        return
    lengths = m.known.all_of(var.type.dims, [number(INT64, k) for k in range(var.type.rank)])
    m.sets(var, whole(m, name, lengths, var.type, var.name))


def records_in(equations: Iterator[Equation]) -> dict[Record, tuple[Type, ...]]:
    """The types of the items of records, as they are read."""
    found: dict[Record, tuple[Type, ...]] = {}
    for eq in equations:
        if eq.op == "record_items" and isinstance(eq.operands[0].type, Record):
            found.setdefault(eq.operands[0].type, tuple(var.type for var in eq.results))
    return found
