"""`reduce` and `accumulate` of the ufuncs: the function of each element and of what has been made of those before it.

Sums, products and extrema have operations of their own (`reductions`). All others are one operation each, with the
ufunc as a param: how they move follows from the slopes of the ufunc.
"""

from __future__ import annotations

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import as_dtype, emit, flag, is_given, known_rank, many_axes, only_axis, shape_atoms
from srcad.ops.declare import Area, Argument, CallError, Kind, ToOne, static
from srcad.ops.elementwise import mask_of
from srcad.ops.joining import joined_along
from srcad.ops.shaping import array_of, reshaped, transposed
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Array, Scalar, Type, Unknown, dims_of, dtype_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# what leaves the result as it is in the place of the second operand; None: there is no such number
NEUTRAL: dict[str, float | None] = {
    "subtract": 0.0,
    "divide": 1.0,
    "power": 1.0,
    "float_power": 1.0,
    "logaddexp": -np.inf,
    "logaddexp2": -np.inf,
    "hypot": 0.0,
    "arctan2": None,
    "copysign": None,
    "fmod": None,
    "remainder": None,
    "fmax": np.nan,
    "fmin": np.nan,
}
ORDERED = frozenset({"subtract", "divide", "power", "float_power", "arctan2", "copysign", "fmod", "remainder"})

# ---- types


def _made(x: Type, ufunc: str) -> str | None:
    dtype = dtype_of(x)
    if dtype is None:
        return None
    kinds = (np.dtype(dtype), np.dtype(dtype), None)
    return str(getattr(np, ufunc).resolve_dtypes(kinds)[2])


def _accumulated(x: Type, *, ufunc: str, axis: int) -> Type:
    dims, dtype = dims_of(x), _made(x, ufunc)
    return Unknown(dtype) if dims is None or dtype is None else Array(dtype, dims)


def _reduced(x: Type, *, ufunc: str, axis: int) -> Type:
    dims, dtype = dims_of(x), _made(x, ufunc)
    if dims is None or dtype is None:
        return Unknown(dtype)
    left = (*dims[:axis], *dims[axis + 1 :])
    return Array(dtype, left) if left else Scalar(dtype)


def _text(method: str, texts: tuple[str, ...], params: Params) -> str:
    axis = f", axis={params['axis']}" if params["axis"] else ""
    return f"np.{params['ufunc']}.{method}({texts[0]}{axis})"


op("accumulate_ufunc", Kind.SCAN, _accumulated, lambda texts, params: _text("accumulate", texts, params), cost="dear")
op("reduce_ufunc", Kind.REDUCTION, _reduced, lambda texts, params: _text("reduce", texts, params), cost="dear")


# ---- lowerings


def _accumulating(name: str) -> ToOne:
    def lowering(b: Builder, array: Argument, axis: Argument = 0, dtype: Argument = None) -> Atom:
        x = as_dtype(b, array_of(b, array), dtype)
        return emit(b, "accumulate_ufunc", x, ufunc=name, axis=only_axis(axis, known_rank(x, "accumulate")))

    lowering.__name__ = f"{name}_accumulate"
    return lowering


def _reducing(name: str) -> ToOne:
    def lowering(
        b: Builder,
        array: Argument,
        axis: Argument = 0,
        dtype: Argument = None,
        keepdims: Argument = False,
        initial: Argument = None,
        where: Argument = True,
    ) -> Atom:
        x = as_dtype(b, array_of(b, array), dtype)
        if mask_of(where) is not None:
            x = _with_neutral(b, name, x, where, is_given(initial))
        line, place, axes = _in_one_line(b, x, () if _is_of_a_number(x, axis) else axis, name)
        if is_given(initial):
            line = _behind(b, line, initial, place)
        found = emit(b, "reduce_ufunc", line, ufunc=name, axis=place)
        return emit(b, "expand_dims", found, axis=axes) if flag(keepdims, "keepdims") else found

    lowering.__name__ = f"{name}_reduce"
    return lowering


def _is_of_a_number(x: Atom, axis: Argument) -> bool:
    """Whether an axis is given of what has none: NumPy lets the first and the last one pass."""
    return x.type.rank == 0 and static(axis, "axis") in (0, -1)


def _with_neutral(b: Builder, name: str, x: Atom, where: Argument, started: bool) -> Atom:
    """The array with what changes nothing in the places that `where=` leaves out."""
    neutral = NEUTRAL[name]
    if neutral is None:
        raise NotYetSupported(f"np.{name}.reduce with where=", do="take the elements out with a mask, row by row")
    if name in ORDERED and not started:
        raise CallError(
            f"reduction operation '{name}' does not have an identity, so to use a where mask one has to "
            "specify 'initial'"
        )
    return emit(b, "where", as_array(b, where), x, neutral)


def _in_one_line(b: Builder, x: Atom, axis: Argument, name: str) -> tuple[Atom, int, tuple[int, ...]]:
    """The array with the axes that are reduced as a single one; where that is; and which axes they were."""
    rank = known_rank(x, f"np.{name}.reduce")
    known = static(axis, "axis")
    axes = tuple(range(rank)) if known is None else tuple(sorted(many_axes(known, rank)))
    if len(axes) == 1:
        return x, axes[0], axes
    if name in ORDERED and len(axes) > 1:
        raise CallError(f"reduction operation '{name}' is not reorderable, so at most one axis may be specified")
    rest = tuple(k for k in range(rank) if k not in axes)
    turned = transposed(b, x, (*axes, *rest)) if axes != tuple(range(len(axes))) else x
    return reshaped(b, turned, (const(-1), *shape_atoms(b, turned)[len(axes) :])), 0, axes


def _behind(b: Builder, x: Atom, initial: Argument, axis: int) -> Atom:
    """The array with what the reduction starts from in front of it."""
    lengths = list(shape_atoms(b, x))
    lengths[axis] = const(1)
    start = emit(b, "broadcast_to", as_dtype(b, as_array(b, initial), dtype_of(x.type)), *lengths)
    return joined_along(b, [start, x], axis)


# NumPy makes other numbers of these where it reduces than where it accumulates, by a fault of its own on some machines
UNSURE = frozenset({"power", "float_power", "arctan2"})
for _name in NEUTRAL:
    if _name in UNSURE:
        continue
    lowers(getattr(np, _name).reduce)(_reducing(_name))
for _name in (*NEUTRAL, "maximum", "minimum"):
    lowers(getattr(np, _name).accumulate)(_accumulating(_name))
