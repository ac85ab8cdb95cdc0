"""Between which numbers the integers of a trace lie, as expressions of lengths.

    for i in range(1, n - 1):     1 <= i <= n - 2
        k = i + 1                 2 <= k <= n - 1

What an int counts is known from its type; one of which nothing is known is a symbol of its own, so that what is below
it is below it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from srcad.trace.dims import Dim, Symbol, fixed, length_of
from srcad.trace.nodes import Atom, Equation
from srcad.trace.types import Scalar, dtype_of

Between = tuple[Dim | None, Dim | None]  # the least and the greatest number that it can be, if such are known
ANY: Between = (None, None)


class Ranges:
    """The ranges of the integers that have been seen so far."""

    def __init__(self) -> None:
        self.known: dict[Atom, Between] = {}
        self.lengths: dict[Atom, Dim] = {}

    def of(self, number: Atom) -> Between:
        """The range of an integer."""
        if isinstance(number.number, int):
            return (fixed(int(number.number)),) * 2
        if number in self.known:
            return self.known[number]
        if not isinstance(number.type, Scalar) or dtype_of(number.type) != "int64":
            return ANY
        dim = number.type.length
        if dim is None or not dim.known:
            dim = self.symbol(number)
        self.known[number] = dim, dim
        return dim, dim

    def symbol(self, number: Atom) -> Dim:
        return length_of(Symbol(f"#{len(self.known)}", None))

    def length(self, items: Atom) -> Dim:
        """The length of a list."""
        if items not in self.lengths:
            self.lengths[items] = length_of(Symbol(f"#len{len(self.lengths)}"))
        return self.lengths[items]

    def enter(self, loop: Equation) -> None:
        """Learn of the index of a `for`."""
        start, stop, step = loop.operands[:3]
        index = loop.regions[0].parameters[0]
        (first, least), (last, most) = self.of(start), self.of(stop)
        if isinstance(step.number, int) and step.number:
            self.known[index] = (
                (first, None if most is None else most - 1)
                if step.number > 0
                else (None if last is None else last + 1, least)
            )

    def learn(self, equation: Equation) -> None:
        """Learn of the result of an equation."""
        if len(equation.results) != 1 or dtype_of(equation.results[0].type) != "int64":
            return
        if equation.op == "list_len":
            n = self.length(equation.operands[0])
            self.known[equation.result] = n, n
        elif equation.op in _RULES and equation.result.type.is_scalar:
            given = tuple(map(self.of, equation.operands))
            found = _RULES[equation.op](*given)
            if found != ANY:
                self.known[equation.result] = found


def _sum(a: Between, b: Between) -> Between:
    return _plus(a[0], b[0]), _plus(a[1], b[1])


def _difference(a: Between, b: Between) -> Between:
    return _sum(a, _negative(b))


def _negative(a: Between) -> Between:
    low, high = a
    return None if high is None else -high, None if low is None else -low


def _plus(a: Dim | None, b: Dim | None) -> Dim | None:
    return None if a is None or b is None or not (a + b).known else a + b


def _product(a: Between, b: Between) -> Between:
    """Of two of which one is a number."""
    one, other = (a, b) if b[0] is not None and b[0].number is not None and b[0] == b[1] else (b, a)
    factor = other[0]
    if factor is None or factor.number is None or factor != other[1]:
        return ANY
    low, high = (None if end is None else end * factor for end in one)
    return (low, high) if factor.number >= 0 else (high, low)


def _rest(_a: Between, b: Between) -> Between:
    """A rest has the sign of the divisor."""
    low, high = b
    return (fixed(0), high - 1) if low is not None and high is not None and (low - 1).natural else ANY


def _same(a: Between) -> Between:
    return a


_RULES: Mapping[str, Callable[..., Between]] = {
    "add": _sum,
    "subtract": _difference,
    "negative": _negative,
    "multiply": _product,
    "remainder": _rest,
    "known_as": _same,
    "as_int": _same,
    "to_int": _same,
    "positive": _same,
}
