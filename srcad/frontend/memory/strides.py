"""How the views of an array lie in its memory: by how many elements each of their axes steps on.

    A                  (m, n) in C order:  n, 1
    A[::2, 1:]                            2n, 1
    A[::2].T                               1, 2n

Whether `ravel` and `reshape` look or copy follows from that, as NumPy decides it. Where it also depends on a length
(`x[::2].ravel()` looks if a single element is left), it is so, or isn't, for the present arguments: if a program is
read for which that matters, guards promise it. An array without elements is as good as a view as it is as a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ViewStep
from srcad.ops.arguments import length_dim
from srcad.ops.einsum import view_letters
from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim, fixed, product
from srcad.trace.types import Type, dims_of

Dims = tuple[Dim, ...]


class Unsettled(Exception):  # noqa: N818 - an answer, not an error
    """How an array lies in memory isn't known, or whether a step looks or copies."""


class StepCopies(Exception):  # noqa: N818 - an answer, not an error
    """A step copies: what it gives is no view."""


@dataclass(frozen=True)
class Strided:
    """The lengths of the axes of an array or view, and by how many elements they step on."""

    dims: Dims
    strides: Dims


def whole(dims: Dims, order: Sequence[int] | None = None) -> Strided:
    """Memory without gaps; `order`: the axes from the slowest to the fastest, where that isn't C's order."""
    return Strided(dims, in_order(dims, order or range(len(dims))))


def in_order(dims: Dims, order: Sequence[int]) -> Dims:
    """The steps of axes where those that come first here are the slowest."""
    strides, step = [ONE] * len(dims), ONE
    for axis in reversed(order):
        strides[axis] = step
        step = step * dims[axis].counted
    return tuple(strides)


def seen(m: Machine, place: Strided, step: ViewStep, before: Type, after: Type) -> Strided:
    """What a step looks at, of something of type `before`. Raises `StepCopies` or `Unsettled`."""
    handler = STEPS.get(step.op)
    dims, given = dims_of(after), dims_of(before)
    if handler is None or given is None or len(given) != len(place.dims):
        raise Unsettled
    return Strided(dims or (), handler(m, place, step, dims or ()))


def is_contiguous(m: Machine, place: Strided, order: str = "C") -> bool:
    """Whether it is one stretch of memory without gaps, in the order of C or Fortran."""
    step = ONE
    for dim, stride in list(zip(place.dims, place.strides, strict=True))[:: -1 if order == "C" else 1]:
        if not stride.same(step) and not (_is_one(m, dim) or _sign(m, stride - step) == 0):
            return False
        step = step * dim.counted
    return True


def kept_order(m: Machine, places: Sequence[Strided]) -> tuple[int, ...]:
    """The axes of what a ufunc makes of these, from the slowest to the fastest: those of the operands, as far as they
    agree. So NumPy's iterator sorts them (`npyiter_find_best_axis_ordering`)."""
    rank = max(len(place.dims) for place in places)
    steps = [[_distance(m, place, axis - rank) for place in places] for axis in range(rank)]
    fast: list[int] = []
    for axis in reversed(range(rank)):
        at = len(fast)
        for k in reversed(range(len(fast))):
            swapped = _steps_farther(m, steps[fast[k]], steps[axis])
            if swapped is False:
                break
            at = k if swapped else at
        fast.insert(at, axis)
    return tuple(fast[::-1])


def _distance(m: Machine, place: Strided, axis: int) -> Dim:
    """By how many elements an axis, counted from the last one, steps on in either direction; 0 where it doesn't."""
    if -axis > len(place.dims) or _is_one(m, place.dims[axis]):
        return fixed(0)
    stride = place.strides[axis]
    return -stride if _sign(m, stride) < 0 else stride


def _steps_farther(m: Machine, inner: Sequence[Dim], outer: Sequence[Dim]) -> bool | None:
    """Whether the axis that is the inner one so far steps farther than another one; None where no operand tells."""
    found: bool | None = None
    for one, other in zip(inner, outer, strict=True):
        if one.number != 0 and other.number != 0:
            farther = not one.same(other) and _sign(m, one - other) > 0
            found = farther and found is not False
    return found


# ---- questions about lengths


def _is_one(m: Machine, dim: Dim) -> bool:
    """Whether a dimension has a single element."""
    if dim.is_one or dim.not_one:
        return dim.is_one
    return _sign(m, dim - 1) == 0


def _sign(m: Machine, dim: Dim) -> int:
    """The sign of a number: surely, or in this call, which guards promise then."""
    if dim.number is not None:
        return (dim.number > 0) - (dim.number < 0)
    for one, sign in ((dim, 1), (-dim, -1)):
        if one.known and (one.least or 0) > 0:
            return sign
    value = m.promised_sign(dim) if m.known.selecting else None
    if value is None:
        raise Unsettled
    return value


def _equal(m: Machine, a: Dim, b: Dim) -> bool:
    return a.same(b) or _sign(m, a - b) == 0


# ---- steps


def _itself(_m: Machine, place: Strided, _step: ViewStep, _dims: Dims) -> Dims:
    return place.strides


def _item(_m: Machine, place: Strided, step: ViewStep, _dims: Dims) -> Dims:
    template = dict(step.params)["index"]
    taken = sum(entry[0] in ("int", "slice") for entry in template)
    rest, strides = list(place.strides), list[Dim]()
    for entry in template:
        match entry[0]:
            case "newaxis":
                strides.append(fixed(0))
            case "ellipsis":
                for _ in range(len(place.strides) - taken):
                    strides.append(rest.pop(0))
            case "int":
                rest.pop(0)
            case "slice":
                strides.append(rest.pop(0) * (ONE if entry[3] is None else length_dim(step.operands[entry[3]].type)))
            case _:
                raise Unsettled
    return (*strides, *rest)


def _transposed(_m: Machine, place: Strided, step: ViewStep, _dims: Dims) -> Dims:
    axes = dict(step.params).get("axes")
    return place.strides[::-1] if axes is None else tuple(place.strides[k] for k in axes)


def _flipped(_m: Machine, place: Strided, step: ViewStep, _dims: Dims) -> Dims:
    axes = dict(step.params).get("axis")
    turned = range(len(place.dims)) if axes is None else [k % len(place.dims) for k in axes]
    return tuple(-stride if k in turned else stride for k, stride in enumerate(place.strides))


def _expanded(_m: Machine, place: Strided, step: ViewStep, dims: Dims) -> Dims:
    new, rest = [k % len(dims) for k in dict(step.params)["axis"]], iter(place.strides)
    return tuple(fixed(0) if k in new else next(rest) for k in range(len(dims)))


def _squeezed(_m: Machine, place: Strided, step: ViewStep, _dims: Dims) -> Dims:
    axes = dict(step.params).get("axis")
    pairs = enumerate(zip(place.dims, place.strides, strict=True))
    return tuple(stride for k, (dim, stride) in pairs if not (dim.is_one if axes is None else k in axes))


def _part_of_complex(_m: Machine, place: Strided, _step: ViewStep, _dims: Dims) -> Dims:
    """Real and imaginary parts take turns; elements have half the size from here on."""
    return tuple(stride * 2 for stride in place.strides)


def _diagonal(_m: Machine, place: Strided, step: ViewStep, _dims: Dims) -> Dims:
    params = dict(step.params)
    both = [params.get(name, k) % len(place.dims) for k, name in enumerate(("axis1", "axis2"))]
    rest = tuple(stride for k, stride in enumerate(place.strides) if k not in both)
    return (*rest, place.strides[both[0]] + place.strides[both[1]])


def _einsum(_m: Machine, place: Strided, step: ViewStep, _dims: Dims) -> Dims:
    given, result = view_letters(dict(step.params)["subscripts"], len(place.dims)) or ("", "")
    pairs = list(zip(given, place.strides, strict=True))
    return tuple(sum((stride for one, stride in pairs if one == letter), fixed(0)) for letter in result)


def _stretched(_m: Machine, place: Strided, _step: ViewStep, dims: Dims) -> Dims:
    strides = [fixed(0)] * (len(dims) - len(place.dims))
    for old, new, stride in zip(place.dims, dims[len(strides) :], place.strides, strict=True):
        strides.append(fixed(0) if old.is_one else stride if old.same(new) or old.not_one else UNKNOWN_DIM)
    return tuple(strides)


def _raveled(m: Machine, place: Strided, _step: ViewStep, _dims: Dims) -> Dims:
    if not is_contiguous(m, place):
        raise StepCopies
    return (ONE,)


def _reshaped(m: Machine, place: Strided, _step: ViewStep, dims: Dims) -> Dims:
    """Blocks of old and new axes have one number of elements each, as in NumPy's `_attempt_nocopy_reshape`."""
    if any(d.number == 0 for d in place.dims):
        return in_order(dims, range(len(dims)))
    if len(dims) == len(place.dims) and all(a.same(b) for a, b in zip(dims, place.dims, strict=True)):
        return place.strides
    if _surely_contiguous(place):
        return in_order(dims, range(len(dims)))
    old = [(d, s) for d, s in zip(place.dims, place.strides, strict=True) if not _is_one(m, d)]
    new, found = list(range(len(dims))), list[Dim]()
    while new and old:
        here, there = [new.pop(0)], [old.pop(0)]
        while sign := _sign(m, product(dims[k] for k in here) - product(d for d, _ in there)):
            if not (new if sign < 0 else old):
                raise Unsettled  # another number of elements, which the run complains of
            if sign < 0:
                here.append(new.pop(0))
            else:
                there.append(old.pop(0))
        for (_, slow), (length, fast) in pairwise(there):
            if not _equal(m, slow, length.counted * fast):
                raise StepCopies
        inner = in_order(tuple(dims[k] for k in here), range(len(here)))
        found += [step * there[-1][1] for step in inner]
    return (*found, *(ONE for _ in new))


def _surely_contiguous(place: Strided) -> bool:
    return place.strides == in_order(place.dims, range(len(place.dims))) and all(s.known for s in place.strides)


STEPS: dict[str, Callable[[Machine, Strided, ViewStep, Dims], Dims]] = {
    "get_item": _item,
    "transpose": _transposed,
    "flip": _flipped,
    "expand_dims": _expanded,
    "squeeze": _squeezed,
    "real": _part_of_complex,
    "imag": _part_of_complex,
    "diagonal": _diagonal,
    "einsum": _einsum,
    "broadcast_to": _stretched,
    "split": _itself,
    "known_as": _itself,
    "with_dims": _itself,
    "ravel": _raveled,
    "flat": _raveled,
    "reshape": _reshaped,
    "reshape_like": _reshaped,
}

__all__ = ["StepCopies", "Strided", "Unsettled", "is_contiguous", "kept_order", "seen", "whole"]
