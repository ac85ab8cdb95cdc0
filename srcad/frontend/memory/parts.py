"""Attributes of arrays that are set: x.real = v, x.flat = v, x.shape = (2, 3); and the elements of x.flat.

x.imag = v          x1 = real(x0) + 1j * v
x.flat[3:] = v      v1 = ravel(x0); v2 = set_item(v1, v, 3:); x1 = reshape(v2, ...)
x.shape = (2, 3)    the names of x stand for a view of it from now on
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from srcad.frontend.core import arithmetic
from srcad.frontend.core.cells import ArrayCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ArrayRef, Method, Tup, Value, ViewStep
from srcad.frontend.core.walk import with_values
from srcad.frontend.memory.arrays import FLAT, Index, contiguous_as, from_atom, load, store, to_number
from srcad.frontend.memory.items import refuse_truncation, set_items
from srcad.frontend.memory.puts import like
from srcad.frontend.memory.stand_ins import raise_what_setting_does
from srcad.ops.arguments import emit
from srcad.trace.nodes import Atom
from srcad.trace.types import dims_of, dtype_of, is_complex, rank_of

INCOMPATIBLE = "Incompatible shape for in-place modification. Use `.reshape()` to make a copy with the desired shape."
WHOLE: Index = ((), (("ellipsis",),))


def set_array_attribute(m: Machine, ref: ArrayRef, name: str, value: Value) -> None:
    """x.name = value, of an array."""
    handler = SETTERS.get(name)
    if handler is None:
        raise_what_setting_does(m, ref, name)
        m.refuse(f"the attribute {name!r} of an array is set", do="make another array of it.")
    if dtype_of(load(m, ref).type) is None:
        m.refuse(f"the attribute {name!r} of what may be an array or a number is set", do="index the array.")
    handler(m, ref, value)


def part_of(ref: ArrayRef, name: str) -> ArrayRef:
    """x.real or x.imag of an array of complex numbers: a view."""
    return ArrayRef(ref.cell, (*ref.path, ViewStep(name, (), ())))


def _set_real(m: Machine, ref: ArrayRef, value: Value) -> None:
    part = part_of(ref, "real") if is_complex(load(m, ref).type) else ref
    if value != part:
        set_items(m, part, value, WHOLE)


def _set_imag(m: Machine, ref: ArrayRef, value: Value) -> None:
    if not is_complex(load(m, ref).type):
        m.raises(TypeError("array does not have imaginary part to set"))
    part = part_of(ref, "imag")
    if value != part:
        set_items(m, part, value, WHOLE)


# ---- x.flat


def flat(ref: ArrayRef) -> ArrayRef:
    """x.flat: all elements in one row, wherever they are in memory."""
    return ArrayRef(ref.cell, (*ref.path, FLAT))


def is_flat(ref: ArrayRef) -> bool:
    return ref.path[-1:] == (FLAT,)


def _set_flat(m: Machine, ref: ArrayRef, value: Value) -> None:
    """x.flat = v, with v over again where it is shorter."""
    base = load(m, ref)
    new = to_number(m, value, "stored in an array")
    refuse_truncation(m, base.type, new)
    if rank_of(new.type) == 0:
        set_items(m, ref, value, WHOLE)
        return
    start = len(m.builder.equations)
    made = repeated(m, new, emit(m.builder, "arange", emit(m.builder, "size", base)))
    m.note(start)
    if dtype_of(made.type) != dtype_of(base.type):
        made = m.emit("cast", made, dtype=dtype_of(base.type))
    store(m, ref, like(m, base, made))


def set_flat_items(m: Machine, ref: ArrayRef, value: Value, index: Index) -> None:
    """x.flat[index] = value, with the value over again where it is shorter."""
    operands, template = index
    base = load(m, ref)
    new = to_number(m, value, "stored in an array")
    if rank_of(new.type) != 0 and template[0][0] != "int":
        places = m.emit("get_item", base, *operands, index=template)
        start = len(m.builder.equations)
        new = repeated(m, new, places)
        m.note(start)
    set_items(m, ref, from_atom(m, new), index)


def repeated(m: Machine, values: Atom, places: Atom) -> Atom:
    """A value for each place: those that are given, over again where they are fewer."""
    dims, wanted = dims_of(values.type), dims_of(places.type)
    if dims == () or (dims and wanted and len(dims) == len(wanted) == 1 and dims[0].same(wanted[0])):
        return values
    if not wanted:
        return emit(m.builder, "get_item", emit(m.builder, "ravel", values), 0, index=(("int", 0),))
    counted = emit(m.builder, "arange", emit(m.builder, "size", places))
    turns = emit(m.builder, "remainder", counted, emit(m.builder, "size", values))
    row = emit(m.builder, "get_item", emit(m.builder, "ravel", values), turns, index=(("array", 0),))
    return row if len(wanted) == 1 else emit(m.builder, "reshape_like", row, places)


# ---- x.shape


def _set_shape(m: Machine, ref: ArrayRef, value: Value) -> None:
    """The object gets another shape, and no other view of its memory does."""
    holders = [k for k, cell in m.heap.items() for one in cell.children() if _times(one, ref)]
    if len(holders) > 1 and ref.path:
        m.refuse("the shape of a view that has several names is set in place", do="use reshape.")
    shaped = m.call(Method("reshape", ref), value.items if isinstance(value, Tup) else (value,))
    if not isinstance(shaped, ArrayRef) or shaped.cell != ref.cell:
        if contiguous_as(m, ref) is not None:
            m.raises(AttributeError(INCOMPATIBLE))
        what = "the shape of an array is set in place, and how it lies in memory isn't known"
        m.refuse(what, do="use reshape.", unsettled=True)
    if len(holders) > 1:
        _reshape_object(m, ref, shaped)
        return
    for place in holders:
        m.heap[place] = with_values(m.heap[place], lambda one: shaped if one == ref else one)


def _reshape_object(m: Machine, ref: ArrayRef, shaped: ArrayRef) -> None:
    """An array itself gets another shape, under all of its names; views of it look at what it was."""
    before, after = load(m, ref), load(m, shaped)
    dims = [arithmetic.number(m, m.emit("dim", before, axis=k)) for k in range(rank_of(before.type) or 0)]
    m.change(ref.cell, replace(m.cell(ref.cell, ArrayCell), var=after))
    back = m.call(Method("reshape", ref), (Tup(tuple(dims)),))
    assert isinstance(back, ArrayRef)
    steps = back.path

    def seen(one: Value) -> Value:
        if isinstance(one, ArrayRef) and one.cell == ref.cell and one.path:
            return replace(one, path=(*steps, *one.path))
        return one

    for place, cell in list(m.heap.items()):
        m.heap[place] = with_values(cell, seen)


def _times(value: Value, ref: ArrayRef) -> int:
    """How often a value is, or holds, this very array or view."""
    return int(value == ref) + sum(_times(child, ref) for child in value.children())


SETTERS: dict[str, Callable[[Machine, ArrayRef, Value], None]] = {
    "real": _set_real,
    "imag": _set_imag,
    "flat": _set_flat,
    "shape": _set_shape,
}
