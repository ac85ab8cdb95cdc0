"""Vectors slid over each other, lines through points, recurrences along an axis."""

from __future__ import annotations

from collections.abc import Callable

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, LocalName
from srcad.native.lower.linalg import doubles
from srcad.native.lower.sorting import looked_up
from srcad.native.lower.state import BOOL, DOUBLE, INT64, Lowerer, converted, load, place
from srcad.native.lower.values import InMemory, NotLowered, machine
from srcad.trace.nodes import Equation

Places = tuple[CExpr, ...]
NextTerm = Callable[[Places, Places], CExpr]  # of a place, and the one before


def _chosen(condition: CExpr, one: CExpr, other: CExpr) -> CExpr:
    return Apply("select", (condition, one, other), INT64)


def _smaller(a: CExpr, b: CExpr) -> CExpr:
    return Apply("smaller", (a, b), INT64)


# ---- convolutions


def convolve(m: Lowerer, eq: Equation) -> None:
    """Sums of a[j] v[k - j]; correlate takes v backwards, and conjugate."""
    a, v = (m.memory(x) for x in eq.operands)
    for one in (a, v):
        m.fail(ir.equal(one.lengths[0], ir.ZERO), "value")
        m.reads_memory(one)
    n, count, type = a.lengths[0], v.lengths[0], machine(eq.result.type)
    first, length = _part(m, eq, n, count)
    target = m.new_array(type, (length,), eq.result.name)

    def each(places: Places) -> None:
        k = m.let(ir.add(places[0], first), "k")
        low = m.let(Apply("bound_below", (ir.subtract(ir.add(k, ir.ONE), count),), INT64), "low")
        high = m.let(_smaller(n, ir.add(k, ir.ONE)), "high")
        total, j = m.name("total"), m.name("j")
        m.emit(ir.Let(total, type, ir.Literal(0, type), final=False))
        index = LocalName(j, INT64)
        factor = converted(_slid(eq, v, ir.subtract(k, index)), type)
        product = Apply("multiply", (converted(load(a, (index,)), type), factor), type)
        adds = ir.Assign(total, Apply("add", (LocalName(total, type), product), type))
        m.emit(ir.For(j, low, high, (adds,), (f"+:{total}",), simd=True))
        m.emit(ir.Store(target.pointer, place(target, places), LocalName(total, type), type))

    m.loops_over(target.lengths, each)
    m.is_array(eq.result, target)


def _slid(eq: Equation, v: InMemory, k: CExpr) -> CExpr:
    if eq.op == "convolve":
        return load(v, (k,))
    back = load(v, (ir.subtract(ir.subtract(v.lengths[0], ir.ONE), k),))
    return Apply("conjugate", (back,), v.type) if v.type.is_complex else back


def _part(m: Lowerer, eq: Equation, n: CExpr, count: CExpr) -> tuple[CExpr, CExpr]:
    """Where the part that is asked for begins in the whole, and how long it is."""
    mode = eq.params.get("mode", "full" if eq.op == "convolve" else "valid")
    whole = ir.subtract(ir.add(n, count), ir.ONE)
    if mode == "full":
        return ir.ZERO, whole
    shorter = m.let(_smaller(n, count), "shorter")
    longer = ir.subtract(ir.add(n, count), shorter)
    last = ir.subtract(shorter, ir.ONE)
    if mode == "valid":
        return last, ir.subtract(longer, last)
    half: CExpr = Apply("int_floor_divide", (last, ir.integer(2)), INT64)
    if eq.op == "correlate":  # of a shorter vector with a longer one NumPy turns the whole round
        other = Apply("int_floor_divide", (shorter, ir.integer(2)), INT64)
        half = _chosen(Apply("less", (n, count), BOOL), other, half)
    return m.let(half, "first"), longer


# ---- lines through points


def interp(m: Lowerer, eq: Equation) -> None:
    """Straight lines between points; beside them the ends, or what is given for these."""
    x, xp, fp, *given = eq.operands
    if fp.type.complex or machine(eq.result.type) is not DOUBLE:
        raise NotLowered("lines through complex points", eq.span)
    if xp.type.rank != 1 or fp.type.rank != 1:
        raise NotLowered("lines through points that aren't vectors", eq.span)
    places, heights = doubles(m, m.memory(xp)), doubles(m, m.memory(fp))
    n = places.lengths[0]
    m.fail(ir.equal(n, ir.ZERO), "value")
    m.must_be(heights.lengths[0], n, "value")
    ends = dict(zip(eq.params.get("ends", ()), given, strict=True))
    left = m.scalar(ends["left"], DOUBLE) if "left" in ends else load(heights, (ir.ZERO,))
    right = m.scalar(ends["right"], DOUBLE) if "right" in ends else load(heights, (ir.subtract(n, ir.ONE),))
    rest = (LocalName(places.pointer, DOUBLE), LocalName(heights.pointer, DOUBLE), n, m.let(left), m.let(right))

    def found(at: CExpr) -> CExpr:
        return Apply("interpolated", (converted(at, DOUBLE), *rest), DOUBLE)

    looked_up(m, eq, x, found, DOUBLE)


# ---- recurrences along an axis


def recurrence(m: Lowerer, eq: Equation) -> None:
    """t[k] = a[k] t[k - 1] + b[k]."""
    a, b = (m.memory(x) for x in eq.operands)
    _recurs(m, eq, a, lambda at, before: load(b, at), (b,), backwards=False)


def cumprod_tangent(m: Lowerer, eq: Equation) -> None:
    """t[k] = x[k] t[k - 1] + y[k - 1] dot[k], without a quotient that zeros would spoil."""
    dot, x, y = (m.memory(one) for one in eq.operands)
    type = machine(eq.result.type)

    def term(at: Places, before: Places) -> CExpr:
        return Apply("multiply", (_or_one(eq, y, at, before), converted(load(dot, at), type)), type)

    _recurs(m, eq, x, term, (dot, y), backwards=False)


def _or_one(eq: Equation, y: InMemory, at: Places, before: Places) -> CExpr:
    """The product up to the place before; at the first place of none."""
    type = machine(eq.result.type)
    first = ir.equal(at[eq.params["axis"] % y.rank], ir.ZERO)
    return Apply("select", (first, ir.Literal(1, type), converted(load(y, before), type)), type)


def _recurs(
    m: Lowerer,
    eq: Equation,
    factor: InMemory,
    term: NextTerm,
    others: tuple[InMemory, ...],
    backwards: bool,
) -> None:
    """Sums along an axis, each multiplied before the next term is added."""
    type, axis = machine(eq.result.type), eq.params["axis"] % factor.rank
    for one in (factor, *others):
        m.reads_memory(one)
        for n, whole in zip(one.lengths, factor.lengths, strict=True):
            m.must_be(n, whole)
    target = m.new_array(type, factor.lengths, eq.result.name)

    def each(places: Places) -> None:
        total, step = m.name("total"), m.name("k")
        name, k, n = LocalName(total, type), LocalName(step, INT64), factor.lengths[axis]
        here = m.name("at")
        at = LocalName(here, INT64)

        def along(place: CExpr) -> Places:
            return (*places[:axis], place, *places[axis:])

        m.emit(ir.Let(total, type, ir.Literal(0, type), final=False))
        with m.block() as body:
            m.emit(ir.Let(here, INT64, ir.subtract(ir.subtract(n, ir.ONE), k) if backwards else k))
            before = along(Apply("bound_below", (ir.subtract(at, ir.ONE),), INT64))
            behind = along(_smaller(ir.add(at, ir.ONE), ir.subtract(n, ir.ONE)))
            by = converted(load(factor, behind if backwards else along(at)), type)
            nothing = ir.Literal(0, type)
            product = Apply("select", (ir.equal(k, ir.ZERO), nothing, Apply("multiply", (by, name), type)), type)
            m.emit(ir.Assign(total, Apply("add", (product, converted(term(along(at), before), type)), type)))
            value: CExpr = name
            if backwards:
                value = Apply("multiply", (_or_one(eq, others[-1], along(at), before), name), type)
            m.emit(ir.Store(target.pointer, place(target, along(at)), value, type))
        m.emit(ir.For(step, ir.ZERO, n, tuple(body)))

    m.loops_over([n for k, n in enumerate(factor.lengths) if k != axis], each)
    m.is_array(eq.result, target)


def cumprod_adjoint(m: Lowerer, eq: Equation) -> None:
    """y[k - 1] s[k], where s[k] = g[k] + x[k + 1] s[k + 1]."""
    g, x, y = (m.memory(one) for one in eq.operands)
    _recurs(m, eq, x, lambda at, before: load(g, at), (g, y), backwards=True)
