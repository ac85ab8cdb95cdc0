"""What lowerings do with arguments again and again: axes, lengths and shapes, slices along an axis."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from srcad.errors import NotYetSupported
from srcad.ops.catalogue import static
from srcad.trace.builder import Builder, const
from srcad.trace.dims import UNKNOWN_DIM, Dim
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import Array, Scalar, Type, Unknown, dims_of, rank_of

WHOLE = ("slice", None, None, None)


def emit(b: Builder, op: str, *operands: Any, **params: Any) -> Atom:
    """Emit an operation with one result."""
    result: Atom = b.emit(op, *operands, **params)
    return result


# ---- ranks and axes


def known_rank(value: Atom, what: str) -> int:
    """The rank of an operand, for operations that mean different things for different ranks."""
    rank = rank_of(value.type)
    if rank is None:
        error = NotYetSupported(
            f"{what} of an array whose number of dimensions isn't known before the run",
            why="what the operation and its derivative are depends on the number of dimensions",
            do="give the variable the same number of dimensions from the start, or annotate it",
        )
        error.first_turn = True
        raise error
    return rank


def one_axis(axis: Any, rank: int) -> int:
    return int(normalize_axis_index(operator.index(static(axis, "axis")), rank))


def many_axes(axis: Any, rank: int) -> tuple[int, ...]:
    axis = static(axis, "axis")
    return tuple(normalize_axis_tuple(axis if axis is None or np.ndim(axis) else operator.index(axis), rank))


def dims_or_raise(t: Type, what: str) -> tuple[Dim, ...]:
    dims = dims_of(t)
    if dims is None:
        raise NotYetSupported(f"{what} of an array whose number of dimensions isn't known before the run")
    return dims


# ---- lengths and shapes


def length_atom(value: Any) -> Atom:
    """A length as an operand: a variable, or a constant that tells its value."""
    if isinstance(value, Const):
        value = value.value
    return value if isinstance(value, Var) else const(operator.index(value))


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


def shape_operands(shape: Any) -> tuple[Atom, ...]:
    """A shape as given to NumPy: an int, a sequence of ints, or an object that is a tuple at run time."""
    if isinstance(shape, Const):
        shape = shape.value
    if isinstance(shape, (tuple, list, np.ndarray)):
        return tuple(length_atom(n) for n in shape)
    return (shape if isinstance(shape, Var) else const(operator.index(shape)),)


def shaped(dtype: str, shape: tuple[Type, ...]) -> Type:
    """The type of an array with a shape made of operands of these types."""
    if all(isinstance(t, Scalar) for t in shape):
        return Array(dtype, tuple(map(length_dim, shape)))
    return Unknown(dtype)


def dtype_name(dtype: Any, default: str | None = None) -> str | None:
    """A dtype argument as a name."""
    dtype = static(dtype, "dtype")
    return default if dtype is None else str(np.dtype(dtype))


# ---- pieces of arrays


def sliced(b: Builder, x: Atom, axis: int, start: Any, stop: Any, step: Any = None) -> Atom:
    """x[..., start:stop:step, ...] along an axis; None: open."""
    operands: list[Atom] = []
    places: list[int | None] = []
    for bound in (start, stop, step):
        places.append(None if bound is None else len(operands))
        operands += [] if bound is None else [length_atom(bound)]
    return emit(b, "get_item", x, *operands, index=(*(WHOLE,) * axis, ("slice", *places)))


def picked(b: Builder, x: Atom, axis: int, place: Any) -> Atom:
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
