"""What lowerings do with arguments again and again: axes, lengths and shapes, slices along an axis."""

from __future__ import annotations

import operator

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from srcad.errors import NotYetSupported
from srcad.ops.declare import Argument, CallError, static
from srcad.trace.builder import Builder, const
from srcad.trace.dims import UNKNOWN_DIM, Dim
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import Array, Scalar, Type, Unknown, dims_of, dtype_of, rank_of

WHOLE = ("slice", None, None, None)


def emit(b: Builder, op: str, *operands: object, **params: object) -> Atom:
    """Emit an operation with one result."""
    result: Atom = b.emit(op, *operands, **params)
    return result


def emit_many(b: Builder, op: str, *operands: object, **params: object) -> tuple[Atom, ...]:
    """Emit an operation with several results."""
    return b.emit_many(op, *operands, **params)


# ---- what must be known now


def is_given(value: Argument) -> bool:
    """Whether an optional argument says anything."""
    return value is not None and value is not np._NoValue


def integer(value: Argument, what: str) -> int:
    known = static(value, what)
    if isinstance(known, (tuple, list)):
        raise NotYetSupported(f"a {type(known).__name__} for {what}", do="give an integer")
    return operator.index(known)


def flag(value: Argument, what: str) -> bool:
    return is_given(value) and bool(static(value, what))


def word(value: Argument, what: str) -> str | None:
    """A string that chooses something; None where nothing is chosen."""
    known = static(value, what)
    return None if known is None else str(known)


def only_given(**options: object) -> dict[str, object]:
    """The options that say something, as params of an operation."""
    return {name: value for name, value in options.items() if is_given(value) and value is not False}


# ---- ranks and axes


def known_rank(value: Atom, what: str) -> int:
    """The rank of an operand, for operations that mean different things for different ranks."""
    rank = rank_of(value.type)
    if rank is None:
        error = NotYetSupported(
            f"{what} of an array whose number of dimensions isn't known before the run",
            why="what the operation and its derivative are depends on the number of dimensions",
            do="give the variable the same number of dimensions from the start, or make it outside of the function and "
            "pass it as an argument",
        )
        error.first_turn = True
        raise error
    return rank


def number_in(b: Builder, x: Atom) -> Atom:
    """The number in an array of no dimensions; any other operand as it is."""
    return emit(b, "get_item", x, index=()) if isinstance(x.type, Array) and x.type.rank == 0 else x


def one_axis(axis: Argument, rank: int) -> int:
    return int(normalize_axis_index(integer(axis, "axis"), rank))


def only_axis(axis: Argument, rank: int) -> int:
    """The one axis of `ufunc.accumulate`, which takes what other functions take for several, if it is one."""
    known = static(axis, "axis")
    given = tuple(range(rank)) if known is None else known if isinstance(known, tuple) else (known,)
    if len(given) != 1:
        raise CallError("accumulate does not allow multiple axes")
    return one_axis(given[0], rank)


def repeated_axes(axes: Argument, rank: int, what: str) -> tuple[int, ...]:
    """The axes of a function that goes along one after the other: one that is named twice is gone along twice."""
    given = static(axes, what)
    return tuple(one_axis(k, rank) for k in (given if isinstance(given, (tuple, list)) else (given,)))


def many_axes(axis: Argument, rank: int) -> tuple[int, ...]:
    given = static(axis, "axis")
    return tuple(normalize_axis_tuple(given if given is None or np.ndim(given) else operator.index(given), rank))


def two_axes(one: Argument, other: Argument, rank: int) -> tuple[int, int]:
    """The axes of matrices."""
    first, second = one_axis(one, rank), one_axis(other, rank)
    if first == second:
        raise CallError("axis1 and axis2 cannot be the same")
    return first, second


def dims_or_raise(t: Type, what: str) -> tuple[Dim, ...]:
    dims = dims_of(t)
    if dims is None:
        raise NotYetSupported(f"{what} of an array whose number of dimensions isn't known before the run")
    return dims


# ---- lengths and shapes


def length_atom(value: Argument) -> Atom:
    """A length as an operand: a variable, or a constant that tells its value."""
    return value if isinstance(value, Var) else const(integer(value, "a length"))


def length_dim(t: Type) -> Dim:
    """The dimension that an int of this type makes."""
    return t.length if isinstance(t, Scalar) and t.length is not None else UNKNOWN_DIM


def dim_atom(b: Builder, x: Atom, axis: int) -> Atom:
    """The length of an axis, as a constant where the type tells it."""
    dims = dims_of(x.type)
    if dims is not None and dims[axis].number is not None:
        return const(dims[axis].offset)
    return emit(b, "dim", x, axis=axis)


def shape_atoms(b: Builder, x: Atom) -> tuple[Atom, ...]:
    return tuple(dim_atom(b, x, axis) for axis in range(known_rank(x, "the shape")))


def shape_operands(shape: Argument) -> tuple[Atom, ...]:
    """A shape as given to NumPy: an int, a sequence of ints, or an object that is a tuple at run time."""
    known = shape.value if isinstance(shape, Const) else shape
    if isinstance(known, (tuple, list, np.ndarray)):
        return tuple(length_atom(n) for n in known)
    return (length_atom(known),)


def check_room(x: Atom, lengths: tuple[Atom, ...]) -> None:
    """Raise where an array has more axes than the shape that it is to be spread to."""
    rank = rank_of(x.type)
    if rank is not None and rank > len(lengths) and all(isinstance(n.type, Scalar) for n in lengths):
        raise CallError("input operand has more dimensions than allowed by the axis remapping")


def shaped(dtype: str, shape: tuple[Type, ...]) -> Type:
    """The type of an array with a shape made of operands of these types."""
    if all(isinstance(t, Scalar) for t in shape):
        return Array(dtype, tuple(map(length_dim, shape)))
    return Unknown(dtype)


def dtype_name(dtype: Argument) -> str | None:
    """A dtype argument as a name."""
    known = static(dtype, "dtype")
    return None if known is None else str(np.dtype(known))


def as_dtype(b: Builder, x: Atom, dtype: Argument, casting: Argument = "unsafe") -> Atom:
    """`x` with the dtype asked for, if one is; the cast must be one that the rule allows."""
    name, rule = dtype_name(dtype), static(casting, "casting")
    if name is None or name == dtype_of(x.type):
        return x
    known = dtype_of(x.type)
    if known is not None and rule != "unsafe" and not np.can_cast(known, name, rule):
        raise CallError(f"Cannot cast from dtype('{known}') to dtype('{name}') according to the rule '{rule}'")
    return emit(b, "cast", x, dtype=name)


# ---- pieces of arrays


def sliced(b: Builder, x: Atom, axis: int, start: Argument, stop: Argument, step: Argument = None) -> Atom:
    """x[..., start:stop:step, ...] along an axis; None: open."""
    operands: list[Atom] = []
    places: list[int | None] = []
    for bound in (start, stop, step):
        places.append(None if bound is None else len(operands))
        operands += [] if bound is None else [length_atom(bound)]
    return emit(b, "get_item", x, *operands, index=(*(WHOLE,) * axis, ("slice", *places)))


def picked(b: Builder, x: Atom, axis: int, place: Argument) -> Atom:
    """x[..., place, ...]: one place along an axis, which goes away."""
    return emit(b, "get_item", x, length_atom(place), index=(*(WHOLE,) * axis, ("int", 0)))


def gathered(b: Builder, x: Atom, axis: int, places: Atom) -> Atom:
    """x[..., places, ...]: an array of places along an axis."""
    return emit(b, "get_item", x, places, index=(*(WHOLE,) * axis, ("array", 0)))


def with_new_axes(b: Builder, x: Atom, axes: tuple[int, ...]) -> Atom:
    """Axes of length one, at these places of the result."""
    if not axes:
        return x
    if isinstance(x.type, Scalar):
        return emit(b, "expand_dims", x, axis=axes)
    index = tuple(("newaxis",) if k in axes else WHOLE for k in range(max(axes) + 1))
    return emit(b, "get_item", x, index=index)


def to_rank(b: Builder, x: Atom, rank: int) -> Atom:
    """Axes of length one in front, up to a rank."""
    return with_new_axes(b, x, tuple(range(rank - known_rank(x, "broadcasting"))))
