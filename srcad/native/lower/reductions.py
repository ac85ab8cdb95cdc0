"""Reductions: accumulators of the nest that computes what is reduced; running sums; places of extremes."""

from __future__ import annotations

from collections.abc import Callable

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower.elementwise import elements_of, must_be_signed
from srcad.native.lower.nest import Nest, RowTotal
from srcad.native.lower.state import BOOL, INT64, Lowerer, array_type, converted, load, place
from srcad.native.lower.values import InMemory, InRegister, NotLowered, machine
from srcad.trace.nodes import Atom, Equation
from srcad.trace.types import Array

Combine = Callable[[CExpr, CExpr], CExpr]


def reduction(m: Lowerer, eq: Equation) -> None:
    """sum, prod, mean, max, min, any, all, count_nonzero: of all elements, or along axes."""
    x, result = eq.operands[0], machine(eq.result.type)
    initial = m.let(m.scalar(eq.operands[1], result)) if eq.params.get("has_initial") else None
    if not isinstance(x.type, Array):
        one = converted(combine_value(eq.op, m.scalar(x), result), result)
        m.is_number(eq.result, one if initial is None else _accumulates(eq.op, result)[2](initial, one))
        return
    rank = x.type.rank
    axis, keep = eq.params.get("axis"), bool(eq.params.get("keepdims"))
    axes = tuple(range(rank)) if axis is None else tuple(a % rank for a in ((axis,) if isinstance(axis, int) else axis))
    reduced(m, eq, x, axes, axes if keep else (), initial=initial)


def sum_to(m: Lowerer, eq: Equation) -> None:
    axes = tuple(eq.params["axes"])
    kept = eq.params.get("keep") or ()
    reduced(m, eq, eq.operands[0], axes, axes if kept is True else tuple(kept), "sum")


def reduced(
    m: Lowerer,
    eq: Equation,
    x: Atom,
    axes: tuple[int, ...],
    kept: tuple[int, ...],
    op: str = "",
    initial: CExpr | None = None,
) -> None:
    op = op or eq.op
    nest, (element,) = elements_of(m, array_type(x.type).dims, (x,))
    if not nest.indices:
        raise NotLowered(f"{op} of an array without dimensions", eq.span)
    type, start, combine = _accumulates(op, machine(eq.result.type))
    start = start if initial is None else initial
    value = combine_value(op, element, type)
    count = ir.product(tuple(nest.lengths[a] for a in axes))
    if op in ("max", "min") and initial is None:
        m.fail(Apply("equal", (count, ir.ZERO), BOOL), "value")
    if len(axes) == len(nest.indices) and not isinstance(eq.result.type, Array):
        total = _accumulator(m, nest, eq, type, start, combine, value, op)
        if op == "mean":
            mean = m.name(eq.result.name)
            nest.after.append(ir.Let(mean, type, _mean(total, count)))
            total = ir.LocalName(mean, type)
        nest.pending[eq.result] = InRegister(total)
        return
    _along(m, nest, eq, axes, kept, type, start, combine, value, op, count)


def _accumulator(
    m: Lowerer, nest: Nest, eq: Equation, type: CType, start: CExpr, combine: Combine, value: CExpr, op: str
) -> CExpr:
    name = m.name(eq.result.name if op != "mean" else "total")
    total = ir.LocalName(name, type)
    nest.before.append(ir.Let(name, type, start, final=False))
    nest.body.append(ir.Assign(name, combine(total, value)))
    nest.sums.append(f"{_clause(op)}:{name}")
    return total


def _along(
    m: Lowerer,
    nest: Nest,
    eq: Equation,
    axes: tuple[int, ...],
    kept: tuple[int, ...],
    type: CType,
    start: CExpr,
    combine: Combine,
    value: CExpr,
    op: str,
    count: CExpr,
) -> None:
    """An accumulator for each place of the result: a number, where the axes are the last ones; else in memory."""
    rank = len(nest.indices)
    left = [k for k in range(rank) if k not in axes or k in kept]
    lengths = tuple(ir.ONE if k in axes else nest.lengths[k] for k in left)
    target = m.new_array(type, lengths, eq.result.name)
    places = tuple(ir.ZERO if k in axes else ir.LocalName(nest.indices[k], INT64) for k in left)
    index = place(target, places)
    depth = rank - len(axes)
    if sorted(axes) == list(range(depth, rank)):
        name = m.name("total")
        total: CExpr = ir.LocalName(name, type)
        end = _mean(total, count) if op == "mean" else total
        nest.rows.append(
            RowTotal(depth, (ir.Let(name, type, start, final=False),), (ir.Store(target.pointer, index, end, type),))
        )
        nest.body.append(ir.Assign(name, combine(total, value)))
        if len(axes) == 1:
            nest.sums.append(f"{_clause(op)}:{name}")
        else:
            nest.simd = False
    else:
        fill(m, target, start)
        old = ir.Load(target.pointer, index, type)
        nest.body.append(ir.Store(target.pointer, index, combine(old, value), type))
        nest.simd = nest.simd and rank - 1 not in axes
        if op == "mean":
            m.close()
            i = m.name("i")
            each = ir.Load(target.pointer, ir.LocalName(i, INT64), type)
            size = ir.product(lengths)
            body = (ir.Store(target.pointer, ir.LocalName(i, INT64), _mean(each, count), type),)
            m.emit(ir.For(i, ir.ZERO, size, body, simd=True))
            m.is_array(eq.result, target)
            return
    nest.writes.append(target)
    nest.pending[eq.result] = target


def fill(m: Lowerer, target: InMemory, value: CExpr) -> None:
    """All of fresh memory."""
    size = ir.product(target.lengths)
    if isinstance(value, ir.Literal) and not value.value:
        m.emit(ir.Support("ZERO", (target.pointer, m.let(size, "size"), target.type)))
        return
    index = m.name("i")
    m.emit(
        ir.For(
            index, ir.ZERO, size, (ir.Store(target.pointer, ir.LocalName(index, INT64), value, target.type),), simd=True
        )
    )


def _mean(total: CExpr, count: CExpr) -> CExpr:
    return Apply("divide", (total, converted(count, total.type)), total.type)


def combine_value(op: str, element: CExpr, type: CType) -> CExpr:
    """What is accumulated of an element."""
    if op in ("any", "all"):
        return converted(element, BOOL)
    if op == "count_nonzero":
        return converted(converted(element, BOOL), INT64)
    return converted(element, type)


def _clause(op: str) -> str:
    """How OpenMP calls the accumulation."""
    return {"prod": "*", "max": "max_", "min": "min_", "any": "||", "all": "&&"}.get(op, "+")


def _accumulates(op: str, result: CType) -> tuple[CType, CExpr, Combine]:
    """The type of an accumulator, its first value, how a value is added."""
    if op in ("sum", "mean", "count_nonzero"):
        return result, ir.Literal(0.0 if result.is_float else 0, result), _by("add", result)
    if op == "prod":
        return result, ir.Literal(1.0 if result.is_float else 1, result), _by("multiply", result)
    if op in ("any", "all"):
        both = "or" if op == "any" else "and"
        return BOOL, ir.Literal(op == "all", BOOL), lambda total, value: Apply(both, (total, value), BOOL)
    if op in ("max", "min") and not result.is_complex:
        must_be_signed(op, result)
        lowest = Apply("lowest" if op == "max" else "highest", (), result)
        return result, lowest, _by("maximum" if op == "max" else "minimum", result)
    raise NotLowered(f"{op} of {result.value}")


def _by(op: str, type: CType) -> Combine:
    return lambda total, value: Apply(op, (total, value), type)


def running(m: Lowerer, eq: Equation) -> None:
    """cumsum and cumprod along an axis."""
    source = m.memory(eq.operands[0])
    if not source.rank:
        raise NotLowered(f"{eq.op} of an array without dimensions", eq.span)
    m.reads_memory(source)
    type = machine(eq.result.type)
    target = m.new_array(type, source.lengths, eq.result.name)
    axis = eq.params["axis"] % source.rank
    op = "add" if eq.op == "cumsum" else "multiply"
    others = [n for k, n in enumerate(source.lengths) if k != axis]

    def each(places: tuple[CExpr, ...]) -> None:
        total = m.name("total")
        m.emit(ir.Let(total, type, ir.Literal((0 if op == "add" else 1), type), final=False))
        step = m.name("k")
        whole = (*places[:axis], ir.LocalName(step, INT64), *places[axis:])
        value = Apply(op, (ir.LocalName(total, type), converted(load(source, whole), type)), type)
        body = (
            ir.Assign(total, value),
            ir.Store(target.pointer, place(target, whole), ir.LocalName(total, type), type),
        )
        m.emit(ir.For(step, ir.ZERO, source.lengths[axis], body))

    m.loops_over(others, each)
    m.is_array(eq.result, target)


def extreme_place(m: Lowerer, eq: Equation) -> None:
    """argmax and argmin: the first, where a nan is more than all others; of all elements, or along an axis."""
    source, axis = m.memory(eq.operands[0]), eq.params.get("axis")
    if not source.rank or source.type.is_complex:
        raise NotLowered(f"{eq.op} of complex numbers, or of an array without dimensions", eq.span)
    m.reads_memory(source)
    axes = tuple(range(source.rank)) if axis is None else (axis % source.rank,)
    size = m.let(ir.product(tuple(source.lengths[a] for a in axes)), "size")
    m.fail(Apply("equal", (size, ir.ZERO), BOOL), "value")
    if not isinstance(eq.result.type, Array):
        m.sets(eq.result, InRegister(_extreme(m, eq, source, axes, ())))
        return
    kept = bool(eq.params.get("keepdims"))
    lengths = [ir.ONE if k in axes else n for k, n in enumerate(source.lengths) if kept or k not in axes]
    target = m.new_array(INT64, lengths, eq.result.name)

    def each(places: tuple[CExpr, ...]) -> None:
        others = tuple(p for k, p in enumerate(places) if k not in axes) if kept else places
        found = _extreme(m, eq, source, axes, others)
        m.emit(ir.Store(target.pointer, place(target, places), found, INT64))

    m.loops_over(target.lengths, each)
    m.is_array(eq.result, target)


def _extreme(
    m: Lowerer, eq: Equation, source: InMemory, axes: tuple[int, ...], others: tuple[CExpr, ...]
) -> ir.LocalName:
    """Where among the elements along these axes the extreme is."""

    def whole(along: tuple[CExpr, ...]) -> list[CExpr]:
        inside, outside = iter(along), iter(others)
        return [next(inside) if k in axes else next(outside) for k in range(source.rank)]

    best, found, count = m.name("best"), m.name(eq.result.name), m.name("k")
    first = load(source, whole((ir.ZERO,) * len(axes)))
    m.emit(ir.Let(best, source.type, first, final=False), ir.Let(found, INT64, ir.ZERO, final=False))
    m.emit(ir.Let(count, INT64, ir.ZERO, final=False))

    def each(places: tuple[CExpr, ...]) -> None:
        value = m.let(load(source, whole(places)))
        better = Apply("more" if eq.op == "argmax" else "fewer", (value, ir.LocalName(best, source.type)), BOOL)
        m.emit(ir.If(better, (ir.Assign(best, value), ir.Assign(found, ir.LocalName(count, INT64)))))
        m.emit(ir.Assign(count, ir.add(ir.LocalName(count, INT64), ir.ONE)))

    m.loops_over([source.lengths[a] for a in axes], each)
    return ir.LocalName(found, INT64)


def sum_to_shape(m: Lowerer, eq: Equation) -> None:
    """The sum over what stretching the second operand's shape has made; which axes, only the lengths tell."""
    source, lengths = m.memory(eq.operands[0]), m.lengths(eq.operands[1])
    m.reads_memory(source)
    if not isinstance(eq.result.type, Array) or len(lengths) > source.rank:
        raise NotLowered("a sum to a shape of unknown rank", eq.span)
    target = m.new_array(source.type, lengths, eq.result.name)
    fill(m, target, ir.Literal(0, source.type))
    skipped = source.rank - len(lengths)
    strides = tuple(
        m.let(Apply("select", (ir.equal(n, ir.ONE), ir.ZERO, stride), INT64), "stride")
        for n, stride in zip(target.lengths, target.strides, strict=True)
    )
    for n, whole in zip(target.lengths, source.lengths[skipped:], strict=True):
        m.must_stretch(n, whole)

    def each(places: tuple[CExpr, ...]) -> None:
        index: CExpr = ir.ZERO
        for k, stride in zip(places[skipped:], strides, strict=True):
            index = ir.add(index, ir.times(k, stride))
        m.emit(ir.Store(target.pointer, index, load(source, places), source.type, add=True))

    m.loops_over(source.lengths, each)
    m.is_array(eq.result, target)
