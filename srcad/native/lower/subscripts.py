"""Subscripts: views, elements, stores and additions, by numbers and slices and by arrays of ints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower import masks
from srcad.native.lower.elementwise import element, elementwise, has_room, ready_nest, together
from srcad.native.lower.state import BOOL, INT64, Lowerer, array_type, converted, load, place, stretched_place, viewed
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
    picked: list[CExpr | None] = [None] * memory.rank
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
            picked[axis] = index = inside(m, m.scalar(indices[entry[1]], INT64), n)
            offset = ir.add(offset, ir.times(index, stride))
        else:
            first, count, step = sliced(m, n, [None if k is None else indices[k] for k in entry[1:]])
            offset = ir.add(offset, ir.times(first, stride))
            lengths.append(count)
            strides.append(m.let(ir.times(stride, step), "stride"))
        axis += 1
    lengths += memory.lengths[axis:]
    strides += memory.strides[axis:]
    rows = memory.packed and all(entry[0] == "int" for entry in template)
    pointer = _moved(m, memory, offset, tuple(zip(memory.strides, picked, strict=True)))
    return viewed(memory, pointer, lengths, strides, rows)


def _moved(m: Lowerer, memory: InMemory, offset: CExpr, picked: tuple[tuple[CExpr, CExpr | None], ...]) -> str:
    if offset == ir.ZERO:
        return memory.pointer
    name = m.name(memory.pointer)
    m.emit(ir.Pointer(name, memory.pointer, offset, memory.type, picked if any(k for _, k in picked) else ()))
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


def sliced(m: Lowerer, n: CExpr, bounds: Sequence[Atom | None]) -> tuple[CExpr, CExpr, CExpr]:
    """First place, number of places, step."""
    start, stop, step = (None if b is None or b.is_none else b for b in bounds)
    by = 1 if step is None else step.number if isinstance(step, Const) else 0
    if isinstance(by, int) and by:
        first, span = _sliced_by(m, n, start, stop, by)
        exact = span is n and by == 1
        return first, m.let(span if exact else _turns(span, ir.integer(abs(by))), "n"), ir.integer(by)
    assert step is not None
    by_run = m.let(m.scalar(step, INT64), "step")
    m.fail(ir.equal(by_run, ir.ZERO), "value")
    up = Apply("less", (ir.ZERO, by_run), BOOL)
    ways = (_sliced_by(m, n, start, stop, by) for by in (1, -1))
    first, span = (m.let(Apply("select", (up, *both), INT64)) for both in zip(*ways, strict=True))
    size = Apply("select", (up, by_run, ir.subtract(ir.ZERO, by_run)), INT64)
    return first, m.let(_turns(span, size), "n"), by_run


def _turns(span: CExpr, step: CExpr) -> CExpr:
    return Apply("count", (span, step), INT64)


def _sliced_by(m: Lowerer, n: CExpr, start: Atom | None, stop: Atom | None, by: int) -> tuple[CExpr, CExpr]:
    """The first place, and how far the end is from it, which may be behind."""
    if by < 0:
        first = ir.subtract(n, ir.ONE) if start is None else Apply("bound_down", (m.scalar(start, INT64), n), INT64)
        last: CExpr = ir.integer(-1) if stop is None else Apply("bound_down", (m.scalar(stop, INT64), n), INT64)
        first = m.let(first, "first")
        return first, ir.subtract(first, last)
    first = ir.ZERO if start is None else m.let(_bound(m.scalar(start, INT64), n), "first")
    last = n if stop is None else _bound(m.scalar(stop, INT64), n)
    return first, ir.subtract(last, first)


def _bound(index: CExpr, n: CExpr) -> CExpr:
    return ir.ZERO if index == ir.ZERO else Apply("bound", (index, n), INT64)


# ---- index arrays


@dataclass(frozen=True)
class FancyPick:
    """A subscript with index arrays: what these are, and where their dims stand.

    fancy    index arrays, and numbers, which pick as arrays do where they stand beside such
    axes     for each axis of the view which of these picks from it; None: it is kept
    front    where the dims of the index arrays stand among those of the result
    """

    view: InMemory
    fancy: tuple[InMemory | CExpr, ...]
    axes: tuple[int | None, ...]
    front: int
    lengths: tuple[CExpr, ...]

    @property
    def arrays(self) -> tuple[InMemory, ...]:
        return tuple(one for one in self.fancy if isinstance(one, InMemory))


WHOLE = ("slice", None, None, None)


def _picked(m: Lowerer, eq: Equation, memory: InMemory, indices: Sequence[Atom]) -> FancyPick:
    """The subscript, its slices done: a view is left, some of whose axes index arrays pick from."""
    basic: list[tuple[object, ...]] = []
    fancy: list[InMemory | CExpr] = []
    which: list[int | None] = []  # for each entry of `basic`
    for entry in eq.params["index"]:
        if entry[0] == "object":
            raise NotLowered("a subscript by an object", eq.span)
        found = _pickers(m, eq, indices[entry[1]]) if entry[0] in ("array", "int") else None
        if found is None:
            basic.append(entry)
            which.append(None)
            continue
        for one in found:
            basic.append(WHOLE)
            which.append(len(fancy))
            fancy.append(one)
    view = subscripted(m, memory, indices, tuple(basic))
    axes = _fancy_axes(basic, which, view.rank)
    _masks_fit(m, eq, indices, view, axes)
    places = [k for k, axis in enumerate(axes) if axis is not None]
    together_ = places[-1] - places[0] + 1 == len(places)
    lengths = _fancy_lengths(m, fancy)
    return FancyPick(view, tuple(fancy), axes, places[0] if together_ else 0, lengths)


def _pickers(m: Lowerer, eq: Equation, atom: Atom) -> list[InMemory | CExpr]:
    """An index array, a number; of a mask the places where it is true, axis by axis."""
    if atom.type.dtype == "bool" and not atom.type.rank:
        raise NotLowered("a subscript by a truth", eq.span)
    if not isinstance(atom.type, Array):
        return [m.scalar(atom, INT64)]
    memory = m.memory(atom)
    m.reads_memory(memory)
    if memory.type is not BOOL:
        return [memory]
    return list(masks.places_of(m, memory))


def _masks_fit(m: Lowerer, eq: Equation, indices: Sequence[Atom], view: InMemory, axes: Sequence[int | None]) -> None:
    """That masks are as long as the axes from which they pick."""
    picking = iter([view.lengths[k] for k, axis in enumerate(axes) if axis is not None])
    for entry in eq.params["index"]:
        if entry[0] not in ("array", "int"):
            continue
        atom = indices[entry[1]]
        if isinstance(atom.type, Array) and atom.type.dtype == "bool":
            for n in m.memory(atom).lengths:
                m.must_be(n, next(picking), "index")
        else:
            next(picking)


def _fancy_axes(basic: Sequence[tuple[object, ...]], which: Sequence[int | None], rank: int) -> tuple[int | None, ...]:
    """For each axis of the view which index array picks from it."""
    axes: list[int | None] = []
    for entry, picker in zip(basic, which, strict=True):
        if entry[0] == "ellipsis":
            axes += [None] * (rank - sum(other[0] != "ellipsis" for other in basic))
        else:
            axes.append(picker)
    return (*axes, *(None,) * (rank - len(axes)))


def _indices_at(m: Lowerer, picked: FancyPick, places: Sequence[CExpr]) -> CExpr:
    """Where the element stands that belongs to a place of the result; checks indices."""
    rank = len(picked.lengths)
    fancy_places = places[picked.front : picked.front + rank]
    others = iter([*places[: picked.front], *places[picked.front + rank :]])
    index: CExpr = ir.ZERO
    for axis, which in enumerate(picked.axes):
        stride = picked.view.strides[axis]
        if which is None:
            index = ir.add(index, ir.times(next(others), stride))
            continue
        array = picked.fancy[which]
        if isinstance(array, InMemory):
            own = fancy_places[rank - array.rank :]
            where = stretched_place(array, own, picked.lengths)
            array = converted(m.let(ir.Load(array.pointer, where, array.type)), INT64)
        index = ir.add(index, ir.times(inside(m, array, picked.view.lengths[axis]), stride))
    return index


def _fancy_lengths(m: Lowerer, fancy: Sequence[InMemory | CExpr]) -> tuple[CExpr, ...]:
    """The lengths of the index arrays together."""
    shapes = [one.lengths for one in fancy if isinstance(one, InMemory)]
    rank = max(map(len, shapes), default=0)
    found = [list(dict.fromkeys(shape[k] for shape in shapes if len(shape) >= -k)) for k in range(-rank, 0)]
    return tuple(together(m, lengths, "index") for lengths in found)


def _result_lengths(picked: FancyPick) -> tuple[CExpr, ...]:
    others = [n for n, which in zip(picked.view.lengths, picked.axes, strict=True) if which is None]
    return (*others[: picked.front], *picked.lengths, *others[picked.front :])


def _gathered(m: Lowerer, eq: Equation) -> None:
    x, *indices = eq.operands
    memory = m.memory(x)
    picked = _picked(m, eq, memory, indices)
    lengths = _result_lengths(picked)
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
    lengths = tuple(m.let(n, "n") for n in _result_lengths(picked))
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
    lengths = _result_lengths(picked)
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
            new = converted(ir.Load(source.pointer, stretched_place(source, own, lengths), source.type), memory.type)
        assert new is not None
        m.emit(ir.Store(picked.view.pointer, index, new, memory.type, adds))

    if source is not None:
        _must_fit(m, source, lengths)
    m.loops_over(tuple(m.let(n, "n") for n in lengths), each)


def _must_fit(m: Lowerer, source: InMemory, lengths: tuple[CExpr, ...]) -> None:
    for n, whole in zip(source.lengths, lengths[len(lengths) - source.rank :], strict=True):
        m.must_stretch(n, whole)
