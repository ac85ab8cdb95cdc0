"""NumPy functions and methods that change their argument: np.add.at, fill_diagonal, x.sort(), x.fill(v)."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.subscripts import index_from
from srcad.frontend.control.collecting import to_list
from srcad.frontend.core.machine import Diverges, Machine
from srcad.frontend.core.values import NONE, ArrayRef, Num, Static, Tup, Value, ViewStep
from srcad.frontend.library import programs
from srcad.frontend.library.lowered import lower
from srcad.frontend.memory.arrays import contiguous_as, from_atom, load, store, to_number, to_python
from srcad.frontend.memory.items import refuse_truncation, set_items
from srcad.frontend.memory.objects import IN_PLACE
from srcad.frontend.memory.parts import WHOLE, flat, repeated
from srcad.ops.arguments import dim_atom, word
from srcad.ops.catalogue import static
from srcad.ops.elementwise import strong
from srcad.ops.indexing import kept_inside
from srcad.trace.types import Array, dtype_of, rank_of


def need_array(m: Machine, value: Value) -> ArrayRef:
    if not isinstance(value, ArrayRef):
        m.refuse(f"{value.describe()} is changed in place")
    return value


def ufunc_at(m: Machine, ufunc: np.ufunc, owner: Value, index: Value, *values: Value) -> Value:
    """np.add.at(x, i, v): repeated indices count each time."""
    ref = need_array(m, owner)
    operands, template = index_from(m, index)
    base, start = load(m, ref), len(m.builder.equations)
    value = strong(m.builder, base, to_number(m, values[0]))[1]
    m.note(start)
    if ufunc is np.subtract:
        value = m.emit("negative", value)
    refuse_truncation(m, base.type, value)
    added = m.emit("add_item", base, value, *operands, index=template)
    careless = any(entry[0] in ("array", "int") for entry in template)  # NumPy itself, about what is read-only
    try:
        store(m, ref, added, anyway=careless)
    except Diverges:
        if not careless:
            raise
        m.refuse(f"np.{ufunc.__name__}.at is given an array that is read-only, which NumPy writes to at such an index")
    return NONE


def _fill_diagonal(m: Machine, a: Value, val: Value, wrap: Value = Static(False)) -> Value:  # noqa: B008
    """a[i, i] = val for i below the shorter side."""
    ref = need_array(m, a)
    base = load(m, ref)
    if not isinstance(base.type, Array) or base.type.rank != 2 or static(to_python(m, wrap), "wrap"):
        m.refuse("np.fill_diagonal of this array isn't supported yet")
    sides = [m.emit("dim", base, axis=k) for k in range(2)]
    count = sides[0] if base.type.dims[0].same(base.type.dims[1]) else m.emit("smaller", *sides)
    index = m.emit("arange", 0, count, 1, dtype=None)
    set_items(m, ref, val, ((index, index), (("array", 0), ("array", 1))))
    return NONE


def _copyto(
    m: Machine,
    dst: Value,
    src: Value,
    casting: Value = NONE,  # noqa: ARG001 - which casts are allowed changes no value
    where: Value | None = None,
) -> Value:
    ref = need_array(m, dst)
    if where is None or where == Static(True):
        set_items(m, ref, src, WHOLE)
        return NONE
    base = load(m, ref)
    new = m.emit("where", to_number(m, where), to_number(m, src), base)
    set_items(m, ref, Num(new), WHOLE)
    return NONE


def _put(m: Machine, a: Value, ind: Value, v: Value, mode: Value = Static("raise")) -> Value:  # noqa: B008
    """a.flat[ind] = v, with places wrapped around or clipped as `mode` says."""
    ref = need_array(m, a)
    row = flat(ref) if rank_of(load(m, ref).type) != 1 else ref
    start = len(m.builder.equations)
    length = dim_atom(m.builder, load(m, row), 0)
    places = kept_inside(m.builder, to_number(m, ind), length, word(to_python(m, mode), "mode"))
    values = repeated(m, to_number(m, v), places)
    m.note(start)
    entry = ("int" if rank_of(places.type) == 0 else "array", 0)
    set_items(m, row, from_atom(m, values), ((places,), (entry,)))
    return NONE


def _spelled(function: Callable[..., object]) -> Callable[..., Value]:
    """The reader of a function that is spelled as a program."""

    def read(m: Machine, owner: Value, *args: Value, **keywords: Value) -> Value:
        return m.call(Static(function), (need_array(m, owner), *args), keywords)

    return read


def _nan_to_num(m: Machine, x: Value, *args: Value, **keywords: Value) -> Value:
    """np.nan_to_num: with copy=False, into the array itself."""
    copy = args[0] if args else keywords.pop("copy", Static(True))
    keywords |= dict(zip(("nan", "posinf", "neginf"), args[1:], strict=False))
    made = lower(m, np.nan_to_num, (x,), keywords)
    if static(to_python(m, copy), "copy"):
        return made
    ref = need_array(m, x)
    set_items(m, ref, made, WHOLE)
    return ref


MUTATORS: dict[Hashable, Callable[..., Value]] = {
    np.fill_diagonal: _fill_diagonal,
    np.copyto: _copyto,
    np.put: _put,
    np.place: _spelled(programs.place),
    np.putmask: _spelled(programs.putmask),
    np.put_along_axis: _spelled(programs.put_along_axis),
    np.nan_to_num: _nan_to_num,
}


def array_method(
    m: Machine, owner: ArrayRef | Num, name: str, args: tuple[Value, ...], keywords: dict[str, Value]
) -> Value | None:
    """The methods that change their array, or look at it; None for the others."""
    if name == "fill" and isinstance(owner, ArrayRef):
        return _fill(m, owner, *args, **keywords)
    if name == "sort" and isinstance(owner, ArrayRef):
        return _sort(m, owner, *args, **keywords)
    if name == "tolist" and isinstance(owner, ArrayRef) and (rank_of(load(m, owner).type) or 0) > 1:
        return nested(m, owner)
    if name == "put" and isinstance(owner, ArrayRef):
        return _put(m, owner, *args, **keywords)
    if name == "partition" and isinstance(owner, ArrayRef):
        return _partition(m, owner, *args, **keywords)
    if name == "view" and isinstance(owner, ArrayRef):
        return _view(m, owner, *args, **keywords)
    if name in IN_PLACE:
        m.refuse(f"the method {name!r} of an array isn't supported yet", do="make another array of it.")
    return None


def nested(m: Machine, owner: ArrayRef) -> Value:
    """x.tolist() of a matrix: a list of the lists of its rows."""
    rows = known_items(m, owner, "the number of rows of a matrix that becomes a list of lists")
    lists = tuple(_as_list(m, row) for row in rows)
    return to_list(m, Tup(lists))


def _as_list(m: Machine, row: Value) -> Value:
    """x.tolist() of a row."""
    assert isinstance(row, ArrayRef)
    made = array_method(m, row, "tolist", (), {})
    return lower(m, "tolist", (row,), {}) if made is None else made


def _view(m: Machine, ref: ArrayRef, dtype: Value = NONE, type: Value = NONE) -> Value:
    """x.view(): the array itself, which has another shape if one of the two is given it."""
    t = load(m, ref).type
    known = [static(to_python(m, kind), "the kind of a view") for kind in (dtype, type)]
    wanted = [np.dtype(kind).name for kind in known if kind not in (None, np.ndarray)]
    if any(name != dtype_of(t) for name in wanted):
        return _reinterpreted(m, ref, wanted[0])
    index = (("slice", None, None, None),) if rank_of(t) else (("ellipsis",),)
    return ArrayRef(ref.cell, (*ref.path, ViewStep("get_item", (), (("index", index),))))


def _reinterpreted(m: Machine, ref: ArrayRef, wanted: str) -> Value:
    """x.view(complex), z.view(float): the same memory, as long as its last axis is one stretch."""
    t = load(m, ref).type
    way = WAYS.get((str(dtype_of(t)), wanted))
    if way is None:
        m.refuse(
            "an array is viewed as one of another dtype",
            why="what its elements are as bits has no derivative.",
            do="convert it with x.astype(...); for the parts of complex numbers take x.real and x.imag.",
        )
    if not rank_of(t) or "C" not in (contiguous_as(m, ref) or ()):
        m.refuse(
            "an array of which it isn't known how it lies in memory is viewed as one of another dtype",
            do="make a copy first, x.copy().view(...).",
            unsettled=True,
        )
    return ArrayRef(ref.cell, (*ref.path, ViewStep(way, (), ())))


WAYS = {
    ("float64", "complex128"): "as_complex",
    ("float32", "complex64"): "as_complex",
    ("complex128", "float64"): "as_floats",
    ("complex64", "float32"): "as_floats",
}


def _fill(m: Machine, ref: ArrayRef, value: Value) -> Value:
    set_items(m, ref, value, WHOLE)
    return NONE


def _partition(m: Machine, ref: ArrayRef, *args: Value, **keywords: Value) -> Value:
    """x.partition(k): np.partition, into the array itself."""
    done = lower(m, np.partition, (ref, *args), keywords)
    assert isinstance(done, ArrayRef)
    store(m, ref, load(m, done))
    return NONE


def _sort(m: Machine, ref: ArrayRef, *args: Value, **keywords: Value) -> Value:
    """x.sort(): np.sort, into the array itself."""
    if (args[0] if args else keywords.get("axis")) == NONE:
        m.raises(TypeError("'NoneType' object cannot be interpreted as an integer"))
    done = lower(m, np.sort, (ref, *args), keywords)
    assert isinstance(done, ArrayRef)
    store(m, ref, load(m, done))
    return NONE
