"""Elements put elsewhere: rolled, repeated, padded, picked along an axis, or told where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from srcad.native import ir
from srcad.native.ir import Apply, CExpr
from srcad.native.lower.reductions import fill
from srcad.native.lower.shaping import natural
from srcad.native.lower.state import BOOL, INT64, Lowerer, converted, load, place
from srcad.native.lower.subscripts import inside
from srcad.native.lower.values import InMemory, NotLowered, machine
from srcad.trace.nodes import Atom, Equation
from srcad.trace.types import Array

Places = tuple[CExpr, ...]


def from_places(
    m: Lowerer, eq: Equation, source: InMemory, lengths: Sequence[CExpr], where: Callable[[Places], Places]
) -> None:
    """An array whose element at some places is that of the source at others."""
    m.reads_memory(source)
    target = m.new_array(machine(eq.result.type), lengths, eq.result.name)

    def each(places: Places) -> None:
        value = converted(load(source, where(places)), target.type)
        m.emit(ir.Store(target.pointer, place(target, places), value, target.type))

    m.loops_over(target.lengths, each)
    m.is_array(eq.result, target)


def _modulo(a: CExpr, n: CExpr) -> CExpr:
    return Apply("int_remainder", (a, n), INT64)


def roll(m: Lowerer, eq: Equation) -> None:
    x, shifts = eq.operands[0], [m.scalar(a, INT64) for a in eq.operands[1:]]
    source, axes = m.memory(x), eq.params.get("axis")
    if axes is None and source.rank != 1:
        raise NotLowered("a roll of all elements of a matrix", eq.span)
    by: dict[int, CExpr] = {}
    for axis, shift in zip((0,) if axes is None else axes, shifts, strict=True):
        by[axis % source.rank] = ir.add(by.get(axis % source.rank, ir.ZERO), shift)
    starts = {}
    for axis, shift in by.items():
        n = source.lengths[axis]
        safe = Apply("select", (Apply("equal", (n, ir.ZERO), BOOL), ir.ONE, n), INT64)
        starts[axis] = m.let(_modulo(ir.subtract(ir.ZERO, shift), safe), "first")

    def where(places: Places) -> Places:
        return tuple(
            _modulo(ir.add(k, starts[axis]), source.lengths[axis]) if axis in starts else k
            for axis, k in enumerate(places)
        )

    from_places(m, eq, source, source.lengths, where)


def tile(m: Lowerer, eq: Equation) -> None:
    source, counts = m.memory(eq.operands[0]), [m.scalar(a, INT64) for a in eq.operands[1:]]
    rank = max(source.rank, len(counts))
    counts = [ir.ONE] * (rank - len(counts)) + [natural(m, n) for n in counts]
    own = (ir.ONE,) * (rank - source.rank) + source.lengths
    lengths = [ir.times(n, count) for n, count in zip(own, counts, strict=True)]

    def where(places: Places) -> Places:
        return tuple(_modulo(k, n) for k, n in zip(places[rank - source.rank :], source.lengths, strict=True))

    from_places(m, eq, source, lengths, where)


def repeat(m: Lowerer, eq: Equation) -> None:
    """Each element as often as a number says, or as its own number."""
    x, repeats = eq.operands
    source, axis = m.memory(x), eq.params.get("axis") or 0
    if isinstance(repeats.type, Array):
        _repeat_each(m, eq, source, axis % source.rank, repeats)
        return
    count = natural(m, m.scalar(repeats, INT64))
    axis %= source.rank
    lengths = [ir.times(n, count) if k == axis else n for k, n in enumerate(source.lengths)]

    def where(places: Places) -> Places:
        row = Apply("int_floor_divide", (places[axis], count), INT64)
        return (*places[:axis], row, *places[axis + 1 :])

    from_places(m, eq, source, lengths, where)


def _repeat_each(m: Lowerer, eq: Equation, source: InMemory, axis: int, repeats: Atom) -> None:
    """Places along the axis are written down first."""
    counts, n = m.memory(repeats), source.lengths[axis]
    if counts.rank != 1:
        raise NotLowered("repeat by numbers in a matrix", eq.span)
    m.must_be(counts.lengths[0], n)
    m.reads_memory(counts)
    total, k = m.name("n"), m.name("k")
    one = converted(load(counts, (ir.LocalName(k, INT64),)), INT64)
    adds = ir.Assign(total, ir.add(ir.LocalName(total, INT64), one))
    m.emit(ir.Let(total, INT64, ir.ZERO, final=False))
    with m.block() as body:
        m.fail(Apply("less", (one, ir.ZERO), BOOL), "value")
        m.emit(adds)
    m.emit(ir.For(k, ir.ZERO, n, tuple(body)))
    rows = m.new_array(INT64, (ir.LocalName(total, INT64),), "rows")
    last, j = m.name("last"), m.name("j")
    stored = ir.Store(
        rows.pointer, ir.add(ir.LocalName(last, INT64), ir.LocalName(j, INT64)), ir.LocalName(k, INT64), INT64
    )
    m.emit(ir.Let(last, INT64, ir.ZERO, final=False))
    fills = ir.For(j, ir.ZERO, one, (stored,))
    m.emit(ir.For(k, ir.ZERO, n, (fills, ir.Assign(last, ir.add(ir.LocalName(last, INT64), one)))))
    lengths = [ir.LocalName(total, INT64) if a == axis else length for a, length in enumerate(source.lengths)]

    def where(places: Places) -> Places:
        return (*places[:axis], load(rows, (places[axis],)), *places[axis + 1 :])

    from_places(m, eq, source, lengths, where)
    m.emit(ir.Support("RELEASE", (rows.block,)))


def pad(m: Lowerer, eq: Equation) -> None:
    source, mode = m.memory(eq.operands[0]), eq.params.get("mode", "constant")
    width = eq.params["width"]
    lengths = [ir.add(n, ir.integer(before + after)) for n, (before, after) in zip(source.lengths, width, strict=True)]
    if mode != "constant":
        _padded_by_own(m, eq, source, lengths, mode, [before for before, _ in width])
        return
    m.reads_memory(source)
    target = m.new_array(machine(eq.result.type), lengths, eq.result.name)
    fill(m, target, converted(_literal(eq.params.get("constant_values", 0)), target.type))

    def each(places: Places) -> None:
        moved = tuple(ir.add(k, ir.integer(before)) for k, (before, _) in zip(places, width, strict=True))
        m.emit(
            ir.Store(target.pointer, place(target, moved), converted(load(source, places), target.type), target.type)
        )

    m.loops_over(source.lengths, each, simd=True)
    m.is_array(eq.result, target)


def _literal(value: float) -> CExpr:
    return ir.integer(value) if isinstance(value, int) else ir.Literal(float(value), ir.CType.DOUBLE)


def _padded_by_own(
    m: Lowerer, eq: Equation, source: InMemory, lengths: Sequence[CExpr], mode: str, before: Sequence[int]
) -> None:
    """What stands beside is taken from the array itself."""
    for n in source.lengths:
        m.fail(Apply("equal", (n, ir.ZERO), BOOL), "value")

    def where(places: Places) -> Places:
        return tuple(
            m.let(_mirrored(m, ir.subtract(k, ir.integer(first)), n, mode), "k")
            for k, n, first in zip(places, source.lengths, before, strict=True)
        )

    from_places(m, eq, source, lengths, where)


def _mirrored(m: Lowerer, k: CExpr, n: CExpr, mode: str) -> CExpr:
    """The place that stands for one which may lie beside an axis."""
    last = ir.subtract(n, ir.ONE)
    if mode == "wrap":
        return _modulo(k, n)
    if mode == "edge":
        below = Apply("select", (Apply("less", (k, ir.ZERO), BOOL), ir.ZERO, k), INT64)
        return Apply("smaller", (below, last), INT64)
    if mode not in ("reflect", "symmetric"):
        raise NotLowered(f"padding with mode={mode!r}")
    period = ir.times(ir.integer(2), n if mode == "symmetric" else last)
    if mode == "reflect":
        period = Apply("select", (Apply("equal", (period, ir.ZERO), BOOL), ir.ONE, period), INT64)
    turn = m.let(_modulo(k, period), "turn")
    back = ir.subtract(period if mode == "reflect" else ir.subtract(period, ir.ONE), turn)
    return Apply("select", (Apply("less", (turn, n), BOOL), turn, back), INT64)


def take_along_axis(m: Lowerer, eq: Equation) -> None:
    x, indices = (m.memory(a) for a in eq.operands)
    axis = eq.params["axis"] % x.rank
    if indices.rank != x.rank:
        raise NotLowered("take_along_axis of arrays of several ranks", eq.span)
    m.reads_memory(indices)
    for k in range(x.rank):
        if k != axis:
            m.must_stretch(indices.lengths[k], x.lengths[k], "index")
    lengths = tuple(n if k == axis else x.lengths[k] for k, n in enumerate(indices.lengths))

    def where(places: Places) -> Places:
        own = [
            k if a == axis else Apply("select", (Apply("equal", (n, ir.ONE), BOOL), ir.ZERO, k), INT64)
            for a, (k, n) in enumerate(zip(places, indices.lengths, strict=True))
        ]
        row = inside(m, converted(m.let(load(indices, own)), INT64), x.lengths[axis])
        return (*places[:axis], row, *places[axis + 1 :])

    from_places(m, eq, x, lengths, where)


# ---- places


def nonzero(m: Lowerer, eq: Equation) -> None:
    """Where elements aren't zero: a vector of places for each axis, or one matrix of them."""
    source = m.memory(eq.operands[0])
    m.reads_memory(source)
    if not source.rank:
        raise NotLowered(f"{eq.op} of an array without dimensions", eq.span)
    count = _counted(m, source.lengths, lambda places: converted(load(source, places), BOOL))
    if eq.op == "argwhere":
        target = m.new_array(INT64, (count, ir.integer(source.rank)), eq.result.name)
        columns: list[tuple[InMemory, Places]] = [(target, (ir.integer(axis),)) for axis in range(source.rank)]
        targets = [target]
    else:
        if len(eq.results) != source.rank:
            raise NotLowered("nonzero as one object", eq.span)
        targets = [m.new_array(INT64, (count,), var.name) for var in eq.results]
        columns = [(one, ()) for one in targets]
    _filled(m, source.lengths, lambda places: converted(load(source, places), BOOL), columns)
    for var, one in zip(eq.results, targets, strict=True):
        m.is_array(var, one)


def triangle_indices(m: Lowerer, eq: Equation) -> None:
    """Where the elements of a triangle stand, row by row."""
    upper = "triu" in eq.params["function"]
    n, offset, *columns = (m.scalar(a, INT64) for a in eq.operands if not a.is_none)
    lengths = (natural(m, n), natural(m, columns[0] if columns else n))

    def chosen(places: Places) -> CExpr:
        op = "greater_equal" if upper else "less_equal"
        return Apply(op, (places[1], ir.add(places[0], offset)), BOOL)

    count = _counted(m, lengths, chosen)
    targets = [m.new_array(INT64, (count,), var.name) for var in eq.results]
    _filled(m, lengths, chosen, [(one, ()) for one in targets])
    for var, one in zip(eq.results, targets, strict=True):
        m.is_array(var, one)


def _counted(m: Lowerer, lengths: Sequence[CExpr], chosen: Callable[[Places], CExpr]) -> CExpr:
    """For how many places something holds."""
    name = m.name("k")
    count = ir.LocalName(name, INT64)
    m.emit(ir.Let(name, INT64, ir.ZERO, final=False))
    m.loops_over(lengths, lambda places: m.emit(ir.Assign(name, ir.add(count, converted(chosen(places), INT64)))))
    return count


def _filled(
    m: Lowerer,
    lengths: Sequence[CExpr],
    chosen: Callable[[Places], CExpr],
    columns: Sequence[tuple[InMemory, Places]],
) -> None:
    """The places for which something holds are written down, one axis in each of these."""
    name = m.name("k")
    count = ir.LocalName(name, INT64)
    m.emit(ir.Let(name, INT64, ir.ZERO, final=False))

    def each(places: Places) -> None:
        stores = [
            ir.Store(target.pointer, place(target, (count, *column)), k, INT64)
            for k, (target, column) in zip(places, columns, strict=True)
        ]
        m.emit(ir.If(chosen(places), (*stores, ir.Assign(name, ir.add(count, ir.ONE)))))

    m.loops_over(lengths, each)


def remaining(m: Lowerer, eq: Equation) -> None:
    """Of places those that others leave."""
    n, gone = m.scalar(eq.operands[0], INT64), eq.operands[1]
    if gone.type.dtype == "bool":
        raise NotLowered("places by a mask that are left out", eq.span)
    left = m.new_array(BOOL, (n,), "left")
    fill(m, left, ir.Literal(True, BOOL))

    def leaves_out(place: CExpr) -> None:
        row = inside(m, m.let(converted(place, INT64)), n)
        m.emit(ir.Store(left.pointer, row, ir.Literal(False, BOOL), BOOL))

    if isinstance(gone.type, Array):
        places = m.memory(gone)
        m.reads_memory(places)
        m.loops_over(places.lengths, lambda at: leaves_out(load(places, at)))
    else:
        leaves_out(m.scalar(gone))
    count = _counted(m, (n,), lambda at: load(left, at))
    target = m.new_array(INT64, (count,), eq.result.name)
    _filled(m, (n,), lambda at: load(left, at), [(target, ())])
    m.emit(ir.Support("RELEASE", (left.block,)))
    m.is_array(eq.result, target)


def choices(m: Lowerer, eq: Equation) -> None:
    """Numbers of choices: others are an error."""
    which, count = eq.operands[0], m.scalar(eq.operands[1], INT64)

    def check(k: CExpr) -> None:
        m.fail(Apply("outside", (converted(k, INT64), count), BOOL), "value")

    if isinstance(which.type, Array):
        memory = m.memory(which)
        m.reads_memory(memory)
        m.loops_over(memory.lengths, lambda at: check(load(memory, at)))
    else:
        check(m.let(m.scalar(which)))
    m.sets(eq.result, m.value(which))
    m.alias(eq.result, which)


# ---- matrices with a diagonal


def diag(m: Lowerer, eq: Equation) -> None:
    """A matrix of zeros with a vector on a diagonal."""
    source, k = m.memory(eq.operands[0]), eq.params.get("k", 0)
    if source.rank != 1:
        raise NotLowered("diag of what is no vector", eq.span)
    m.reads_memory(source)
    n = m.let(ir.add(source.lengths[0], ir.integer(abs(k))), "n")
    target = m.new_array(source.type, (n, n), eq.result.name)
    fill(m, target, ir.Literal(0, target.type))

    def each(places: Places) -> None:
        (i,) = places
        where = (ir.add(i, ir.integer(max(-k, 0))), ir.add(i, ir.integer(max(k, 0))))
        m.emit(ir.Store(target.pointer, place(target, where), load(source, places), target.type))

    m.loops_over(source.lengths, each)
    m.is_array(eq.result, target)
