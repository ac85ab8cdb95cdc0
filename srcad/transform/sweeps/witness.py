"""Witnesses of shapes: what is read for its shape alone need not be recorded.

`zeros_like(v)`, `materialise(g, v)` and `dim(v)` want nothing of v but its lengths. Where v is a variable of a loop
body or a branch, and its lengths are known to be those of variables outside of all of these, they are read instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from srcad.ops.catalogue import builder, operation
from srcad.trace.builder import Builder, const
from srcad.trace.dims import Dim
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.rewrite import Change, Instead, rewritten
from srcad.trace.types import Array, dtype_of
from srcad.trace.walk import defined


def witnessed(reverse: Region, outside: Iterable[Var]) -> Region:
    """The reverse sweep, reading shapes of `outside` variables wherever these tell them."""
    return rewritten(reverse, _Witnesses(outside, frozenset(defined(reverse))).change)


class _Witnesses:
    """`own`: what the reverse sweep itself defines, which it has anyway."""

    def __init__(self, outside: Iterable[Var], own: frozenset[Var]) -> None:
        self.outside = dict.fromkeys(outside)
        self.own = own
        self.lengths: dict[Dim, tuple[Var, int]] = {}
        self.shapes: dict[tuple[Dim, ...], Var] = {}
        for var in self.outside:
            if isinstance(var.type, Array) and not any(dim.passing for dim in var.type.dims):
                self.shapes.setdefault(var.type.dims, var)
                for axis, dim in enumerate(var.type.dims):
                    self.lengths.setdefault(dim, (var, axis))

    def change(self, equation: Equation) -> Change:
        place = operation(equation).shape_of
        if place is None:
            return equation
        like = equation.operands[place]
        if not isinstance(like, Var) or like in self.outside or like in self.own or not isinstance(like.type, Array):
            return equation
        if not all(dim.known for dim in like.type.dims):
            return equation
        other = self._other(equation, like.type, place)
        return equation if other is None else Instead(other)

    def _other(self, equation: Equation, t: Array, place: int) -> list[Equation] | None:
        """What an equation that reads a shape becomes with a witness of it in the place; None where there is none."""
        witness = self.shapes.get(t.dims)
        if equation.op == "dim":
            return self._dim(equation, t.dims[equation.params["axis"]])
        if witness is not None and (not operation(equation).reads_dtype or _dtype(witness) == t.dtype):
            operands = (*equation.operands[:place], witness, *equation.operands[place + 1 :])
            return [replace(equation, operands=operands)]
        if equation.op in ("zeros_like", "materialise"):
            return self._from_lengths(equation, t)
        return None

    def _dim(self, equation: Equation, dim: Dim) -> list[Equation] | None:
        if dim not in self.lengths:
            return None
        witness, axis = self.lengths[dim]
        return [replace(equation, operands=(witness,), params={"axis": axis})]

    def _from_lengths(self, equation: Equation, t: Array) -> list[Equation] | None:
        if any(dim.number is None and dim not in self.lengths for dim in t.dims):
            return None
        b = builder()
        b.span, b.role = equation.span, equation.role
        lengths = [self._length(b, dim) for dim in t.dims]
        if equation.op == "materialise":
            b.append(Equation("broadcast_to", (equation.operands[0], *lengths), equation.results))
        else:
            b.append(Equation("zeros", tuple(lengths), equation.results, {"dtype": t.dtype}))
        return b.equations

    def _length(self, b: Builder, dim: Dim) -> Atom:
        if dim.number is not None:
            return const(dim.offset)
        witness, axis = self.lengths[dim]
        length: Atom = b.emit("dim", witness, axis=axis)
        return length


def _dtype(var: Var) -> str | None:
    return dtype_of(var.type)
