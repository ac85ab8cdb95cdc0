"""Lists, tapes above all: blocks with elements of one kind, which grow by doubling."""

from __future__ import annotations

import numpy as np

from srcad.native import ir
from srcad.native.ir import Apply, CExpr
from srcad.native.lower.state import BOOL, DOUBLE, INT64, Lowerer, converted, load, place
from srcad.native.lower.subscripts import inside, sliced
from srcad.native.lower.values import InList, InMemory, InRecord, InRegister, NotLowered, element_kind, machine
from srcad.trace.nodes import Atom, Equation, Var
from srcad.trace.types import Array, ListOf, Record, Scalar, TupleOf, Type

# ---- what a list holds: numbers as they are, arrays as (block, lengths), lists as blocks


def layout(t: Type) -> tuple[str, int]:
    """The kind of the elements, and the rank of arrays."""
    kind = element_kind(t)
    if kind == "scalar":
        machine(t)
    return kind, (t.rank or 0) if kind == "array" else 0


def elements(t: Type) -> object:
    """How the elements of a list stand in memory."""
    kind, rank = layout(t)
    if isinstance(t, Record):
        return kind, rank, t
    if isinstance(t, TupleOf):
        return kind, rank, tuple(map(elements, t.items))
    return kind, rank, elements(t.element) if isinstance(t, ListOf) else machine(t)


def in_block(name: str, t: Type) -> InList | InRecord:
    """A list or a record, by the name of its block."""
    if isinstance(t, (Record, TupleOf)):
        return InRecord(name, t)
    assert isinstance(t, ListOf)
    return InList(name, t.element)


def new_list(m: Lowerer, element: Type, hint: str | None) -> InList:
    kind, rank = layout(element)
    name = m.name(hint)
    m.emit(ir.Support(f"NEW_LIST_{kind.upper()}", (name, *([machine(element)] if kind == "scalar" else [str(rank)]))))
    m.fresh.add(name)
    return InList(name, element)


def owned_block(m: Lowerer, atom: Atom, kind: Type) -> tuple[str, tuple[CExpr, ...]]:
    """A reference of its own to what an atom is, as a slot or an element of a list has it: a block, and lengths."""
    if isinstance(kind, ListOf):
        items = m.items(atom)
        if elements(items.element) != elements(kind.element):
            raise NotLowered(f"a list of {items.element} where there is one of {kind.element}")
        m.emit(ir.Support("RETAIN", (items.name,)))
        m.escaped.add(items.name)
        return items.name, ()
    if isinstance(kind, (Record, TupleOf)):
        record = m.record(atom)
        if elements(record.type) != elements(kind):
            raise NotLowered(f"{record.type} where there is {kind}")
        m.emit(ir.Support("RETAIN", (record.name,)))
        return record.name, ()
    if not isinstance(atom.type, Array):
        raise NotLowered(f"{atom.type} where there is {kind}")
    memory = m.memory(atom)
    if memory.rank != kind.rank:
        raise NotLowered("arrays of several ranks in one place")
    if memory.type is not machine(kind):
        raise NotLowered("arrays of several dtypes in one place")
    m.reads_memory(memory)
    if not memory.whole:
        memory = m.copied(memory)
        return memory.block, memory.lengths
    m.escaped.add(memory.root)
    m.emit(ir.Support("RETAIN", (memory.block,)))
    return memory.block, memory.lengths


def _pushed(m: Lowerer, name: str, element: Type, atom: Atom) -> None:
    kind, rank = layout(element)
    if kind == "scalar":
        m.emit(ir.Support("PUSH_SCALAR", (name, machine(element), m.scalar(atom, machine(element)))))
        return
    block, lengths = owned_block(m, atom, element)
    m.emit(ir.Support(f"PUSH_{kind.upper()}", (name, block, *([str(rank), *lengths] if kind == "array" else []))))


def _taken(m: Lowerer, name: str, element: Type, index: CExpr, var: Var, moved: bool) -> None:
    """An element as a variable. `moved`: the list has it no longer."""
    kind, rank = layout(element)
    if kind == "scalar":
        m.is_number(var, Apply(f"item:{machine(element).value}", (ir.LocalName(name, INT64), index), machine(element)))
        return
    block = m.name(f"{var.name or 'v'}_block" if kind == "array" else var.name)
    m.emit(ir.Support("ELEMENT", (block, name, index, str(rank))))
    if not moved:
        m.emit(ir.Support("RETAIN", (block,)))
    if kind == "list":
        m.sets(var, in_block(block, element))
    else:
        lengths = tuple(
            m.let(Apply(f"length:{k}:{rank}", (ir.LocalName(name, INT64), index), INT64), "n") for k in range(rank)
        )
        if isinstance(var.type, Array):
            lengths = m.known.all_of(var.type.dims, lengths)
        m.sets(var, whole(m, block, lengths, element, var.name))
    m.owns(var, block)


def whole(m: Lowerer, block: str, lengths: tuple[CExpr, ...], element: Type, hint: str | None) -> InMemory:
    """All of a block, as an array."""
    pointer = m.name(hint)
    type = machine(element)
    m.emit(ir.Support("DATA", (pointer, block, type)))
    return InMemory(pointer, type, lengths, m.packed(lengths), block, block, packed=True)


# ---- operations


def list_new(m: Lowerer, eq: Equation) -> None:
    assert isinstance(eq.result.type, ListOf)
    made = new_list(m, eq.result.type.element, eq.result.name)
    for atom in eq.operands:
        _pushed(m, made.name, made.element, atom)
    m.sets(eq.result, made)
    m.owns(eq.result, made.name)


def copy_list(m: Lowerer, eq: Equation) -> None:
    """Another list of the same elements; of other ones, if these are to be overwritten."""
    source = m.items(eq.operands[0])
    deep = bool(eq.params.get("deep")) and not isinstance(source.element, Scalar)
    _made(m, eq, "COPY_ALL" if deep else "COPY_LIST", source.element, source.name)


def _made(m: Lowerer, eq: Equation, macro: str, element: Type, *arguments: str | CExpr) -> None:
    """A new list that a macro of the support makes."""
    m.close()  # arrays in lists are copied with them
    name = m.name(eq.result.name)
    m.emit(ir.Support(macro, (name, *arguments)))
    m.sets(eq.result, InList(name, element))
    m.owns(eq.result, name)


def overwritten(m: Lowerer, eq: Equation, result: Var) -> InList:
    """The list that an update changes: operand 0, or a copy of it."""
    source = m.items(eq.operands[0])
    if eq in m.in_place:
        m.sets(result, source)
        m.alias(result, eq.operands[0])
        return source
    name = m.name(result.name)
    m.emit(ir.Support("COPY_LIST", (name, source.name)))
    made = InList(name, source.element)
    m.sets(result, made)
    m.owns(result, name)
    return made


def list_append(m: Lowerer, eq: Equation) -> None:
    items = overwritten(m, eq, eq.result)
    _pushed(m, items.name, items.element, eq.operands[1])


def list_pop(m: Lowerer, eq: Equation) -> None:
    value, rest = eq.results
    items = overwritten(m, eq, rest)
    m.fail(Apply("is_empty", (ir.LocalName(items.name, INT64),), BOOL), "index")
    m.emit(ir.Support("POP", (items.name,)))
    last = Apply("list_length", (ir.LocalName(items.name, INT64),), INT64)
    _taken(m, items.name, items.element, last, value, moved=True)


def list_get(m: Lowerer, eq: Equation) -> None:
    items = m.items(eq.operands[0])
    _taken(m, items.name, items.element, _index(m, items, eq.operands[1]), eq.result, moved=False)


def _index(m: Lowerer, items: InList, atom: Atom) -> CExpr:
    return inside(m, m.scalar(atom, INT64), _length(m, items))


def list_set(m: Lowerer, eq: Equation) -> None:
    _, value, index = eq.operands
    items = overwritten(m, eq, eq.result)
    kind, rank = layout(items.element)
    place = _index(m, items, index)
    if kind == "scalar":
        m.emit(
            ir.Support(
                "SET_SCALAR", (items.name, place, machine(items.element), m.scalar(value, machine(items.element)))
            )
        )
        return
    block, lengths = owned_block(m, value, items.element)
    m.emit(
        ir.Support(
            f"SET_{kind.upper()}", (items.name, place, block, *([str(rank), *lengths] if kind == "array" else []))
        )
    )


def list_add(m: Lowerer, eq: Equation) -> None:
    """An element is added to: where others have it, too, it is copied before."""
    _, value, index = eq.operands
    m.close()
    items = overwritten(m, eq, eq.result)
    place = _index(m, items, index)
    if isinstance(items.element, Scalar):
        type = machine(items.element)
        old = Apply(f"item:{type.value}", (ir.LocalName(items.name, INT64), place), type)
        m.emit(ir.Support("SET_SCALAR", (items.name, place, type, Apply("add", (old, m.scalar(value, type)), type))))
        return
    kind, rank = layout(items.element)
    adding = adding_of(items.element)
    block, lengths = owned_block(m, value, items.element)
    m.emit(ir.Support("ADD_BLOCK", (items.name, place, adding, block, str(rank if kind == "array" else 0), *lengths)))
    m.emit(ir.Support("RELEASE", (block,)))


def accumulate(m: Lowerer, eq: Equation) -> None:
    """Item by item."""
    m.close()
    items = overwritten(m, eq, eq.result)
    m.emit(ir.Support("ADD_LIST", (items.name, adding_of(items.element), m.items(eq.operands[1]).name)))


def adding_of(element: Type) -> str:
    """What of the support adds up all that stands in a list."""
    type = machine(leaf(element)).part
    if not type.is_float:
        raise NotLowered("a list of what isn't floats, whose elements are added to")
    return "add_blocks" if type is DOUBLE else "add_blocks_f"


def leaf(t: Type) -> Type:
    """What stands in a nested list."""
    return leaf(t.element) if isinstance(t, ListOf) else t


def list_length(items: InList) -> CExpr:
    return Apply("list_length", (ir.LocalName(items.name, INT64),), INT64)


def list_len(m: Lowerer, eq: Equation) -> None:
    items = m.items(eq.operands[0])
    m.is_number(eq.result, Apply("list_length", (ir.LocalName(items.name, INT64),), INT64))


def list_zeros(m: Lowerer, eq: Equation) -> None:
    items, result = m.items(eq.operands[0]), eq.result.type
    if not isinstance(result, ListOf):
        raise NotLowered(f"zeros in the shape of {result}", eq.span)
    if isinstance(items.element, Scalar):
        made = new_list(m, result.element, eq.result.name)
        count = m.let(Apply("list_length", (ir.LocalName(items.name, INT64),), INT64), "n")
        m.emit(ir.Support("ZEROS", (made.name, count)))
        m.sets(eq.result, made)
        m.owns(eq.result, made.name)
        return
    if np.dtype(machine(leaf(result)).value).itemsize != np.dtype(machine(leaf(items.element)).value).itemsize:
        raise NotLowered("zeros of another size than what they are zeros of", eq.span)
    _made(m, eq, "ZEROS_OF", result.element, items.name)


def list_slice(m: Lowerer, eq: Equation) -> None:
    items, bounds = m.items(eq.operands[0]), eq.operands[1:]
    first, count, step = sliced(m, _length(m, items), (*bounds, None, None, None)[:3])
    _made(m, eq, "SLICE_LIST", items.element, items.name, first, count, step)


def list_reverse(m: Lowerer, eq: Equation) -> None:
    items = m.items(eq.operands[0])
    n = _length(m, items)
    _made(m, eq, "SLICE_LIST", items.element, items.name, ir.subtract(n, ir.ONE), n, ir.integer(-1))


def list_concat(m: Lowerer, eq: Equation) -> None:
    first, second = _alike(m, eq)
    _made(m, eq, "CONCAT_LISTS", first.element, first.name, second.name)


def list_repeat(m: Lowerer, eq: Equation) -> None:
    items = m.items(eq.operands[0])
    _made(m, eq, "REPEAT_LIST", items.element, items.name, m.scalar(eq.operands[1], INT64))


def list_set_slice(m: Lowerer, eq: Equation) -> None:
    """The list with others in the places of some neighbours."""
    items, values = _alike(m, eq)
    first, count, step = sliced(m, _length(m, items), (*eq.operands[2:], None, None, None)[:3])
    if step == ir.ONE:
        _made(m, eq, "SPLICED_LIST", items.element, items.name, first, count, values.name)
        return
    m.fail(Apply("not_equal", (count, _length(m, values)), BOOL), "value")
    _made(m, eq, "STRIDED_LIST", items.element, items.name, first, count, step, values.name)


def _alike(m: Lowerer, eq: Equation) -> tuple[InList, InList]:
    """Two lists whose elements are laid out in one way; one that is known to be empty is like all others."""
    first, second = (m.items(a) for a in eq.operands[:2])
    if layout(first.element) != layout(second.element) or machine(leaf(first.element)) is not machine(
        leaf(second.element)
    ):
        raise NotLowered("lists of several kinds that are put together", eq.span)
    return first, second


def _length(m: Lowerer, items: InList) -> CExpr:
    return m.let(Apply("list_length", (ir.LocalName(items.name, INT64),), INT64), "n")


def list_to_array(m: Lowerer, eq: Equation) -> None:
    items = m.items(eq.operands[0])
    if isinstance(items.element, ListOf) or not isinstance(eq.result.type, Array):
        raise NotLowered("an array of nested lists", eq.span)
    type, name = machine(eq.result.type), ir.LocalName(items.name, INT64)
    count = m.let(Apply("list_length", (name,), INT64), "n")
    if eq.params.get("stacked"):
        m.fail(Apply("equal", (count, ir.ZERO), BOOL), "value")
    if isinstance(items.element, Scalar):
        target = m.new_array(type, (count,), eq.result.name)
        index = m.name("i")
        item = Apply(f"item:{machine(items.element).value}", (name, ir.LocalName(index, INT64)), machine(items.element))
        m.emit(
            ir.For(
                index,
                ir.ZERO,
                count,
                (ir.Store(target.pointer, ir.LocalName(index, INT64), converted(item, type), type),),
            )
        )
        m.is_array(eq.result, target)
        return
    if machine(items.element) is not type:
        raise NotLowered("an array of arrays of another dtype", eq.span)
    _rows(m, eq, items, count)


def _rows(m: Lowerer, eq: Equation, items: InList, count: CExpr) -> None:
    """Arrays of one shape, one below the other."""
    m.close()
    rank, type, name = items.element.rank or 0, machine(eq.result.type), ir.LocalName(items.name, INT64)
    m.fail(Apply("equal", (count, ir.ZERO), BOOL), "arithmetic")  # of no rows NumPy makes another shape
    lengths = tuple(m.let(Apply(f"length:{k}:{rank}", (name, ir.ZERO), INT64), "n") for k in range(rank))
    target = m.new_array(type, (count, *lengths), eq.result.name)
    size = m.let(ir.product(lengths), "size")
    row, element = m.name("k"), m.name("row")
    with m.block() as inner:
        m.emit(ir.Support("ELEMENT", (element, items.name, ir.LocalName(row, INT64), str(rank))))
        for k, n in enumerate(lengths):
            own = Apply(f"length:{k}:{rank}", (name, ir.LocalName(row, INT64)), INT64)
            m.fail(Apply("not_equal", (own, n), BOOL), "arithmetic")
        m.emit(ir.Support("COPY_ROW", (target.pointer, ir.times(ir.LocalName(row, INT64), size), element, size, type)))
    m.emit(ir.For(row, ir.ZERO, count, tuple(inner)))
    m.is_array(eq.result, target)


def array_to_list(m: Lowerer, eq: Equation) -> None:
    if eq.params.get("depth", 1) != 1:
        raise NotLowered("nested lists of an array", eq.span)
    source = m.memory(eq.operands[0])
    m.reads_memory(source)
    made = new_list(m, eq.result.type.element, eq.result.name)  # type: ignore[attr-defined]
    index = m.name("i")
    row = ir.LocalName(index, INT64)
    with m.block() as inner:
        if isinstance(made.element, Scalar):
            value = load(source, (row,))
            m.emit(ir.Support("PUSH_SCALAR", (made.name, source.type, value)))
        else:
            _push_row(m, made, source, row)
    m.emit(ir.For(index, ir.ZERO, source.lengths[0], tuple(inner)))
    m.sets(eq.result, made)
    m.owns(eq.result, made.name)


def _push_row(m: Lowerer, made: InList, source: InMemory, row: CExpr) -> None:
    lengths = source.lengths[1:]
    target = m.new_array(source.type, lengths)

    def each(places: tuple[CExpr, ...]) -> None:
        m.emit(ir.Store(target.pointer, place(target, places), load(source, (row, *places)), source.type))

    m.loops_over(lengths, each, simd=True)
    m.emit(ir.Support("PUSH_ARRAY", (made.name, target.block, str(len(lengths)), *lengths)))


def number_of_nothing(t: Type) -> InRegister:
    """What stands in a slot for a number that isn't there yet."""
    type = machine(t)
    return InRegister(ir.Literal(0.0 if type.is_float else 0, type))
