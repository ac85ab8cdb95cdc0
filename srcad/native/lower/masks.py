"""Subscripts by a mask of the shape of the array: the elements where it is true, one after the other."""

from __future__ import annotations

from srcad.native import ir
from srcad.native.ir import CExpr
from srcad.native.lower.state import BOOL, INT64, Lowerer, converted, load, place
from srcad.native.lower.values import InMemory, NotLowered
from srcad.trace.nodes import Atom, Equation
from srcad.trace.types import Array


def is_mask(eq: Equation, first: int) -> bool:
    """Whether the subscript of an equation is one mask; `first`: where its operands begin."""
    template = eq.params["index"]
    mask = eq.operands[first] if len(template) == 1 and template[0][0] == "array" else None
    return mask is not None and mask.type.dtype == "bool" and mask.type.rank == eq.operands[0].type.rank


def picked(m: Lowerer, eq: Equation) -> None:
    x, mask = (m.memory(a) for a in eq.operands)
    _must_be_alike(m, x, mask)
    m.reads_memory(x)
    m.reads_memory(mask)
    count = _counter(m)

    def counts(places: tuple[CExpr, ...]) -> None:
        m.emit(ir.If(load(mask, places), (_next(count),)))

    m.loops_over(mask.lengths, counts)
    target = m.new_array(x.type, (count,), eq.result.name)
    k = _counter(m)

    def takes(places: tuple[CExpr, ...]) -> None:
        one = ir.Store(target.pointer, k, load(x, places), x.type)
        m.emit(ir.If(load(mask, places), (one, _next(k))))

    m.loops_over(mask.lengths, takes)
    m.is_array(eq.result, target)


def places_of(m: Lowerer, mask: InMemory) -> tuple[InMemory, ...]:
    """Where a mask is true: a vector of places for each of its axes, kept up to the end of the region."""
    count = _counter(m)
    m.loops_over(mask.lengths, lambda places: m.emit(ir.If(load(mask, places), (_next(count),))))
    targets = tuple(m.new_array(INT64, (count,), "places") for _ in mask.lengths)
    k = _counter(m)

    def writes(places: tuple[CExpr, ...]) -> None:
        stores = [ir.Store(one.pointer, k, where, INT64) for one, where in zip(targets, places, strict=True)]
        m.emit(ir.If(load(mask, places), (*stores, _next(k))))

    m.loops_over(mask.lengths, writes)
    for one in targets:
        m.keeps(one)
    return targets


def stored(m: Lowerer, eq: Equation, target: InMemory, adds: bool) -> None:
    """Numbers, or one after the other the elements of a vector, where the mask is true."""
    value, mask = eq.operands[1], m.memory(eq.operands[2])
    _must_be_alike(m, target, mask)
    source = _source(m, value, target)
    number = None if source is not None else converted(m.scalar(value), target.type)
    m.close()
    k = _counter(m)

    def puts(places: tuple[CExpr, ...]) -> None:
        if source is None:
            assert number is not None
            m.emit(ir.If(load(mask, places), (_put(target, places, number, adds),)))
            return
        with m.block() as inner:
            one = ir.equal(source.lengths[0], ir.ONE)
            index = ir.Apply("select", (one, ir.ZERO, k), INT64)
            m.fail(ir.Apply("outside", (index, source.lengths[0]), BOOL), "shape")
            new = converted(ir.Load(source.pointer, ir.times(index, source.strides[0]), source.type), target.type)
            m.emit(_put(target, places, new, adds), _next(k))
        m.emit(ir.If(load(mask, places), tuple(inner)))

    m.loops_over(mask.lengths, puts)
    if source is not None:
        apart = ir.Apply("not_equal", (source.lengths[0], ir.ONE), BOOL)
        m.fail(ir.Apply("and", (apart, ir.Apply("not_equal", (k, source.lengths[0]), BOOL)), BOOL), "shape")


def _put(target: InMemory, places: tuple[CExpr, ...], value: CExpr, adds: bool) -> ir.Store:
    return ir.Store(target.pointer, place(target, places), value, target.type, adds)


def _source(m: Lowerer, value: Atom, target: InMemory) -> InMemory | None:
    if not isinstance(value.type, Array):
        return None
    source = m.memory(value)
    if source.rank != 1:
        raise NotLowered("a store by a mask of what is no vector")
    return source if m.harmless(target, source, apart=True) else m.copied(source)


def _counter(m: Lowerer) -> CExpr:
    name = m.name("k")
    m.emit(ir.Let(name, INT64, ir.ZERO, final=False))
    return ir.LocalName(name, INT64)


def _next(counter: CExpr) -> ir.Assign:
    assert isinstance(counter, ir.LocalName)
    return ir.Assign(counter.name, ir.add(counter, ir.ONE))


def _must_be_alike(m: Lowerer, x: InMemory, mask: InMemory) -> None:
    """A mask is as long as the array along each axis; along one of them it may have no elements, as NumPy has it."""
    for n, other in zip(x.lengths, mask.lengths, strict=True):
        differ = ir.Apply("not_equal", (n, other), BOOL), ir.Apply("not_equal", (other, ir.ZERO), BOOL)
        m.fail(ir.Apply("and", differ, BOOL), "index")
