"""Subscripts: views, elements, stores and additions, by numbers and slices and by arrays of ints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower import masks
from srcad.native.lower.elementwise import element, elementwise, has_room, ready_nest
from srcad.native.lower.state import BOOL, INT64, Lowerer, array_type, converted, load, place, viewed
from srcad.native.lower.values import InMemory, NotLowered, is_wide
from srcad.ops.subscripts import Template, is_basic, item_dims
from srcad.trace.dims import Dim
from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.trace.types import Array


@dataclass(frozen=True)
class Look:
    """What a subscript looks at: `InMemory` and its symbolic lengths."""

    memory: InMemory
    dims: tuple[Dim, ...]


def get_item(m: Lowerer, eq: Equation) -> None:
    """A view, an element, or the elements that index arrays pick."""
    x, *indices = eq.operands
    template: Template = eq.params["index"]
    if not is_basic(template):
        if masks.is_mask(eq, 1):
            masks.picked(m, eq)
        else:
            _gathered(m, eq)
        return
    look = looked(m, x, indices, template)
    if look.memory.rank or isinstance(eq.result.type, Array):
        m.sets(eq.result, look.memory)
        m.alias(eq.result, x)
        return
    m.reads_memory(look.memory)
    m.is_number(eq.result, load(look.memory, ()))


def set_item(m: Lowerer, eq: Equation) -> None:
    _updated(m, eq, adds=False)


def add_item(m: Lowerer, eq: Equation) -> None:
    _updated(m, eq, adds=True)


def accumulate(m: Lowerer, eq: Equation) -> None:
    """`a += b`, of numbers or of arrays."""
    target, added = eq.operands
    if not isinstance(eq.result.type, Array):
        both = [m.scalar(target), m.scalar(added)]
        kind = CType(eq.result.type.dtype)
        both = [converted(one, kind) for one in both]
        if is_wide(eq.result.type):
            has_room(m, "add", tuple(both))
        m.is_number(eq.result, Apply("add", tuple(both), kind))
        return
    if _in_registers(m, target):
        elementwise(m, eq)
        return
    memory = overwritten(m, eq)
    _store(m, eq, Look(memory, array_type(eq.result.type).dims), added, adds=True)


def _in_registers(m: Lowerer, target: Atom) -> bool:
    """Whether an array is only computed in the open nest so far: then there is nothing to overwrite."""
    return m.nest is not None and target in m.nest.elements and target not in m.values


def overwritten(m: Lowerer, eq: Equation) -> InMemory:
    """The memory of operand 0, or a copy of it, that an update overwrites; the result has it."""
    source = m.memory(eq.operands[0])
    if eq in m.in_place and not source.argument:
        m.sets(eq.result, source)
        m.alias(eq.result, eq.operands[0])
        return source
    memory = m.copied(source, eq.result.name)
    m.is_array(eq.result, memory)
    return memory


def _updated(m: Lowerer, eq: Equation, adds: bool) -> None:
    x, value, *indices = eq.operands
    template: Template = eq.params["index"]
    memory = overwritten(m, eq)
    if not is_basic(template):
        if masks.is_mask(eq, 2):
            masks.stored(m, eq, memory, adds)
        else:
            _scattered(m, eq, memory, adds)
        return
    dims = item_dims(x.type, tuple(i.type for i in indices), template)
    if dims is None:
        raise NotLowered("a subscript of unknown rank", eq.span)
    _store(m, eq, _look(m, subscripted(m, memory, indices, template), dims), value, adds)


def _store(m: Lowerer, eq: Equation, look: Look, value: Atom, adds: bool) -> None:
    """Elements are set or added to, within the open nest if that does no harm."""
    target = look.memory
    if not target.rank:
        new = converted(m.scalar(value), target.type)
        m.writes_memory(target)
        m.emit(ir.Store(target.pointer, ir.ZERO, new, target.type, adds))
        return
    source = _apart(m, value, target)
    nest = ready_nest(m, look.dims, (source,))
    if nest is not None and not all(m.harmless(target, one) for one in (*nest.reads, *nest.writes)):
        m.close()
        nest = None
    nest = nest or m.open(look.dims, target.lengths)
    new = element(m, nest, source)
    places = tuple(ir.LocalName(index, INT64) for index in nest.indices)
    index, new = place(target, places), converted(new, target.type)
    if adds:
        known = _known(nest.elements, eq, target)
        old = ir.Load(target.pointer, index, target.type) if known is None else known
        name = m.name(eq.result.name)
        nest.body.append(ir.Let(name, target.type, Apply("add", (old, new), target.type)))
        new = ir.LocalName(name, target.type)
    nest.body.append(ir.Store(target.pointer, index, new, target.type))
    nest.writes.append(target)
    nest.loaded = {var: one for var, one in nest.loaded.items() if not _shares(m, var, target)}
    if target == m.values[eq.result]:
        nest.elements[eq.result] = new


def _known(elements: dict[Var, CExpr], eq: Equation, target: InMemory) -> CExpr | None:
    operand = eq.operands[0]
    return elements.get(operand) if isinstance(operand, Var) and target.whole else None


def _shares(m: Lowerer, var: Var, target: InMemory) -> bool:
    memory = m.values.get(var)
    return isinstance(memory, InMemory) and not (
        memory.argument or (memory.root != target.root and m.harmless(target, memory, apart=True))
    )


def _apart(m: Lowerer, value: Atom, target: InMemory) -> Atom:
    """What is stored, copied before if it looks at the very memory in another way."""
    if not (isinstance(value, Var) and isinstance(value.type, Array)):
        return value
    if m.nest is not None and value in m.nest.elements:
        return value
    memory = m.memory(value)
    if m.harmless(target, memory):
        return value
    copy = Var(value.type, value.name)
    m.is_array(copy, m.copied(memory))
    return copy


# ---- views


def looked(m: Lowerer, x: Atom, indices: Sequence[Atom], template: Template) -> Look:
    dims = item_dims(x.type, tuple(i.type for i in indices), template)
    if dims is None:
        raise NotLowered("a subscript of unknown rank")
    return _look(m, subscripted(m, m.memory(x), indices, template), dims)


def _look(m: Lowerer, memory: InMemory, dims: tuple[Dim, ...]) -> Look:
    return Look(replace(memory, lengths=m.known.all_of(dims, memory.lengths)), dims)


def subscripted(m: Lowerer, memory: InMemory, indices: Sequence[Atom], template: Template) -> InMemory:
    """The view that a subscript of numbers, slices, None and an ellipsis makes."""
    offset: CExpr = ir.ZERO
    lengths: list[CExpr] = []
    strides: list[CExpr] = []
    axis = 0
    taken = sum(entry[0] in ("int", "slice") for entry in template)
    for entry in template:
        if entry[0] == "newaxis":
            lengths.append(ir.ONE)
            strides.append(ir.ZERO)
            continue
        if entry[0] == "ellipsis":
            rest = memory.rank - taken
            lengths += memory.lengths[axis : axis + rest]
            strides += memory.strides[axis : axis + rest]
            axis += rest
            continue
        n, stride = memory.lengths[axis], memory.strides[axis]
        if entry[0] == "int":
            offset = ir.add(offset, ir.times(inside(m, m.scalar(indices[entry[1]], INT64), n), stride))
        else:
            first, count, step = sliced(m, n, [None if k is None else indices[k] for k in entry[1:]])
            offset = ir.add(offset, ir.times(first, stride))
            lengths.append(count)
            strides.append(m.let(ir.times(stride, ir.integer(step)), "stride"))
        axis += 1
    lengths += memory.lengths[axis:]
    strides += memory.strides[axis:]
    rows = memory.packed and all(entry[0] == "int" for entry in template)
    return viewed(memory, _moved(m, memory, offset), lengths, strides, rows)


def _moved(m: Lowerer, memory: InMemory, offset: CExpr) -> str:
    if offset == ir.ZERO:
        return memory.pointer
    name = m.name(memory.pointer)
    m.emit(ir.Pointer(name, memory.pointer, offset, memory.type))
    return name


def inside(m: Lowerer, index: CExpr, n: CExpr) -> CExpr:
    """An index from the beginning, which must be one."""
    if isinstance(index, ir.Literal):
        value = int(index.value)
        m.fail(Apply("less_equal", (n, ir.integer(value if value >= 0 else -value - 1)), BOOL), "index")
        return index if value >= 0 else m.let(ir.add(n, index), "k")
    found = m.let(Apply("from_front", (index, n), INT64), "k")
    m.fail(Apply("outside", (found, n), BOOL), "index")
    return found


def sliced(m: Lowerer, n: CExpr, bounds: Sequence[Atom | None]) -> tuple[CExpr, CExpr, int]:
    """First place, number of places, step."""
    start, stop, step = (None if b is None or b.is_none else b for b in bounds)
    by = 1
    if step is not None:
        if not isinstance(step, Const) or not isinstance(step.number, int) or step.number == 0:
            raise NotLowered("a slice whose step only the run knows")
        by = step.number
    if by < 0:
        first = ir.subtract(n, ir.ONE) if start is None else Apply("bound_down", (m.scalar(start, INT64), n), INT64)
        last: CExpr = ir.integer(-1) if stop is None else Apply("bound_down", (m.scalar(stop, INT64), n), INT64)
        first = m.let(first, "first")
        return first, m.let(Apply("count", (ir.subtract(first, last), ir.integer(-by)), INT64), "n"), by
    first = ir.ZERO if start is None else m.let(_bound(m.scalar(start, INT64), n), "first")
    last = n if stop is None else _bound(m.scalar(stop, INT64), n)
    span = ir.subtract(last, first)
    return first, m.let(span if span is n and by == 1 else Apply("count", (span, ir.integer(by)), INT64), "n"), by


def _bound(index: CExpr, n: CExpr) -> CExpr:
    return ir.ZERO if index == ir.ZERO else Apply("bound", (index, n), INT64)


# ---- index arrays


@dataclass(frozen=True)
class FancyPick:
    """A subscript with index arrays: those (as atoms, one for each of these axes), and where their dims stand.

    axes     for each axis of the array: ("fancy", k), or ("view",)
    front    where the dims of the index arrays stand among those of the result
    """

    view: InMemory
    fancy: tuple[Atom, ...]
    axes: tuple[int | None, ...]
    front: int
    rank: int


def _picked(m: Lowerer, eq: Equation, memory: InMemory, indices: Sequence[Atom]) -> FancyPick:
    """The subscript, its numbers and slices done: a view is left, some of whose axes index arrays pick from."""
    template: Template = eq.params["index"]
    if any(entry[0] == "object" for entry in template):
        raise NotLowered("a subscript by an object", eq.span)
    arrays = [indices[entry[1]] for entry in template if entry[0] == "array"]
    if any(a.type.dtype == "bool" for a in arrays):
        raise NotLowered("a subscript by a mask", eq.span)
    if any(entry[0] == "int" for entry in template):
        raise NotLowered("a subscript by index arrays beside numbers", eq.span)
    basic = tuple(("slice", None, None, None) if entry[0] == "array" else entry for entry in template)
    view = subscripted(m, memory, indices, basic)
    axes = _fancy_axes(template, view.rank)
    places = [k for k, axis in enumerate(axes) if axis is not None]
    together = places[-1] - places[0] + 1 == len(places)
    rank = max(a.type.rank or 0 for a in arrays)
    return FancyPick(view, tuple(arrays), axes, places[0] if together else 0, rank)


def _fancy_axes(template: Template, rank: int) -> tuple[int | None, ...]:
    """For each axis of the view which index array picks from it."""
    axes: list[int | None] = []
    count = 0
    for entry in template:
        if entry[0] == "ellipsis":
            axes += [None] * (rank - sum(other[0] != "ellipsis" for other in template))
        elif entry[0] == "array":
            axes.append(count)
            count += 1
        else:
            axes.append(None)
    return (*axes, *(None,) * (rank - len(axes)))


def _indices_at(m: Lowerer, picked: FancyPick, places: Sequence[CExpr]) -> CExpr:
    """Where the element stands that belongs to a place of the result; checks indices."""
    fancy_places = places[picked.front : picked.front + picked.rank]
    others = iter([*places[: picked.front], *places[picked.front + picked.rank :]])
    index: CExpr = ir.ZERO
    for axis, which in enumerate(picked.axes):
        stride = picked.view.strides[axis]
        if which is None:
            index = ir.add(index, ir.times(next(others), stride))
            continue
        array = picked.fancy[which]
        if not isinstance(array.type, Array):
            k = m.scalar(array, INT64)
        else:
            memory = m.memory(array)
            own = fancy_places[picked.rank - memory.rank :]
            k = converted(m.let(ir.Load(memory.pointer, _stretched_place(memory, own), memory.type)), INT64)
        index = ir.add(index, ir.times(inside(m, k, picked.view.lengths[axis]), stride))
    return index


def _stretched_place(memory: InMemory, places: Sequence[CExpr]) -> CExpr:
    index: CExpr = ir.ZERO
    for k, n, stride in zip(places, memory.lengths, memory.strides, strict=True):
        one = Apply("equal", (n, ir.ONE), BOOL)
        index = ir.add(
            index, ir.times(k, stride if memory.rank == 1 else Apply("select", (one, ir.ZERO, stride), INT64))
        )
    return index


def _fancy_lengths(m: Lowerer, picked: FancyPick) -> tuple[CExpr, ...]:
    """The lengths of the index arrays together."""
    arrays = [m.memory(a) for a in picked.fancy if isinstance(a.type, Array)]
    if len({a.rank for a in arrays}) != 1 or 1 < len(arrays) < len(picked.fancy):
        raise NotLowered("index arrays of several ranks")
    found: list[CExpr] = []
    for k in range(picked.rank):
        lengths = [a.lengths[k] for a in arrays]
        n = lengths[0]
        for other in lengths[1:]:
            if other != n:
                n = m.let(Apply("select", (Apply("equal", (n, ir.ONE), BOOL), other, n), INT64), "n")
        for other in lengths if len(lengths) > 1 else []:
            m.must_stretch(other, n, "index")
        found.append(n)
    return tuple(found)


def _result_lengths(m: Lowerer, picked: FancyPick) -> tuple[CExpr, ...]:
    others = [n for n, which in zip(picked.view.lengths, picked.axes, strict=True) if which is None]
    return (*others[: picked.front], *_fancy_lengths(m, picked), *others[picked.front :])


def _gathered(m: Lowerer, eq: Equation) -> None:
    x, *indices = eq.operands
    memory = m.memory(x)
    picked = _picked(m, eq, memory, indices)
    lengths = _result_lengths(m, picked)
    for atom in picked.fancy:
        if isinstance(atom.type, Array):
            m.reads_memory(m.memory(atom))
    m.reads_memory(memory)
    if not lengths:
        raise NotLowered("a subscript by arrays without dimensions", eq.span)
    target = m.new_array(memory.type, lengths, eq.result.name)

    def each(places: tuple[CExpr, ...]) -> None:
        index = _indices_at(m, picked, places)
        m.emit(
            ir.Store(
                target.pointer, place(target, places), ir.Load(picked.view.pointer, index, memory.type), memory.type
            )
        )

    m.loops_over(target.lengths, each)
    m.is_array(eq.result, target)


def last_wins(m: Lowerer, eq: Equation) -> None:
    """Which of the places of a subscript name one that none behind it names again."""
    x, *indices = eq.operands
    winner = m.new_array(INT64, m.lengths(x))
    picked = _picked(m, eq, winner, indices)
    lengths = tuple(m.let(n, "n") for n in _result_lengths(m, picked))
    for atom in picked.fancy:
        if isinstance(atom.type, Array):
            m.reads_memory(m.memory(atom))
    target = m.new_array(BOOL, lengths, eq.result.name)

    def order(places: tuple[CExpr, ...]) -> CExpr:
        return place(target, places)

    def enters(places: tuple[CExpr, ...]) -> None:
        m.emit(ir.Store(picked.view.pointer, _indices_at(m, picked, places), order(places), INT64))

    def stays(places: tuple[CExpr, ...]) -> None:
        last = ir.Load(picked.view.pointer, _indices_at(m, picked, places), INT64)
        m.emit(ir.Store(target.pointer, order(places), ir.equal(last, order(places)), BOOL))

    m.loops_over(lengths, enters)
    m.loops_over(lengths, stays)
    m.emit(ir.Support("RELEASE", (winner.block,)))
    m.is_array(eq.result, target)


def _scattered(m: Lowerer, eq: Equation, memory: InMemory, adds: bool) -> None:
    _, value, *indices = eq.operands
    picked = _picked(m, eq, memory, indices)
    lengths = _result_lengths(m, picked)
    source: InMemory | None = None
    number: CExpr | None = None
    if isinstance(value.type, Array):
        source = m.memory(value)
        if not m.harmless(memory, source, apart=True):
            source = m.copied(source)
    else:
        number = converted(m.scalar(value), memory.type)
    m.close()

    def each(places: tuple[CExpr, ...]) -> None:
        index = _indices_at(m, picked, places)
        new = number
        if source is not None:
            own = places[len(places) - source.rank :]
            new = converted(ir.Load(source.pointer, _stretched_place(source, own), source.type), memory.type)
        assert new is not None
        m.emit(ir.Store(picked.view.pointer, index, new, memory.type, adds))

    if source is not None:
        _must_fit(m, source, lengths)
    m.loops_over(tuple(m.let(n, "n") for n in lengths), each)


def _must_fit(m: Lowerer, source: InMemory, lengths: tuple[CExpr, ...]) -> None:
    for n, whole in zip(source.lengths, lengths[len(lengths) - source.rank :], strict=True):
        m.must_stretch(n, whole)
