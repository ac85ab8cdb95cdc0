"""Derivatives summed over all directions: the Laplacian and the divergence.

The derivative along one direction is a trace that reads the direction. What doesn't depend on it is computed once, the
rest for each unit vector in turn, in a loop of the generated code:

    y_dot = g(x, x_dot)        total = 0.0
                               for i in range(x.size):
                        ->         x_dot = np.zeros_like(x)
                                   x_dot[i] = 1.0
                                   total = total + g(x, x_dot)[i]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from srcad.ops.catalogue import result_types
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.rewrite import instance
from srcad.trace.types import INT, Scalar, dtype_of, is_complex, rank_of
from srcad.trace.walk import reads

# (builder, derivatives along a unit vector, the place of its one; None: of a number) -> what is to be summed up
UnitTerm = Callable[[Builder, Sequence[Atom], Atom | None], Sequence[Atom]]

_ITEM = (("int", 0),)


def along_units(
    b: Builder, body: Region, x: Var, direction: Var, totals: Sequence[Atom], term: UnitTerm
) -> Sequence[Atom]:
    """The totals and what the unit vectors of `x` add to them.

    `body` reads the variable `direction`, and yields derivatives along it.
    """
    before, after = _parted(body, direction)
    b.extend(before)
    moving = Region((), tuple(after), body.results)
    if not rank_of(x.type):
        return _sums(b, totals, term(b, _placed(b, moving, direction, one_like(b, x)), None))
    return _loop(b, moving, x, direction, totals, term)


def _parted(region: Region, direction: Var) -> tuple[list[Equation], list[Equation]]:
    """The equations that don't depend on the direction, and those that do."""
    moving: set[Var] = {direction}
    parts: tuple[list[Equation], list[Equation]] = ([], [])
    for equation in region.equations:
        depends = not moving.isdisjoint(reads(equation))
        if depends:
            moving.update(equation.results)
        parts[depends].append(equation)
    return parts


def _loop(b: Builder, body: Region, x: Var, direction: Var, totals: Sequence[Atom], term: UnitTerm) -> Sequence[Atom]:
    count = b.emit("dim", x, axis=0) if rank_of(x.type) == 1 else b.emit("size", x)
    i = Var(INT, "i")
    with b.nested() as equations:
        terms = term(b, _placed(b, body, direction, _unit(b, x, i)), i)
        pairs = zip(totals, terms, strict=True)
        carried = tuple(Var(result_types("add", (total.type, one.type), {})[0]) for total, one in pairs)
        yields = tuple(_sums(b, carried, terms))
    region = Region((i, *carried), tuple(equations), yields)
    initial = tuple(_fitted(b, total, var) for total, var in zip(totals, carried, strict=True))
    return b.structured("for", (const(0), count, const(1), *initial), (region,), tuple(v.type for v in carried))


def _placed(b: Builder, body: Region, direction: Var, unit: Atom) -> tuple[Atom, ...]:
    """The derivatives along a unit vector."""
    equations, results = instance(body, {direction: unit})
    b.extend(equations)
    return results


def _unit(b: Builder, x: Var, i: Var) -> Atom:
    blank = b.emit("zeros_like", x)
    if rank_of(x.type) == 1:
        return b.emit("set_item", blank, 1.0, i, index=_ITEM)
    line = b.emit("set_item", b.emit("ravel", blank), 1.0, i, index=_ITEM)
    return b.emit("reshape_like", line, x)


def element(b: Builder, x: Atom, i: Atom | None) -> Atom:
    """The element at a place, counted through all axes."""
    if i is None:
        return x
    line = x if rank_of(x.type) == 1 else b.emit("ravel", x)
    return b.emit("get_item", line, i, index=_ITEM)


def _sums(b: Builder, totals: Sequence[Atom], terms: Sequence[Atom]) -> list[Atom]:
    return [b.emit("add", total, term) for total, term in zip(totals, terms, strict=True)]


def _fitted(b: Builder, total: Atom, like: Var) -> Atom:
    """A number in the dtype that the loop carries."""
    if dtype_of(total.type) == dtype_of(like.type):
        return total
    return b.emit("cast", total, dtype=dtype_of(like.type))


def one_like(b: Builder, x: Atom) -> Atom:
    """Ones in the shape and the dtype of a value. A number is of its very type: Python's adapts to others."""
    if isinstance(x.type, Scalar):
        one = 1 + 0j if is_complex(x.type) else 1.0
        return const(one) if x.type.python else b.emit("cast", one, dtype=x.type.dtype)
    return b.emit("ones_like", x)


def zero_like(b: Builder, x: Atom) -> Atom:
    """What a sum of derivatives of a value begins with."""
    return b.emit("zeros_like", x) if x.type.is_array else const(0.0)


__all__ = ["along_units", "element", "one_like", "zero_like"]
