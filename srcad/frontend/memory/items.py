"""Parts of arrays by subscripts: x[index], and x[index] = value."""

from __future__ import annotations

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import (
    NONE,
    ArrayRef,
    Value,
)
from srcad.frontend.memory.arrays import Index, load, store, to_number
from srcad.frontend.memory.selection import each, selected
from srcad.trace.nodes import Atom
from srcad.trace.types import (
    Array,
    Scalar,
    Type,
    dtype_of,
    is_inexact,
    rank_of,
)


def set_items(m: Machine, ref: ArrayRef, value: Value, index: Index) -> None:
    """x[index] = value."""
    new = to_number(m, value, "stored in an array")
    refuse_truncation(m, load(m, ref).type, new)
    store_items(m, ref, new, index)


def store_items(m: Machine, ref: ArrayRef, new: Atom, index: Index) -> None:
    """x[index] = new, for a variable or constant."""
    operands, template = index
    choice = selected(m, ref)
    if choice is not None:
        each(m, choice, ref.path, lambda one: _stored_items(m, one, new, index))
        return
    base = load(m, ref)
    if rank_of(base.type) == 0 and not operands:
        store(m, ref, as_number(m, base, new))
    else:
        store(m, ref, m.emit("set_item", base, new, *operands, index=template))


def _stored_items(m: Machine, ref: ArrayRef, new: Atom, index: Index) -> Value:
    store_items(m, ref, new, index)
    return NONE


def items(m: Machine, ref: ArrayRef, index: Index) -> Atom:
    """x[index], for an operation in place; of an array without dimensions that is held as a number, that."""
    operands, template = index
    base = load(m, ref)
    if isinstance(base.type, Scalar) and not operands:
        return base
    found: Atom = m.emit("get_item", base, *operands, index=template)
    return found


def as_number(m: Machine, base: Atom, new: Atom) -> Atom:
    """What a 0-d array holds from now on: NumPy's operations make a number of one, and so do we at the first store."""
    dtype = dtype_of(base.type)
    if rank_of(new.type) != 0:
        new = m.emit("reshape", new)
    if isinstance(new.type, Array):
        new = m.emit("get_item", new, index=())
    return new if dtype_of(new.type) == dtype else m.emit("cast", new, dtype=dtype)


def refuse_truncation(m: Machine, target: Type, new: Atom) -> None:
    dtype = dtype_of(target)
    if not is_inexact(dtype) and m.is_active(new) and is_inexact(dtype_of(new.type)):
        m.refuse(
            f"a value that depends on the differentiated arguments is stored in an array of {dtype}",
            why="the store rounds it to a whole number, whose derivative is zero almost everywhere.",
            do="make the array one of floats.",
            never=True,
        )
