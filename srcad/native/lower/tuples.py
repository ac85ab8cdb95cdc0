"""Tuples, which are laid out as records are; zeros in the shape of lists of them, and sums with their elements."""

from __future__ import annotations

from srcad.native import ir
from srcad.native.ir import Apply, CExpr
from srcad.native.lower.lists import adding_of, elements, in_block, list_length, new_list, overwritten
from srcad.native.lower.records import WIDTH, Field, fields, item, made
from srcad.native.lower.state import INT64, Lowerer
from srcad.native.lower.subscripts import inside
from srcad.native.lower.values import NotLowered, machine
from srcad.trace.nodes import Equation
from srcad.trace.types import Array, ListOf, TupleOf, Type


def tuple_new(m: Lowerer, eq: Equation) -> None:
    made(m, eq, _items(eq.result.type))


def tuple_get(m: Lowerer, eq: Equation) -> None:
    whole, index = m.record(eq.operands[0]), eq.params["index"]
    items = _items(whole.type)
    if not isinstance(index, int) or elements(items[index]) != elements(eq.result.type):
        raise NotLowered(f"an item of {whole.type}", eq.span)
    m.close()
    m.emit(ir.Support("MUST_BE", (whole.name,)))
    item(m, whole.name, eq.result, fields(items)[0][index])


def _items(t: Type) -> tuple[Type, ...]:
    if not isinstance(t, TupleOf):
        raise NotLowered(f"{t} where there is a tuple")
    return t.items


def copy(m: Lowerer, eq: Equation) -> None:
    """One that shares nothing."""
    source = m.record(eq.operands[0])
    m.close()
    name = m.name(eq.result.name)
    m.emit(ir.Support("MUST_BE", (source.name,)), ir.Support("COPY_ALL", (name, source.name)))
    m.sets(eq.result, in_block(name, source.type))
    m.owns(eq.result, name)


def accumulate(m: Lowerer, eq: Equation) -> None:
    """A sum, item by item."""
    both = [m.record(a) for a in eq.operands]
    if elements(both[0].type) != elements(both[1].type):
        raise NotLowered(f"{both[1].type} that is added to {both[0].type}", eq.span)
    m.close()
    m.emit(*(ir.Support("MUST_BE", (one.name,)) for one in both))
    name = _each(m, _items(both[0].type), tuple(one.name for one in both), eq.result.name)
    m.sets(eq.result, in_block(name, both[0].type))
    m.owns(eq.result, name)


# ---- lists of tuples


def is_of_tuples(eq: Equation) -> bool:
    """Whether an operation on a list is on one of tuples."""
    kind = eq.operands[0].type
    return isinstance(kind, ListOf) and isinstance(kind.element, TupleOf)


def list_zeros(m: Lowerer, eq: Equation) -> None:
    source, result = m.items(eq.operands[0]), eq.result.type
    if not isinstance(result, ListOf) or elements(source.element) != elements(result.element):
        raise NotLowered(f"zeros in the shape of a list of tuples, as {result}", eq.span)
    m.close()
    target = new_list(m, result.element, eq.result.name)
    count, row, old = m.let(list_length(source), "n"), m.name("k"), m.name("old")
    with m.block() as body:
        m.emit(ir.Support("ELEMENT", (old, source.name, ir.LocalName(row, INT64), "0")))
        m.emit(ir.Support("MUST_BE", (old,)))
        m.emit(ir.Support("PUSH_LIST", (target.name, _each(m, _items(source.element), (old,)))))
    m.emit(ir.For(row, ir.ZERO, count, tuple(body)))
    m.sets(eq.result, target)
    m.owns(eq.result, target.name)


def list_add(m: Lowerer, eq: Equation) -> None:
    """A tuple is added to an element, item by item: a new one stands in its place."""
    _, value, index = eq.operands
    added = m.record(value)
    m.close()
    items = overwritten(m, eq, eq.result)
    if elements(items.element) != elements(added.type):
        raise NotLowered(f"{added.type} that is added to {items.element}", eq.span)
    place = inside(m, m.scalar(index, INT64), m.let(list_length(items), "n"))
    old = m.name("old")
    m.emit(ir.Support("ELEMENT", (old, items.name, place, "0")))
    m.emit(*(ir.Support("MUST_BE", (one,)) for one in (old, added.name)))
    m.emit(ir.Support("SET_LIST", (items.name, place, _each(m, _items(items.element), (old, added.name)))))


def _each(m: Lowerer, items: tuple[Type, ...], sources: tuple[str, ...], hint: str | None = None) -> str:
    """A new tuple whose items are sums of those of two; of one, zeros in their shapes."""
    laid, size = fields(items)
    name = m.name(hint or ("sum" if len(sources) > 1 else "zeros"))
    m.emit(ir.Support("RECORD", (name, str(sum(field.block >= 0 for field in laid)), str(size))))
    for field in laid:
        if field.block < 0:
            m.emit(ir.Support("RECORD_NUMBER", (name, str(field.offset), machine(field.type), _number(field, sources))))
        else:
            _block(m, name, field, sources)
    return name


def _at(source: str, field: Field, t: Type, place: int = 0) -> CExpr:
    return Apply("field", (ir.LocalName(source, INT64), ir.integer(field.offset + WIDTH * place)), machine(t))


def _number(field: Field, sources: tuple[str, ...]) -> CExpr:
    type = machine(field.type)
    if len(sources) == 1:
        return ir.Literal(0, type)
    return Apply("add", tuple(_at(one, field, field.type) for one in sources), type)


def _block(m: Lowerer, name: str, field: Field, sources: tuple[str, ...]) -> None:
    """An array, or a list of numbers or arrays."""
    if isinstance(field.type, TupleOf):
        raise NotLowered("sums with tuples of tuples")
    held = [m.name("held") for _ in sources]
    m.emit(*(ir.Support("RECORD_ITEM", (b, one, str(field.block))) for b, one in zip(held, sources, strict=True)))
    m.emit(*(ir.Support("MUST_BE", (b,)) for b in held))
    block = held[0]
    if len(sources) == 1:
        block = m.name("zeros")
        m.emit(ir.Support("ZEROS_OF", (block, held[0])))
    else:
        m.emit(ir.Support("RETAIN", (block,)), ir.Support("ADD_LIST", (block, adding_of(field.type), held[1])))
    m.emit(ir.Support("RECORD_BLOCK", (name, str(field.block), block)))
    for k in range(field.type.rank or 0 if isinstance(field.type, Array) else 0):
        where = str(field.offset + WIDTH * k)
        length = Apply("field", (ir.LocalName(sources[0], INT64), ir.integer(field.offset + WIDTH * k)), INT64)
        m.emit(ir.Support("RECORD_NUMBER", (name, where, INT64, length)))
