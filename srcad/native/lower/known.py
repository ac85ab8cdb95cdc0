"""Lengths that the types tell: a dim that is a sum of lengths of arguments is that sum, wherever it comes up.

    x: float64[n + 2]      v1 = x[1:-1]      v1 has `n` elements, and not `count(bound(-1, n_1) - bound(1, n_1), 1)`

So arrays of one shape have the same expressions for their lengths, which need no check, and strides are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from srcad.native import ir
from srcad.native.ir import CExpr
from srcad.trace.dims import Dim, Symbol, length_of


class KnownLengths:
    """What the symbols of a kernel stand for."""

    def __init__(self) -> None:
        self.symbols: dict[Symbol, CExpr] = {}

    def note(self, dims: Sequence[Dim], lengths: Sequence[CExpr]) -> None:
        """The lengths of an argument with these dims."""
        for dim, n in zip(dims, lengths, strict=True):
            (symbol, *others) = tuple(dim.symbols()) or (None,)
            if symbol is not None and not others and dim == length_of(symbol) and not dim.passing:
                self.symbols.setdefault(symbol, n)

    def of(self, dim: Dim) -> CExpr | None:
        """The length that a dim is, if the symbols tell."""
        return self.sum(dim) if dim.natural else None

    def sum(self, dim: Dim) -> CExpr | None:
        """The number that a dim is, if the symbols tell."""
        if not dim.known or any(factor not in self.symbols for factor in dim.factors()):
            return None
        total: CExpr = ir.ZERO
        for monomial, coefficient in dim.terms:
            part = ir.product(tuple(self.symbols[factor] for factor in monomial if isinstance(factor, Symbol)))
            total = ir.add(total, ir.times(ir.integer(coefficient), part))
        return ir.subtract(total, ir.integer(-dim.offset)) if dim.offset < 0 else ir.add(total, ir.integer(dim.offset))

    def all_of(self, dims: Sequence[Dim], otherwise: Sequence[CExpr]) -> tuple[CExpr, ...]:
        """The lengths of an array with these dims: as they are known, else as they are found otherwise."""
        return tuple(self.of(dim) or n for dim, n in zip(dims, otherwise, strict=True))
