"""Lengths as C speaks of them: what is promised to be equal has one name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from srcad.errors import NotYetSupported
from srcad.show.sums import sides, sum_text
from srcad.trace.dims import Dim, Factor, Promise, Symbol, length_of


@dataclass
class CLengths:
    """The names of lengths in C. `same`: symbols that are promised to be others."""

    same: dict[Symbol, Symbol]
    known: dict[Symbol, str] = field(default_factory=dict)

    @classmethod
    def of(cls, promises: Sequence[Promise]) -> CLengths:
        """With what is promised to be equal."""
        same: dict[Symbol, Symbol] = {}
        for promise in promises:
            match promise.dim.terms:
                case (((Symbol() as a,), 1), ((Symbol() as b,), -1)) | (((Symbol() as b,), -1), ((Symbol() as a,), 1)):
                    if promise.zero and not promise.dim.offset and _end(same, a) != _end(same, b):
                        same[_end(same, a)] = _end(same, b)
        return cls(same)

    def unknown(self, dim: Dim) -> Symbol | None:
        """The symbol that is all of a dim, where it has no name yet."""
        symbols = list(dim.symbols())
        if len(symbols) != 1 or dim != length_of(symbols[0]):
            return None
        symbol = _end(self.same, symbols[0])
        return None if symbol in self.known else symbol

    def tells(self, dim: Dim) -> bool:
        """Whether all symbols of a dim have names."""
        return dim.known and all(_end(self.same, symbol) in self.known for symbol in dim.symbols())

    def length(self, dim: Dim) -> str:
        """A dim as the length of a dimension, which is never below 0."""
        return self.text(dim) if dim.natural else _larger(self.text(dim), "0")

    def sides(self, dim: Dim) -> tuple[str, str]:
        """Two texts of which the first less the second is the dim."""
        plus, minus = sides(dim)
        return self.text(plus), self.text(minus)

    def text(self, dim: Dim) -> str:
        return sum_text(dim, self._factor, " * ")

    def _factor(self, factor: Factor) -> str:
        if isinstance(factor, Symbol):
            return self.known[_end(self.same, factor)]
        first, *others = factor.arguments
        assert first is not None
        match factor.function, others:
            case "slice", (start, stop, step):
                return self._sliced(first, start, stop, step)
            case "clip", _:
                return _larger(self.text(first), "0")
            case "floor", (Dim() as divisor,) if first.natural and divisor.natural:
                return f"(({self.text(first)}) / ({self.text(divisor)}))"
            case "min", (Dim() as second,):
                return _smaller(self.text(first), self.text(second))
            case "max", (Dim() as second,):
                return _larger(self.text(first), self.text(second))
        raise NotYetSupported(f"the length {factor} in C")

    def _sliced(self, n: Dim, start: Dim | None, stop: Dim | None, step: Dim | None) -> str:
        """How many elements a slice has of n."""
        by = 1 if step is None else step.number
        if by is None or by < 1:
            raise NotYetSupported("the length of a slice that goes back, in C")
        whole = self.text(n)
        low = "0" if start is None else self._bounded(start, whole)
        high = whole if stop is None else self._bounded(stop, whole)
        span = high if low == "0" else _larger(f"{high} - {low}", "0")
        return span if by == 1 else f"(({span} + {by - 1}) / {by})"

    def _bounded(self, end: Dim, whole: str) -> str:
        """Where a slice begins or ends, of `whole` elements."""
        if end.natural:
            return _smaller(self.text(end), whole)
        if end.number is not None:
            return _larger(f"{whole} - {-end.number}", "0")
        raise NotYetSupported("the length of a slice whose ends may count from the back, in C")


def _end(same: Mapping[Symbol, Symbol], symbol: Symbol) -> Symbol:
    while symbol in same:
        symbol = same[symbol]
    return symbol


def _smaller(a: str, b: str) -> str:
    return f"({a} < {b} ? {a} : {b})"


def _larger(a: str, b: str) -> str:
    return f"({a} > {b} ? {a} : {b})"
