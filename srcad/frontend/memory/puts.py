"""What becomes of an array when the part of it that a view looks at is set: the inverses of the steps of views."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ViewStep
from srcad.ops.einsum import view_letters
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import Array, TupleOf, dtype_of

RESHAPES = ("reshape", "ravel", "squeeze", "expand_dims", "flat")


def put(m: Machine, base: Atom, new: Atom, step: ViewStep, anyway: bool = False) -> Atom:
    """The array `base` in which the part that `step` looks at is `new`; `anyway`: what is read-only is written to."""
    if step.op == "diagonal":
        if anyway and rank(base) == 2:
            return _diagonal(m, base, new, dict(step.params)["offset"])
        m.raises(ValueError("assignment destination is read-only"))
    handler = PUTS.get(step.op)
    if handler is not None:
        return handler(m, base, new, step)
    if step.op in RESHAPES:
        return like(m, base, new)
    m.refuse(
        f"a write through the view that {step.op} gives isn't supported yet",
        do="write to the array itself, by an index.",
    )


def check_same_kind(m: Machine, made: str | None, dtype: str | None) -> None:
    """Raise what NumPy raises where the result of a ufunc doesn't go into an array: floats into one of ints."""
    if made is not None and dtype is not None and not np.can_cast(made, dtype, "same_kind"):
        rule = "with casting rule 'same_kind'"
        m.raises(TypeError(f"Cannot cast ufunc output from dtype({made!r}) to dtype({dtype!r}) {rule}"))


def like(m: Machine, base: Atom, new: Atom) -> Atom:
    """The elements of `new` in the shape of `base`."""
    return m.emit("reshape", new, *(m.emit("dim", base, axis=k) for k in range(rank(base))))


def rank(base: Atom) -> int:
    return base.type.rank if isinstance(base.type, Array) else 0


def _diagonal(m: Machine, base: Atom, new: Atom, offset: int) -> Atom:
    count = m.emit("dim", new, axis=0)
    rows, columns = (
        m.emit("arange", k, m.emit("add", count, k), 1, dtype=None) for k in (max(-offset, 0), max(offset, 0))
    )
    return m.emit("set_item", base, new, rows, columns, index=(("array", 0), ("array", 1)))


def _element(m: Machine, base: Atom, new: Atom, step: ViewStep) -> Atom:
    return m.emit("list_set", base, new, step.operands[0])


def _member(m: Machine, base: Atom, new: Atom, step: ViewStep) -> Atom:
    place = dict(step.params)["index"]
    count = len(base.type.items) if isinstance(base.type, TupleOf) else 0
    return m.emit("tuple_new", *(new if k == place else m.emit("tuple_get", base, index=k) for k in range(count)))


def _item(m: Machine, base: Atom, new: Atom, step: ViewStep) -> Atom:
    return m.emit("set_item", base, new, *step.operands, **dict(step.params))


def _transposed(m: Machine, base: Atom, new: Atom, step: ViewStep) -> Atom:
    axes = dict(step.params).get("axes") or tuple(reversed(range(rank(base))))
    return m.emit("transpose", new, axes=tuple(sorted(range(len(axes)), key=axes.__getitem__)))


def _flipped(m: Machine, _base: Atom, new: Atom, step: ViewStep) -> Atom:
    return m.emit("flip", new, **dict(step.params))


def _same(_m: Machine, _base: Atom, new: Atom, _step: ViewStep) -> Atom:
    return new


def _real(m: Machine, base: Atom, new: Atom, _step: ViewStep) -> Atom:
    return _complex(m, base, new, m.emit("imag", base))


def _imag(m: Machine, base: Atom, new: Atom, _step: ViewStep) -> Atom:
    return _complex(m, base, m.emit("real", base), new)


def _complex(m: Machine, base: Atom, real: Atom, imag: Atom) -> Atom:
    made = m.emit("add", real, m.emit("multiply", const(1j), imag))
    dtype = dtype_of(base.type)
    return made if dtype_of(made.type) == dtype else m.emit("cast", made, dtype=dtype)


def _split(m: Machine, base: Atom, new: Atom, step: ViewStep) -> Atom:
    """A part begins where those before it end."""
    params = dict(step.params)
    k, axis = params.pop("part"), params["axis"]
    before = m.emit_many("split", base, *step.operands, **params)[:k]
    start: Atom = const(0)
    for one in before:
        length = m.emit("dim", one, axis=axis)
        start = length if start is not None and one is before[0] else m.emit("add", start, length)
    stop = m.emit("add", start, m.emit("dim", new, axis=axis)) if before else m.emit("dim", new, axis=axis)
    template = (("slice", None, None, None),) * axis + (("slice", 0, 1, None),)
    return m.emit("set_item", base, new, start, stop, index=template)


def _einsum(m: Machine, base: Atom, new: Atom, step: ViewStep) -> Atom:
    """A transposition, or a diagonal of some axes: by the places of all elements that are seen."""
    given, seen = view_letters(dict(step.params)["subscripts"], rank(base)) or ("", "")
    if len(set(given)) == len(given):
        return m.emit("transpose", new, axes=tuple(seen.index(letter) for letter in given))
    places = {letter: _places(m, new, axis, len(seen)) for axis, letter in enumerate(seen)}
    index = tuple(("array", k) for k in range(len(given)))
    return m.emit("set_item", base, new, *(places[letter] for letter in given), index=index)


def _places(m: Machine, new: Atom, axis: int, count: int) -> Var:
    """The numbers along an axis, in an array with all axes."""
    numbers: Var = m.emit("arange", 0, m.emit("dim", new, axis=axis), 1, dtype=None)
    others = tuple(k for k in range(count) if k != axis)
    return m.emit("expand_dims", numbers, axis=others) if others else numbers


BACK = {"as_complex": "as_floats", "as_floats": "as_complex"}


def _reinterpreted(m: Machine, base: Atom, new: Atom, step: ViewStep) -> Atom:
    return like(m, base, reinterpreted(m, new, BACK[step.op]))


def reinterpreted(m: Machine, base: Atom, way: str) -> Atom:
    """Floats as complex numbers, or the other way round, as they lie in memory: two are one along the last axis."""
    count = rank(base)
    *lead, last = (m.emit("dim", base, axis=k) for k in range(count))
    if way == "as_floats":
        pairs = m.emit("stack", m.emit("real", base), m.emit("imag", base), axis=count)
        return m.emit("reshape", pairs, *lead, m.emit("multiply", last, 2))
    pairs = m.emit("reshape", base, *lead, m.emit("floor_divide", last, 2), 2)
    first, second = (m.emit("get_item", pairs, k, index=(("ellipsis",), ("int", 0))) for k in (0, 1))
    return m.emit("add", first, m.emit("multiply", const(1j), second))


PUTS: dict[str, Callable[[Machine, Atom, Atom, ViewStep], Atom]] = {
    "element": _element,
    "tuple_get": _member,
    "get_item": _item,
    "transpose": _transposed,
    "flip": _flipped,
    "real": _real,
    "imag": _imag,
    "split": _split,
    "einsum": _einsum,
    "with_dims": _same,
    "known_as": _same,
    "as_complex": _reinterpreted,
    "as_floats": _reinterpreted,
}

__all__ = ["RESHAPES", "check_same_kind", "like", "put", "rank"]
