"""Other looks at arrays, and arrays put together from others."""

from __future__ import annotations

from srcad.native import ir
from srcad.native.ir import Apply, CExpr
from srcad.native.lower.elementwise import computed_in, element, elements_of, joins, ready_nest
from srcad.native.lower.lists import copy_list
from srcad.native.lower.reductions import fill
from srcad.native.lower.state import BOOL, DOUBLE, INT64, Lowerer, array_type, converted, load, place, viewed
from srcad.native.lower.values import InMemory, NotLowered, machine
from srcad.trace.dims import ONE, Dim
from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.trace.types import Array, ListOf, Scalar

# ---- views


def view(m: Lowerer, eq: Equation, lengths: list[CExpr], strides: list[CExpr], packed: bool = False) -> None:
    memory = m.memory(eq.operands[0])
    m.sets(eq.result, viewed(memory, memory.pointer, lengths, strides, packed))
    m.alias(eq.result, eq.operands[0])


def known_as(m: Lowerer, eq: Equation) -> None:
    """The operand itself, of another type: a number is converted, all else is what it was."""
    source, (x,) = eq.result.type, eq.operands
    if isinstance(source, Scalar) and isinstance(x.type, Scalar):
        m.is_number(eq.result, m.scalar(x, machine(source)))
        return
    if not isinstance(source, Array) or not isinstance(x.type, Array) or source.rank != x.type.rank:
        raise NotLowered(f"{x.type} as {source}", eq.span)
    memory = m.memory(x)
    if memory.type is not machine(source):
        raise NotLowered(f"{x.type} as {source}", eq.span)
    m.sets(eq.result, memory)
    m.alias(eq.result, x)


def transpose(m: Lowerer, eq: Equation) -> None:
    memory = m.memory(eq.operands[0])
    axes = eq.params.get("axes")
    axes = tuple(range(memory.rank))[::-1] if axes is None else axes
    view(m, eq, [memory.lengths[a] for a in axes], [memory.strides[a] for a in axes], memory.rank < 2 and memory.packed)


def expand_dims(m: Lowerer, eq: Equation) -> None:
    memory = m.memory(eq.operands[0])
    rank = memory.rank + len(eq.params["axis"])
    new = {a % rank for a in eq.params["axis"]}
    lengths, strides = iter(memory.lengths), iter(memory.strides)
    view(
        m,
        eq,
        [ir.ONE if k in new else next(lengths) for k in range(rank)],
        [ir.ZERO if k in new else next(strides) for k in range(rank)],
        memory.packed,
    )


def squeeze(m: Lowerer, eq: Equation) -> None:
    memory, dims = m.memory(eq.operands[0]), array_type(eq.operands[0].type).dims
    axis = eq.params.get("axis")
    gone = {k for k, d in enumerate(dims) if (d.is_one if axis is None else k in {a % memory.rank for a in axis})}
    for k in gone:
        m.fail(Apply("not_equal", (memory.lengths[k], ir.ONE), BOOL), "shape")
    left = [k for k in range(memory.rank) if k not in gone]
    if not left and not isinstance(eq.result.type, Array):
        raise NotLowered("squeeze to a number", eq.span)
    view(m, eq, [memory.lengths[k] for k in left], [memory.strides[k] for k in left], memory.packed)


def flip(m: Lowerer, eq: Equation) -> None:
    memory = m.memory(eq.operands[0])
    axis = eq.params.get("axis")
    axes = range(memory.rank) if axis is None else {a % memory.rank for a in axis}
    offset: CExpr = ir.ZERO
    strides = list(memory.strides)
    for a in axes:
        offset = ir.add(offset, ir.times(ir.subtract(memory.lengths[a], ir.ONE), memory.strides[a]))
        strides[a] = ir.subtract(ir.ZERO, memory.strides[a])
    size = ir.product(memory.lengths)
    safe = m.let(Apply("select", (Apply("equal", (size, ir.ZERO), BOOL), ir.ZERO, offset), INT64), "offset")
    pointer = m.name(memory.pointer)
    m.emit(ir.Pointer(pointer, memory.pointer, safe, memory.type))
    m.sets(eq.result, viewed(memory, pointer, memory.lengths, strides))
    m.alias(eq.result, eq.operands[0])


def diagonal(m: Lowerer, eq: Equation) -> None:
    """The diagonal of a matrix, or of each matrix of a stack, as its last axis."""
    memory, k = m.memory(eq.operands[0]), eq.params.get("offset", 0)
    rows, columns = (eq.params.get(name, axis) % memory.rank for axis, name in enumerate(("axis1", "axis2")))
    left = [a for a in range(memory.rank) if a not in (rows, columns)]
    down, right = ir.integer(max(-k, 0)), ir.integer(max(k, 0))
    below, beside = ir.subtract(memory.lengths[rows], down), ir.subtract(memory.lengths[columns], right)
    shorter = Apply("smaller", (below, beside), INT64)
    n = m.let(Apply("bound_below", (shorter,), INT64) if k else shorter, "n")
    offset: CExpr = ir.add(ir.times(down, memory.strides[rows]), ir.times(right, memory.strides[columns]))
    if k:
        offset = m.let(Apply("select", (Apply("equal", (n, ir.ZERO), BOOL), ir.ZERO, offset), INT64), "offset")
    pointer = memory.pointer
    if k:
        pointer = m.name(pointer)
        m.emit(ir.Pointer(pointer, memory.pointer, offset, memory.type))
    step = m.let(ir.add(memory.strides[rows], memory.strides[columns]), "stride")
    lengths, strides = ([*(of[a] for a in left), last] for of, last in ((memory.lengths, n), (memory.strides, step)))
    m.sets(eq.result, viewed(memory, pointer, lengths, strides))
    m.alias(eq.result, eq.operands[0])


def reshape(m: Lowerer, eq: Equation) -> None:
    """A look, where the elements lie in order; else a copy."""
    source = eq.operands[0]
    memory = m.memory(source)
    lengths = _new_lengths(m, eq, memory)
    if not memory.packed:
        memory = m.copied(memory, eq.result.name)
        m.owns(eq.result, memory.block)
    else:
        m.alias(eq.result, source)
    whole = InMemory(
        memory.pointer, memory.type, lengths, m.packed(lengths), memory.root, memory.block, memory.argument, packed=True
    )
    m.sets(eq.result, whole)


def _new_lengths(m: Lowerer, eq: Equation, memory: InMemory) -> tuple[CExpr, ...]:
    size = ir.product(memory.lengths)
    if eq.op in ("ravel", "flatten"):
        return (m.let(size, "n"),)
    if eq.op == "reshape_like":
        lengths = m.lengths(eq.operands[1])
    else:
        lengths = tuple(m.scalar(a, INT64) for a in eq.operands[1:])
        holes = [k for k, n in enumerate(lengths) if n == ir.integer(-1)]
        if holes:
            (hole,) = holes
            rest = m.let(ir.product((*lengths[:hole], *lengths[hole + 1 :])), "n")
            m.fail(Apply("equal", (rest, ir.ZERO), BOOL), "shape")
            left = m.let(Apply("int_floor_divide", (size, rest), INT64), "n")
            lengths = (*lengths[:hole], left, *lengths[hole + 1 :])
    if not lengths and not isinstance(eq.result.type, Array):
        raise NotLowered("an array in the shape of a number", eq.span)
    m.fail(Apply("not_equal", (ir.product(lengths), size), BOOL), "shape")
    return lengths


# ---- what joins a nest


def copy(m: Lowerer, eq: Equation) -> None:
    """The elements, in memory of its own as soon as somebody needs that."""
    if isinstance(eq.result.type, Scalar):
        m.sets(eq.result, m.value(eq.operands[0]))
        return
    if isinstance(eq.result.type, ListOf):
        copy_list(m, eq)
        return
    if not isinstance(eq.result.type, Array):
        raise NotLowered(f"a copy of {eq.result.type}", eq.span)
    nest, (one,) = elements_of(m, eq.result.type.dims, eq.operands)
    if not nest.indices:
        m.is_array(eq.result, m.copied(m.memory(eq.operands[0])))
        return
    joins(m, nest, eq.result, one)


def cast(m: Lowerer, eq: Equation) -> None:
    if isinstance(eq.result.type, Scalar):
        m.is_number(eq.result, _cast(m.scalar(eq.operands[0]), eq))
        return
    nest, (one,) = elements_of(m, array_type(eq.result.type).dims, eq.operands)
    joins(m, nest, eq.result, _cast(one, eq))


def _cast(value: CExpr, eq: Equation) -> CExpr:
    type = machine(eq.result.type)
    if value.type.is_complex and not type.is_complex and type is not BOOL:
        value = Apply("real", (value,), value.type.part)
    if value.type.is_float and not type.has_nan and type is not BOOL:
        return Apply("truncated", (converted(value, ir.CType.DOUBLE),), type)
    return converted(value, type)


def spread(m: Lowerer, eq: Equation) -> None:
    """materialise, broadcast_to: the elements, in another shape."""
    if not isinstance(eq.result.type, Array):
        raise NotLowered(f"{eq.op} to {eq.result.type}", eq.span)
    dims = eq.result.type.dims
    lengths = (
        m.lengths(eq.operands[1]) if eq.op == "materialise" else tuple(m.scalar(a, INT64) for a in eq.operands[1:])
    )
    filled(m, eq, dims, lengths, eq.operands[0])


def filled(m: Lowerer, eq: Equation, dims: tuple[Dim, ...], lengths: tuple[CExpr, ...], value: Atom) -> None:
    """An array of these lengths, with what stands in another one, or in a number, at the places of which it is made."""
    if not dims:
        raise NotLowered(f"{eq.op} to an array without dimensions", eq.span)
    nest = ready_nest(m, dims, (value,)) or m.open(dims, lengths)
    joins(m, nest, eq.result, converted(element(m, nest, value), machine(eq.result.type)))


def triangle(m: Lowerer, eq: Equation) -> None:
    """tril and triu."""
    nest, (one,) = elements_of(m, array_type(eq.result.type).dims, eq.operands)
    i, j = (ir.LocalName(index, INT64) for index in nest.indices[-2:])
    edge = ir.add(i, ir.integer(eq.params.get("k", 0)))
    inside = Apply("less_equal" if eq.op == "tril" else "greater_equal", (j, edge), BOOL)
    joins(m, nest, eq.result, Apply("select", (inside, one, ir.Literal(0, one.type)), one.type))


def outer(m: Lowerer, eq: Equation) -> None:
    """A column times a row."""
    column, row = eq.operands
    if column.type.rank != 1 or row.type.rank != 1:
        raise NotLowered("an outer product of what isn't vectors", eq.span)
    a, b = turned(m, column, -1), turned(m, row, 0)
    nest, (x, y) = elements_of(m, array_type(eq.result.type).dims, (a, b))
    type = machine(eq.result.type)
    product = Apply("multiply", (converted(x, type), converted(y, type)), type)
    joins(m, nest, eq.result, computed_in(m, nest, lambda: product))


def turned(m: Lowerer, x: Atom, axis: int) -> Var:
    """A vector as a column (-1) or a row (0)."""
    memory, (dim,) = m.memory(x), array_type(x.type).dims
    look = Var(Array(array_type(x.type).dtype, (dim, ONE) if axis else (ONE, dim)), x.name)
    lengths, strides = [memory.lengths[0], ir.ONE], [memory.strides[0], ir.ZERO]
    m.sets(look, viewed(memory, memory.pointer, lengths if axis else lengths[::-1], strides if axis else strides[::-1]))
    return look


# ---- put together


def array(m: Lowerer, eq: Equation) -> None:
    """np.array of numbers and arrays in (nested) lists."""
    shape = _shape_of(eq.params["structure"])
    type = machine(eq.result.type)
    parts = list(eq.operands)
    if all(not isinstance(a.type, Array) for a in parts):
        numbers = [converted(m.scalar(a), type) for a in parts]
        target = m.new_array(type, tuple(map(ir.integer, shape)), eq.result.name)
        for k, number in enumerate(numbers):
            m.emit(ir.Store(target.pointer, ir.integer(k), number, type))
        m.is_array(eq.result, target)
        return
    if len({a.type.rank for a in parts}) > 1:
        raise NotLowered("an array of numbers and arrays", eq.span)
    rows = [m.memory(a) for a in parts]
    _must_be_alike(m, rows)
    target = m.new_array(type, (*map(ir.integer, shape), *rows[0].lengths), eq.result.name)
    size = m.let(ir.product(rows[0].lengths), "size")
    for k, row in enumerate(rows):
        _copy_into(m, row, target, ir.times(ir.integer(k), size), rows[0].lengths)
    m.is_array(eq.result, target)


def _shape_of(structure: object) -> tuple[int, ...]:
    if not isinstance(structure, tuple):
        return ()
    inner = {_shape_of(one) for one in structure}
    if len(inner) > 1:
        raise NotLowered("an array of lists of several lengths")
    return (len(structure), *(inner.pop() if inner else ()))


def _must_be_alike(m: Lowerer, rows: list[InMemory]) -> None:
    for row in rows[1:]:
        for n, first in zip(row.lengths, rows[0].lengths, strict=True):
            m.must_be(n, first)


def _copy_into(m: Lowerer, source: InMemory, target: InMemory, offset: CExpr, lengths: tuple[CExpr, ...]) -> None:
    """A packed copy, some elements behind the first of another array."""
    m.reads_memory(source)
    strides = m.packed(lengths)

    def each(places: tuple[CExpr, ...]) -> None:
        index = offset
        for k, stride in zip(places, strides, strict=True):
            index = ir.add(index, ir.times(k, stride))
        m.emit(ir.Store(target.pointer, index, converted(load(source, places), target.type), target.type))

    m.loops_over(lengths, each, simd=True)


def concatenate(m: Lowerer, eq: Equation) -> None:
    parts = [m.memory(a) for a in eq.operands]
    type, rank = machine(eq.result.type), array_type(eq.result.type).rank
    axis = eq.params.get("axis", 0)
    if axis is None or any(part.rank != rank for part in parts):
        raise NotLowered("concatenate of arrays of several ranks", eq.span)
    axis %= rank
    total: CExpr = ir.ZERO
    for part in parts:
        total = ir.add(total, part.lengths[axis])
        for k in range(rank):
            if k != axis and part.lengths[k] != parts[0].lengths[k]:
                m.fail(Apply("not_equal", (part.lengths[k], parts[0].lengths[k]), BOOL), "shape")
    lengths = tuple(m.let(total, "n") if k == axis else n for k, n in enumerate(parts[0].lengths))
    _laid(m, eq, parts, m.new_array(type, lengths, eq.result.name), axis)


def stack(m: Lowerer, eq: Equation) -> None:
    parts = [m.memory(a) for a in eq.operands]
    type, rank = machine(eq.result.type), array_type(eq.result.type).rank
    axis = eq.params.get("axis", 0) % rank
    _must_be_alike(m, parts)
    own = list(parts[0].lengths)
    target = m.new_array(type, (*own[:axis], ir.integer(len(parts)), *own[axis:]), eq.result.name)
    raised = [
        viewed(p, p.pointer, (*own[:axis], ir.ONE, *own[axis:]), (*p.strides[:axis], ir.ZERO, *p.strides[axis:]))
        for p in parts
    ]
    _laid(m, eq, raised, target, axis)


def _laid(m: Lowerer, eq: Equation, parts: list[InMemory], target: InMemory, axis: int) -> None:
    """Parts, one behind the other along an axis."""
    first: CExpr = ir.ZERO
    for part in parts:
        m.reads_memory(part)
        start = first

        def each(places: tuple[CExpr, ...], part: InMemory = part, start: CExpr = start) -> None:
            whole = (*places[:axis], ir.add(start, places[axis]), *places[axis + 1 :])
            m.emit(
                ir.Store(target.pointer, place(target, whole), converted(load(part, places), target.type), target.type)
            )

        m.loops_over(part.lengths, each, simd=True)
        first = m.let(ir.add(first, part.lengths[axis]), "n")
    m.is_array(eq.result, target)


def eye(m: Lowerer, eq: Equation) -> None:
    lengths = [m.scalar(a, INT64) for a in eq.operands if not a.is_none]
    n, columns, k = natural(m, lengths[0]), natural(m, lengths[-1]), eq.params.get("k", 0)
    target = m.new_array(machine(eq.result.type), (n, columns), eq.result.name)
    fill(m, target, ir.Literal(0, target.type))
    index = m.name("i")
    row = ir.LocalName(index, INT64)
    one = ir.Store(
        target.pointer, place(target, (row, ir.add(row, ir.integer(k)))), ir.Literal(1, target.type), target.type
    )
    stop = Apply("smaller", (target.lengths[0], ir.subtract(target.lengths[1], ir.integer(k))), INT64)
    m.emit(ir.For(index, ir.integer(max(-k, 0)), stop, (one,)))
    m.is_array(eq.result, target)


def tri(m: Lowerer, eq: Equation) -> None:
    """Ones on and below a diagonal."""
    lengths = [natural(m, m.scalar(a, INT64)) for a in eq.operands if not a.is_none]
    nest = m.open(array_type(eq.result.type).dims, (lengths[0], lengths[-1]))
    i, j = (ir.LocalName(index, INT64) for index in nest.indices)
    below = Apply("less_equal", (j, ir.add(i, ir.integer(eq.params.get("k", 0)))), BOOL)
    joins(m, nest, eq.result, converted(below, machine(eq.result.type)))


def natural(m: Lowerer, n: CExpr) -> CExpr:
    """A length: negative ones are an error of the program."""
    if not isinstance(n, ir.Literal):
        m.fail(Apply("less", (n, ir.ZERO), BOOL), "value")
    elif n.value < 0:
        m.fail(ir.Literal(True, BOOL), "value")
    return n


def zeros(m: Lowerer, eq: Equation) -> None:
    """zeros and empty, which are there to be filled."""
    shape = [m.scalar(a, INT64) for a in eq.operands]
    if not isinstance(eq.result.type, Array):
        raise NotLowered(f"{eq.op} of unknown rank", eq.span)
    target = m.new_array(machine(eq.result.type), [natural(m, n) for n in shape], eq.result.name)
    fill(m, target, ir.Literal(0, target.type))
    m.is_array(eq.result, target)


def zeros_like(m: Lowerer, eq: Equation) -> None:
    if isinstance(eq.result.type, Scalar):
        m.sets(eq.result, m.constant(Const(0.0 if machine(eq.result.type).is_float else 0, eq.result.type)))
        return
    array_type(eq.result.type)
    target = m.new_array(machine(eq.result.type), m.lengths(eq.operands[0]), eq.result.name)
    fill(m, target, ir.Literal(0, target.type))
    m.is_array(eq.result, target)


def zeros_each(m: Lowerer, eq: Equation) -> None:
    """Zeros in the shape of an array, several times."""
    count, like = eq.operands
    lengths = [natural(m, m.scalar(count, INT64)), *m.lengths(like)]
    target = m.new_array(machine(eq.result.type), lengths, eq.result.name)
    fill(m, target, ir.Literal(0, target.type))
    m.is_array(eq.result, target)


def ones(m: Lowerer, eq: Equation) -> None:
    """ones and ones_like, full and full_like."""
    result = array_type(eq.result.type)
    like = eq.op.endswith("_like")
    if like:
        lengths = m.lengths(eq.operands[0])
    else:
        shape = eq.operands[1:] if eq.op == "full" else eq.operands
        lengths = tuple(natural(m, m.scalar(a, INT64)) for a in shape)
    one = Const(
        1.0 if machine(result).is_float else 1, Scalar("float64" if machine(result).is_float else "int64", True)
    )
    value: Atom = {"full": eq.operands[0], "full_like": eq.operands[-1]}.get(eq.op, one)
    filled(m, eq, result.dims, lengths, value)


def arange(m: Lowerer, eq: Equation) -> None:
    if any(a.type.dtype != "int64" for a in eq.operands):
        _arange_of_floats(m, eq)
        return
    bounds = [m.scalar(a, INT64) for a in eq.operands]
    start, stop, step = (ir.ZERO, bounds[0], ir.ONE) if len(bounds) == 1 else (*bounds, ir.ONE)[:3]
    m.fail(Apply("equal", (step, ir.ZERO), BOOL), "zero")
    n = m.let(Apply("turns", (start, stop, step), INT64), "n")
    dims = array_type(eq.result.type).dims
    nest = m.nest if m.nest is not None and m.nest.fits(dims) else m.open(dims, (n,))
    value = ir.add(start, ir.times(ir.LocalName(nest.indices[0], INT64), step))
    joins(m, nest, eq.result, converted(value, machine(eq.result.type)))


def _arange_of_floats(m: Lowerer, eq: Equation) -> None:
    """The first number, and added to it the difference of the first two, times the place."""
    bounds = [m.scalar(a, DOUBLE) for a in eq.operands]
    zero, one = ir.Literal(0.0, DOUBLE), ir.Literal(1.0, DOUBLE)
    start, stop, step = (zero, bounds[0], one) if len(bounds) == 1 else (*bounds, one)[:3]
    quotient = m.let(Apply("divide", (Apply("subtract", (stop, start), DOUBLE), step), DOUBLE))
    fits = Apply("less", (Apply("fabs", (quotient,), DOUBLE), ir.Literal(1e15, DOUBLE)), BOOL)
    m.fail(Apply("not", (fits,), BOOL), "arithmetic")
    n = m.let(Apply("bound_below", (Apply("truncated", (Apply("ceil", (quotient,), DOUBLE),), INT64),), INT64), "n")
    apart = m.let(Apply("subtract", (Apply("add", (start, step), DOUBLE), start), DOUBLE), "step")
    nest = m.open(array_type(eq.result.type).dims, (n,))
    place = converted(ir.LocalName(nest.indices[0], INT64), DOUBLE)
    value = Apply("add", (start, Apply("multiply", (place, apart), DOUBLE)), DOUBLE)
    joins(m, nest, eq.result, converted(value, machine(eq.result.type)))


def linspace(m: Lowerer, eq: Equation) -> None:
    """The place times the step, added to the start; the last is the end itself."""
    start, stop, num = eq.operands
    if isinstance(start.type, Array) or isinstance(stop.type, Array) or machine(eq.result.type) is not DOUBLE:
        raise NotLowered("linspace of arrays", eq.span)
    n, first, last = natural(m, m.scalar(num, INT64)), m.scalar(start, DOUBLE), m.scalar(stop, DOUBLE)
    ends = bool(eq.params.get("endpoint", True))
    count = converted(m.let(ir.subtract(n, ir.ONE) if ends else n, "count"), DOUBLE)
    apart = m.let(Apply("subtract", (last, first), DOUBLE))
    step = m.let(Apply("divide", (apart, count), DOUBLE), "step")
    nest = m.open(array_type(eq.result.type).dims, (n,))
    index = ir.LocalName(nest.indices[0], INT64)
    place = converted(index, DOUBLE)
    tiny = Apply("multiply", (Apply("divide", (place, count), DOUBLE), apart), DOUBLE)
    usual = Apply("multiply", (place, step), DOUBLE)
    none = Apply("less_equal", (count, ir.Literal(0.0, DOUBLE)), BOOL)
    moved = Apply("select", (Apply("equal", (step, ir.Literal(0.0, DOUBLE)), BOOL), tiny, usual), DOUBLE)
    moved = Apply("select", (none, Apply("multiply", (place, apart), DOUBLE), moved), DOUBLE)
    value: CExpr = Apply("add", (moved, first), DOUBLE)
    if ends:
        at_end = Apply("and", (_is_last(index, n), Apply("less", (ir.ONE, n), BOOL)), BOOL)
        value = Apply("select", (at_end, last, value), DOUBLE)
    joins(m, nest, eq.result, value)


def _is_last(index: CExpr, n: CExpr) -> CExpr:
    return Apply("equal", (index, ir.subtract(n, ir.ONE)), BOOL)
