"""Shapes of adjoints: undoing broadcasting, and doing it where an adjoint must be whole.

An adjoint may be *small*: any shape that broadcasts to its variable's. What a contribution must be summed over is
decided here, once for all operations, from the types; what types don't tell is left to a helper at run time.
"""

from __future__ import annotations

from dataclasses import dataclass

from srcad.rules.masks import mask_of
from srcad.trace.builder import Builder, const
from srcad.trace.dims import ONE, Dim
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import (
    Type,
    broadcast_dims,
    dims_of,
    dtype_of,
    is_complex,
    is_numeric,
    rank_of,
)
from srcad.trace.verifier import fits

Dims = tuple[Dim, ...]


@dataclass(frozen=True)
class Bar:
    """The adjoint of a variable so far; `whole`: it surely has the shape of that variable."""

    value: Atom
    whole: bool = False


def same_shape(a: Type, b: Type) -> bool:
    """Surely the same shape."""
    left, right = dims_of(a), dims_of(b)
    if left is None or right is None:
        return False
    return len(left) == len(right) and all(x.same(y) for x, y in zip(left, right, strict=True))


# ---- undoing broadcasting


def unbroadcast(b: Builder, g: Atom, operand: Atom, result: Atom) -> Atom:
    """Sum a contribution, which broadcasts to the shape of `result`, over the axes that were stretched."""
    return unbroadcast_bar(b, Bar(g), operand, result).value


def unbroadcast_bar(b: Builder, g: Bar, operand: Atom, result: Atom, *, stretched: bool = False) -> Bar:
    """A contribution to the adjoint of `operand`, summed over the axes along which it was stretched to `result`.


    `stretched` promises that the axes that `g` has are as long as those of the result.
    """
    if same_shape(operand.type, result.type):
        return g
    whole, value = g.whole or (stretched and _same_rank(g.value.type, result.type)), g.value
    summed = _summed_axes(operand.type, result.type)
    if summed is None:
        return Bar(_at_run_time(b, value, operand, result, whole), whole=True)
    lengths = [_length(value.type, axis, result.type, stretched or whole) for axis in summed]
    if None in lengths:
        value, whole = b.emit("materialise", value, result), True
        lengths = ["long"] * len(summed)
    value = _times_lengths(b, value, [axis for axis, n in zip(summed, lengths, strict=True) if n == "short"], result)
    long = [axis for axis, n in zip(summed, lengths, strict=True) if n == "long"]
    return Bar(_sum(b, value, long, operand), whole)


def _at_run_time(b: Builder, g: Atom, operand: Atom, result: Atom, full: bool) -> Atom:
    if not full and not same_shape(g.type, result.type):
        g = b.emit("materialise", g, result)
    summed: Atom = b.emit("sum_to_shape", g, operand)
    return summed


def _same_rank(a: Type, b: Type) -> bool:
    return rank_of(a) is not None and rank_of(a) == rank_of(b)


def _summed_axes(operand: Type, result: Type) -> list[int] | None:
    """The axes of the result, counted from its end (-1, -2, ...), over which to sum; None: not known before the run."""
    inner, outer = dims_of(operand), dims_of(result)
    if inner is None or outer is None:
        return None
    axes = []
    for axis in range(-len(outer), 0):
        stretched = _is_stretched(inner[axis] if -axis <= len(inner) else None, outer[axis])
        if stretched is None:
            return None
        if stretched:
            axes.append(axis)
    return axes


def _is_stretched(inner: Dim | None, outer: Dim) -> bool | None:
    """Whether to sum over an axis: the operand lacks it, or has it with length 1 while the result may not."""
    if inner is None:
        return True
    if inner.same(outer) or inner.not_one:
        return False
    return True if inner.is_one else None


def _length(g: Type, axis: int, result: Type, stretched: bool) -> str | None:
    """Whether the contribution is "long" (as the result) or "short" (1, or lacking) along an axis; None: not known."""
    dims, outer = dims_of(g), dims_of(result)
    if dims is None or outer is None:
        return None
    if -axis > len(dims):
        return "short"
    length = dims[axis]
    if length.same(outer[axis]) or length.not_one or stretched:
        return "long"
    return "short" if length.is_one else None


def _times_lengths(b: Builder, g: Atom, axes: list[int], result: Atom) -> Atom:
    """Summing over axes along which `g` is constant is multiplying by their lengths."""
    dims = dims_of(result.type) or ()
    axes = [axis for axis in axes if not dims[axis].is_one]
    if len(axes) == len(dims) > 1 and any(dim.number is None for dim in dims):
        return b.emit("multiply", g, b.emit("size", result))
    for axis in axes:
        dim = dims[axis]
        length = const(dim.offset) if dim.number is not None else b.emit("dim", result, axis=axis % len(dims))
        g = b.emit("multiply", g, length)
    return g


def _sum(b: Builder, g: Atom, long: list[int], operand: Atom) -> Atom:
    """Sum over the long axes, and drop what stands before the operand's first axis."""
    rank, inner = rank_of(g.type) or 0, rank_of(operand.type) or 0
    dropped = range(-rank, -inner)
    axes = sorted({axis + rank for axis in (*long, *dropped)})
    if not axes:
        return g
    keep = tuple(axis for axis in axes if axis >= rank - inner)
    plain = len(axes) == rank and not keep
    summed: Atom = (
        b.emit("sum", g, axis=None, keepdims=False) if plain else b.emit("sum_to", g, axes=tuple(axes), keep=keep)
    )
    return summed


# ---- dtypes


def fit_dtype(b: Builder, g: Atom, like: Atom) -> Atom:
    """A float32 variable has a float32 adjoint, a real one a real adjoint; Python's numbers adapt by themselves."""
    if not is_numeric(g.type) or not is_numeric(like.type):
        return g
    if is_complex(g.type) and not is_complex(like.type) and dtype_of(like.type) is not None:
        g = Const(g.value.real, like.type) if isinstance(g, Const) else b.emit("real", g)
    wanted, given = dtype_of(like.type), dtype_of(g.type)
    if wanted is None or given is None or wanted == given or is_weak(g.type) or is_complex(like.type):
        return g
    cast: Atom = b.emit("cast", g, dtype=wanted)
    return cast


def is_weak(t: Type) -> bool:
    """A Python number, which takes on the dtype of what it meets."""
    return t.is_python


# ---- whole adjoints


def zero(b: Builder, like: Atom) -> Atom:
    """The adjoint zero of a variable where one must stand."""
    if like.type.is_scalar:
        return const(0j if is_complex(like.type) else 0.0)
    made: Atom = b.emit("list_zeros" if like.type.is_container else "zeros_like", like)
    return made


def whole(b: Builder, bar: Bar | None, like: Atom) -> Atom:
    """The adjoint of `like` in its very shape and dtype."""
    if bar is None:
        return zero(b, like)
    g = bar.value
    shaped = like.type.is_array or like.type.is_unknown
    if shaped and not bar.whole and not same_shape(g.type, like.type):
        g = b.emit("materialise", g, like)
    return known(b, fit_dtype(b, g, like), like)


def known(b: Builder, g: Atom, like: Atom) -> Atom:
    """A value of which only the run tells the type, where it is known by now to be an adjoint of `like`."""
    if not g.type.is_unknown or like.type.is_unknown or not like.type.numeric:
        return g
    told: Atom = b.emit("known_as", g, to=like.type.tangent)
    return told


def entering(b: Builder, g: Atom, slot: Type) -> Atom:
    """A derivative as it enters a slot of another type: Python's zero among float32s, say, or a list of float64s.

    An array is converted: what it meets there is added to it in place, and real numbers hold no complex ones.
    """
    if fits(g, slot):
        return g
    if g.type.is_array and slot.is_array and is_complex(slot) != is_complex(g.type):
        g = b.emit("cast", g, dtype=dtype_of(slot))
    return g if fits(g, slot) else b.emit("known_as", g, to=slot)


def fit_exactly(b: Builder, bar: Bar | None, like: Atom) -> Atom:
    """An adjoint as the caller gets it: in the shape and the dtype of the input."""
    g = whole(b, bar, like)
    dtype, t = dtype_of(g.type), like.type
    if is_complex(t) and not is_complex(g.type) and t.is_scalar:
        return const(complex(g.value)) if isinstance(g, Const) else b.emit("to_complex", g)
    if not is_numeric(t) or dtype_of(t) in (None, dtype) or is_weak(g.type):
        return g
    cast: Atom = b.emit("cast", g, dtype=dtype_of(t))
    return cast


# ---- sums


def accumulate(b: Builder, old: Bar, new: Bar) -> Bar:
    """The sum of two contributions, the one that covers the other's shape first, as its buffer may be overwritten."""
    if _is_zero(old.value):
        return new
    if _is_zero(new.value):
        return old
    either = old.whole or new.whole
    masks = mask_of(b, old.value), mask_of(b, new.value)
    if masks[0] is not None and masks[1] is not None and masks[0].same(masks[1]):
        inner = accumulate(b, Bar(masks[0].inner, False), Bar(masks[1].inner, False))
        return Bar(masks[0].of(b, inner.value), either)
    for a, other in ((old, new), (new, old)):
        if _covers(a, other):
            return Bar(b.emit("accumulate", a.value, other.value), either)
    return Bar(b.emit("add", old.value, new.value), either)


def _is_zero(a: Atom) -> bool:
    return a.number == 0


def _covers(a: Bar, other: Bar) -> bool:
    """Whether the sum has the type of `a`."""
    if not is_numeric(a.value.type):
        return True
    mine, others = dims_of(a.value.type), dims_of(other.value.type)
    dtype, joined = dtype_of(a.value.type), dtype_of(other.value.type)
    if dtype != joined and not is_weak(other.value.type):
        return False
    if mine is None or others is None:
        return a.whole
    fits = a.whole or all(x.same(y) for x, y in zip(broadcast_dims(mine, others), _padded(mine, others), strict=True))
    return fits and len(mine) >= len(others) and not (mine and is_weak(a.value.type))


def _padded(mine: Dims, others: Dims) -> Dims:
    return (ONE,) * (len(others) - len(mine)) + mine
