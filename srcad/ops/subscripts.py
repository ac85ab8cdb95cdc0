"""The types of subscripts: which dimensions `x[index]` has.

An index is a template of entries, one for each component: ("int", k), ("slice", start, stop, step) with
None or positions, ("newaxis",), ("ellipsis",), ("array", k), ("object", k); k is a position in the index operands.

The length of a slice is a function of the lengths and numbers that it is made of: a difference of them where it is
known in which order they lie, and otherwise that function as such, so that equal slices of equal lengths are known to
be equally long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim, fixed, sliced
from srcad.trace.types import Array, Scalar, Type, Unknown, broadcast_dims, dtype_of

IndexEntry = tuple[Any, ...]
Template = tuple[IndexEntry, ...]
SliceBound = tuple[str, Dim]  # ("start", k): k from the beginning; ("end", -k): k before the end


def item_type(x: Type, indices: tuple[Type, ...], template: Template) -> Type:
    """The type of `x[index]`."""
    dims = item_dims(x, indices, template)
    if dims is None:
        return Unknown(dtype_of(x))
    dtype = dtype_of(x) or "float64"
    return Array(dtype, dims) if dims or any(entry[0] == "ellipsis" for entry in template) else Scalar(dtype)


def item_dims(x: Type, indices: tuple[Type, ...], template: Template) -> tuple[Dim, ...] | None:
    """The dims of `x[index]`; None where the rank isn't known."""
    if not isinstance(x, (Array, Scalar)) or x.dtype is None:
        return None
    parts = _consume(x.dims, indices, template)
    return None if parts is None else _arrange(parts)


def is_basic(template: Template) -> bool:
    """Whether the subscript makes a view."""
    return all(entry[0] not in ("array", "object") for entry in template)


def may_repeat(indices: tuple[Type, ...], template: Template) -> bool:
    """Whether a place can stand twice in the subscript: with int arrays, not with masks."""
    for entry in template:
        if entry[0] == "object" or (entry[0] == "array" and dtype_of(indices[entry[1]]) != "bool"):
            return True
    return False


def fancy_in_front(x: Type, indices: tuple[Type, ...], template: Template) -> int:
    """How many dims of index arrays stand before all others, because the arrays stand apart; 0 where they don't."""
    parts = _consume(x.dims, indices, template) if isinstance(x, Array) else None
    return 0 if parts is None or not _apart(parts) else len(_joined(parts))


# ---- one component after the other


@dataclass(frozen=True)
class Components:
    """A subscript taken apart: each entry with the dims that it takes, and the dims of the whole."""

    parts: tuple[tuple[IndexEntry, tuple[Dim, ...]], ...]
    dims: tuple[Dim, ...]


def components(x: Type, indices: tuple[Type, ...], template: Template) -> Components | None:
    """What each entry of `x[index]` takes; None where the rank isn't known."""
    dims = item_dims(x, indices, template)
    if dims is None or not isinstance(x, Array):
        return None
    counts = [_consumed(entry, indices) or 0 for entry in template]
    rest, position, parts = x.rank - sum(counts), 0, []
    for entry, count in zip(template, counts, strict=True):
        taken = rest if entry[0] == "ellipsis" else count
        parts.append((entry, x.dims[position : position + taken]))
        position += taken
    return Components(tuple(parts), dims)


def _consume(dims: tuple[Dim, ...], indices: tuple[Type, ...], template: Template) -> list[IndexEntry] | None:
    """("dim", d), ("fancy", dims) or ("int",) for each component; None where the rank isn't known."""
    used = [_consumed(entry, indices) for entry in template]
    if any(n is None for n in used):
        return None
    rest = len(dims) - sum(n for n in used if n is not None)
    if rest < 0:
        return None
    parts: list[IndexEntry] = []
    position = 0
    for entry, count in zip(template, used, strict=True):
        taken = rest if entry[0] == "ellipsis" else count or 0
        parts += _component(entry, dims[position : position + taken], indices)
        position += taken
    return [*parts, *(("dim", d) for d in dims[position:])]


def _consumed(entry: IndexEntry, indices: tuple[Type, ...]) -> int | None:
    """How many axes a component takes, not counting an ellipsis; None where that isn't known."""
    kind = entry[0]
    if kind in ("newaxis", "ellipsis"):
        return 0
    if kind == "array":
        t = indices[entry[1]]
        if dtype_of(t) == "bool":
            return t.rank if isinstance(t, Array) else None
        return 1 if isinstance(t, (Array, Scalar)) else None
    return 1 if kind in ("int", "slice") else None


def _component(entry: IndexEntry, dims: tuple[Dim, ...], indices: tuple[Type, ...]) -> list[IndexEntry]:
    kind = entry[0]
    if kind == "newaxis":
        return [("dim", ONE)]
    if kind == "ellipsis":
        return [("dim", d) for d in dims]
    if kind == "slice":
        return [("dim", slice_dim(dims[0], *(_bound(p, indices) for p in entry[1:])))]
    if kind == "int":
        return [("int",)]
    t = indices[entry[1]]
    if dtype_of(t) == "bool":
        return [("fancy", (UNKNOWN_DIM,))]
    return [("fancy", t.dims if isinstance(t, Array) else ())]


def _bound(position: int | None, indices: tuple[Type, ...]) -> Dim | None:
    if position is None:
        return None
    t = indices[position]
    return (t.length or UNKNOWN_DIM) if isinstance(t, Scalar) else UNKNOWN_DIM


def _arrange(parts: list[IndexEntry]) -> tuple[Dim, ...]:
    """Basic dims in their places; those of arrays, broadcast together, where the first stood; when apart, in front."""
    if not any(part[0] == "fancy" for part in parts):
        return tuple(part[1] for part in parts if part[0] == "dim")
    joined, (first, *_) = _joined(parts), _advanced(parts)
    before = [part[1] for part in parts[:first] if part[0] == "dim"]
    after = [part[1] for part in parts[first:] if part[0] == "dim"]
    return (*joined, *before, *after) if _apart(parts) else (*before, *joined, *after)


def _joined(parts: list[IndexEntry]) -> tuple[Dim, ...]:
    """The dims of the index arrays, broadcast together."""
    joined: tuple[Dim, ...] = ()
    for part in parts:
        if part[0] == "fancy":
            joined = broadcast_dims(joined, part[1])
    return joined


def _advanced(parts: list[IndexEntry]) -> list[int]:
    """Where the components stand that NumPy takes together: index arrays, and numbers beside them."""
    return [k for k, part in enumerate(parts) if part[0] in ("fancy", "int")]


def _apart(parts: list[IndexEntry]) -> bool:
    """Whether there are index arrays, and a slice or a new axis stands between what goes with them."""
    if not any(part[0] == "fancy" for part in parts):
        return False
    places = _advanced(parts)
    return any(part[0] == "dim" for part in parts[places[0] : places[-1]])


# ---- slices


def slice_dim(n: Dim, start: Dim | None, stop: Dim | None, step: Dim | None) -> Dim:
    """The length of `[start:stop:step]` of n; bounds that are known as lengths or numbers only."""
    if (start is None and stop is None) and step in (None, fixed(1), fixed(-1)):
        return n
    if not n.known or any(bound is not None and not bound.known for bound in (start, stop, step)):
        return UNKNOWN_DIM
    if step in (None, fixed(1)) and n.number is None:
        first, last = _place(start, n, ("start", fixed(0))), _place(stop, n, ("end", fixed(0)))
        between = None if first is None or last is None else _between(n, first, last)
        if between is not None:
            return between
    forwards = step is None or step.natural
    return sliced(n, None if forwards and start == fixed(0) else start, stop, None if step == fixed(1) else step)


def _place(bound: Dim | None, n: Dim, default: SliceBound) -> SliceBound | None:
    """Where a bound lies, if that is plain: counted from the beginning or from the end of n."""
    if bound is None:
        return default
    if bound.number is not None:
        return ("start" if bound.number >= 0 else "end", bound)
    behind = bound.as_length - n
    if behind.number is not None and behind.number <= 0:
        return ("end", behind)
    return ("start", bound) if bound.natural else None


def _between(n: Dim, first: SliceBound, last: SliceBound) -> Dim | None:
    """The length between two places; None where it isn't plain."""
    (side, a), (other, b) = first, last
    if (side, other) == ("start", "end"):
        return n + b - a
    if side != other:
        return None
    if b.at_most(a):
        return fixed(0)
    return b - a if a.at_most(b) and _reaches(n, a, b) else None


def _reaches(n: Dim, a: Dim, b: Dim) -> bool:
    """Whether n reaches as far as two places on the same side."""
    if a.number is None or b.number is None:
        return b.natural and b.at_most(n.counted)
    return fixed(max(abs(a.number), abs(b.number))).at_most(n.counted)
