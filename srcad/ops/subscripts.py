"""The types of subscripts: which dimensions `x[index]` has.

An index is a template of entries, one for each component: ("int", k), ("slice", start, stop, step) with
None or positions, ("newaxis",), ("ellipsis",), ("array", k), ("object", k); k is a position in the index operands.

The length of a slice is a function of the lengths and numbers that it is made of. Where it is not a length plus a
number, it gets a symbol that spells this function, so that equal slices of equal lengths are known to be equally long.
(A length n - 2 stands for 0 where n is less than 2.)
"""

from __future__ import annotations

from typing import Any

from srcad.trace.types import (
    ONE,
    UNKNOWN_DIM,
    Array,
    Dim,
    Scalar,
    Type,
    Unknown,
    broadcast_dims,
    dtype_of,
    fixed,
)

Entry = tuple[Any, ...]
Template = tuple[Entry, ...]
Bound = tuple[str, int]  # ("start", k): k from the beginning; ("end", -k): k before the end


def item_type(x: Type, indices: tuple[Type, ...], template: Template) -> Type:
    """The type of `x[index]`."""
    dims = item_dims(x, indices, template)
    if dims is None:
        return Unknown(dtype_of(x))
    dtype = dtype_of(x) or "float64"
    return Array(dtype, dims) if dims or any(entry[0] == "ellipsis" for entry in template) else Scalar(dtype)


def item_dims(x: Type, indices: tuple[Type, ...], template: Template) -> tuple[Dim, ...] | None:
    """The dims of `x[index]`; None where the rank isn't known."""
    if not isinstance(x, Array) or x.dtype is None:
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


def _consume(dims: tuple[Dim, ...], indices: tuple[Type, ...], template: Template) -> list[Entry] | None:
    """("dim", d), ("fancy", dims) or ("int",) for each component; None where the rank isn't known."""
    used = [_consumed(entry, indices) for entry in template]
    if any(n is None for n in used):
        return None
    rest = len(dims) - sum(n for n in used if n is not None)
    parts: list[Entry] = []
    position = 0
    for entry, count in zip(template, used, strict=True):
        taken = rest if entry[0] == "ellipsis" else count or 0
        parts += _component(entry, dims[position : position + taken], indices)
        position += taken
    return [*parts, *(("dim", d) for d in dims[position:])]


def _consumed(entry: Entry, indices: tuple[Type, ...]) -> int | None:
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


def _component(entry: Entry, dims: tuple[Dim, ...], indices: tuple[Type, ...]) -> list[Entry]:
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


def _arrange(parts: list[Entry]) -> tuple[Dim, ...]:
    """Basic dims in their places; those of arrays, broadcast together, where the first stood; when apart, in front."""
    if not any(part[0] == "fancy" for part in parts):
        return tuple(part[1] for part in parts if part[0] == "dim")
    joined, (first, *_) = _joined(parts), _advanced(parts)
    before = [part[1] for part in parts[:first] if part[0] == "dim"]
    after = [part[1] for part in parts[first:] if part[0] == "dim"]
    return (*joined, *before, *after) if _apart(parts) else (*before, *joined, *after)


def _joined(parts: list[Entry]) -> tuple[Dim, ...]:
    """The dims of the index arrays, broadcast together."""
    joined: tuple[Dim, ...] = ()
    for part in parts:
        if part[0] == "fancy":
            joined = broadcast_dims(joined, part[1])
    return joined


def _advanced(parts: list[Entry]) -> list[int]:
    """Where the components stand that NumPy takes together: index arrays, and numbers beside them."""
    return [k for k, part in enumerate(parts) if part[0] in ("fancy", "int")]


def _apart(parts: list[Entry]) -> bool:
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
    bounds = (start, stop, step)
    if not n.known or any(bound is not None and not bound.known for bound in bounds):
        return UNKNOWN_DIM
    numbers = [None if bound is None else bound.offset for bound in bounds]
    if n.symbol is None and all(bound is None or bound.symbol is None for bound in bounds):
        return fixed(len(range(*slice(*numbers).indices(n.offset))))
    if step in (None, fixed(1)):
        first, last = _place(start, n, ("start", 0)), _place(stop, n, ("end", 0))
        if first is not None and last is not None:
            return _between(n, first, last)
    return _spelled(n, start, stop, step)


def _place(bound: Dim | None, n: Dim, default: Bound) -> Bound | None:
    """Where a bound lies, if that is plain: counted from the beginning or from the end of n."""
    if bound is None:
        return default
    if bound.symbol is None:
        return ("start" if bound.offset >= 0 else "end", bound.offset)
    if bound.symbol == n.symbol and bound.offset <= n.offset:
        return ("end", bound.offset - n.offset)
    return None


def _between(n: Dim, first: Bound, last: Bound) -> Dim:
    """The length between two places."""
    (side, a), (other, b) = first, last
    if (side, other) == ("start", "end"):
        return n.plus(b - a)
    if side == other and b <= a:
        return fixed(0)
    if side == other and _surely(n, min(abs(a), abs(b)), max(abs(a), abs(b))):
        return fixed(b - a)
    return _spelled(n, _number(first), _number(last), None)


def _surely(n: Dim, nearest: int, farthest: int) -> bool:
    """Whether n reaches that far. A length that isn't 1 is taken to be 2 at least, and 1 for a slice of one."""
    return farthest <= (2 if n.not_one else 1) and (nearest == 0 or n.not_one)


def _number(bound: Bound) -> Dim | None:
    return None if bound in (("start", 0), ("end", 0)) else fixed(bound[1])


def _spelled(n: Dim, start: Dim | None, stop: Dim | None, step: Dim | None) -> Dim:
    start = None if start == fixed(0) and not (step and step.offset < 0) else start
    texts = ["" if bound is None else str(bound) for bound in (start, stop, step)]
    return Dim(f"{n}[{':'.join(texts).removesuffix(':')}]")
