"""Equated: lengths that guards promise to be equal are one length.

    x: float64[n]    y: float64[m]    promised: n == m        ->        x: float64[n]    y: float64[n]

So loops over x and over y are known to be equally long: they become one, and nothing is checked between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce

from srcad.trace.dims import Applied, Dim, Factor, Promise, Symbol, fixed, length_of
from srcad.trace.nodes import Equation, Trace, Var
from srcad.trace.rewrite import Rewriter
from srcad.trace.types import Array, ListOf, Scalar, TupleOf, Type

Equal = Mapping[Symbol, Symbol]


def equated(trace: Trace, promises: Sequence[Promise]) -> Trace:
    """The trace with one symbol for lengths that are promised to be equal."""
    equal = equal_symbols(promises)
    if not equal:
        return trace
    writer = _Equating(equal)
    inputs = writer.bound(tuple(entry.var for entry in trace.inputs))
    entries = tuple(replace(entry, var=var) for entry, var in zip(trace.inputs, inputs, strict=True))
    return replace(trace, inputs=entries, body=writer.region(trace.body))


def equal_symbols(promises: Sequence[Promise]) -> dict[Symbol, Symbol]:
    """For symbols the one that they are promised to be."""
    equal: dict[Symbol, Symbol] = {}
    for promise in promises:
        match promise.dim.terms:
            case (((Symbol() as a,), 1), ((Symbol() as b,), -1)) | (((Symbol() as a,), -1), ((Symbol() as b,), 1)):
                one, other = _meant(a, equal), _meant(b, equal)
                if promise.zero and not promise.dim.offset and one != other and _are_lengths(one, other):
                    one, other = sorted((one, other), key=lambda symbol: symbol.least or 0)
                    equal[one] = other
    return {symbol: _meant(symbol, equal) for symbol in equal}


def _meant(symbol: Symbol, equal: Equal) -> Symbol:
    while symbol in equal:
        symbol = equal[symbol]
    return symbol


def _are_lengths(*symbols: Symbol) -> bool:
    return all(symbol.least is not None and symbol.least >= 0 and not symbol.passing for symbol in symbols)


class _Equating(Rewriter):
    """Gives variables the types with these symbols."""

    def __init__(self, equal: Equal) -> None:
        super().__init__()
        self.equal = equal

    def rewrite(self, equation: Equation) -> None:
        self.out.append(self.with_inner(equation))

    def bound(self, variables: tuple[Var, ...]) -> tuple[Var, ...]:
        """Inputs may be parameters of the body too."""
        for var in variables:
            t = self.type(var.type)
            if t != var.type and var not in self.replaced:
                self.replace(var, Var(t, var.name))
        return tuple(new for new in self.atoms(variables) if isinstance(new, Var))

    def type(self, t: Type) -> Type:
        match t:
            case Array(dtype, dims):
                return Array(dtype, tuple(map(self.dim, dims)))
            case Scalar() if t.length is not None:
                return replace(t, length=self.dim(t.length))
            case ListOf(element):
                return ListOf(self.type(element))
            case TupleOf(items):
                return TupleOf(tuple(map(self.type, items)))
        return t

    def dim(self, dim: Dim) -> Dim:
        if not dim.known or not any(symbol in self.equal for symbol in dim.symbols()):
            return dim
        total = fixed(dim.offset)
        for monomial, coefficient in dim.terms:
            total = total + reduce(lambda a, b: a * b, map(self.factor, monomial)) * coefficient
        return total

    def factor(self, factor: Factor) -> Dim:
        if isinstance(factor, Symbol):
            return length_of(self.equal.get(factor, factor))
        arguments = tuple(None if a is None else self.dim(a) for a in factor.arguments)
        return Dim((((Applied(factor.function, arguments),), 1),))
