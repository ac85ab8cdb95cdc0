"""Lengths as expressions: what is known of the length of a dimension, and of what an int counts, before the run.

A `Dim` is a sum of products of symbols, in normal form: two that are equal as expressions are equal as objects, so

    n + m - 2       np.concatenate([x, y])[1:-1]        equal lengths are known to be equal
    2*n*m           np.kron(A, B).reshape(-1)           whichever way they were written
    max(n-2, 0)     what `x[1:-1].shape[0]` counts      (x may be shorter)

A `Symbol` is a number that only a run knows. `Dim.evaluate` gives the number that a run makes of it.

The dimension of an array has the length max(d, 0), for its dim d: so `x[1:-1]` has n-2, however long x is. What an
int counts is the number itself. `Dim.counted` leads from the one to the other, and `Dim.as_length` back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from math import gcd
from typing import final

MOST_PARTS = 24  # an expression with more symbols is not followed any further: nothing is known of it


@final
@dataclass(frozen=True)
class Symbol:
    """A number that only a run knows.

    `least`: it isn't below that: 0 for a length, 2 for one that is known not to be 0 or 1, None for any integer.
    `passing`: it may be another number in each turn of a loop.
    """

    name: str
    least: int | None = 0
    passing: bool = False

    @property
    def weight(self) -> int:
        return 1

    def symbols(self) -> Iterator[Symbol]:
        yield self

    def evaluate(self, lengths: Mapping[Symbol, int]) -> int | None:
        return lengths.get(self)

    def __str__(self) -> str:
        return self.name


@final
@dataclass(frozen=True)
class Applied:
    """A function of dims that is no polynomial: one of `FUNCTIONS`. None stands for a bound that a slice leaves out."""

    function: str
    arguments: tuple[Dim | None, ...]

    @property
    def least(self) -> int | None:
        return FUNCTIONS[self.function].least(*self.arguments)

    @property
    def weight(self) -> int:
        return 1 + sum(argument.weight for argument in self.arguments if argument is not None)

    def symbols(self) -> Iterator[Symbol]:
        for argument in self.arguments:
            if argument is not None:
                yield from argument.symbols()

    def evaluate(self, lengths: Mapping[Symbol, int]) -> int | None:
        values = [None if a is None else a.evaluate(lengths) for a in self.arguments]
        if any(v is None and a is not None for v, a in zip(values, self.arguments, strict=True)):
            return None
        return FUNCTIONS[self.function].value(*values)

    def __str__(self) -> str:
        return FUNCTIONS[self.function].text(*self.arguments)


Factor = Symbol | Applied
Monomial = tuple[Factor, ...]
Terms = tuple[tuple[Monomial, int], ...]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Dim:
    """`offset` plus the sum of coefficients times products, sorted; unknown where not `known`.

    Two known dims that are equal stand for the same number at run time (in the same turn of a loop).
    """

    terms: Terms
    offset: int = 0
    known: bool = True
    passing: bool = field(init=False)
    weight: int = field(init=False)
    _hash: int = field(init=False)

    def __post_init__(self) -> None:
        set_once = object.__setattr__
        set_once(self, "passing", any(symbol.passing for symbol in self.symbols()))
        set_once(self, "weight", sum(factor.weight for factor in self.factors()))
        set_once(self, "_hash", hash((self.terms, self.offset, self.known)))

    def __reduce__(self) -> tuple[type[Dim], tuple[Terms, int, bool]]:  # the hash is another one in each process
        return Dim, (self.terms, self.offset, self.known)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Dim) or self._hash != other._hash:
            return False
        return self.offset == other.offset and self.terms == other.terms and self.known == other.known

    # ---- what is known of it

    @property
    def number(self) -> int | None:
        """The number that it is; None where only a run knows."""
        return None if self.terms or not self.known else self.offset

    @property
    def is_one(self) -> bool:
        return not self.terms and self.known and self.offset == 1

    @property
    def not_one(self) -> bool:
        """Surely another length than 1."""
        if not self.known:
            return False
        if not self.terms:
            return self.offset != 1
        least, divisor = self.least, reduce(gcd, (c for _, c in self.terms))
        if (self.offset - 1) % divisor or (least is not None and least > 1):
            return True
        ((monomial, _), *others) = self.terms
        bounds = [factor.least for factor in monomial]
        natural = all(bound is not None for bound in bounds)
        return not others and not self.offset and natural and any((bound or 0) > 1 for bound in bounds)

    @property
    def least(self) -> int | None:
        """A number that it is never below; None where none is known."""
        if not self.known:
            return None
        total = self.offset
        for monomial, coefficient in self.terms:
            bounds = [factor.least for factor in monomial]
            if coefficient < 0 or any(bound is None or bound < 0 for bound in bounds):
                return None
            total += coefficient * reduce(lambda a, b: a * (b or 0), bounds, 1)
        return total

    @property
    def natural(self) -> bool:
        """Surely not negative."""
        least = self.least
        return least is not None and least >= 0

    def same(self, other: Dim) -> bool:
        """Surely the same length (in the same turn of a loop)."""
        return self.known and self == other

    def at_most(self, other: Dim) -> bool:
        """Surely no greater."""
        return self.known and (self == other or (other - self).natural)

    def factors(self) -> Iterator[Factor]:
        """What its products are made of, in order; what stands twice comes twice."""
        for monomial, _ in self.terms:
            yield from monomial

    def symbols(self) -> Iterator[Symbol]:
        """The symbols in it, also in functions, in order; one that stands twice comes twice."""
        for factor in self.factors():
            yield from factor.symbols()

    def evaluate(self, lengths: Mapping[Symbol, int]) -> int | None:
        """The number, where the symbols stand for these; None where one of them isn't there."""
        if not self.known:
            return None
        total = self.offset
        for monomial, coefficient in self.terms:
            for factor in monomial:
                value = factor.evaluate(lengths)
                if value is None:
                    return None
                coefficient *= value
            total += coefficient
        return total

    def solved(self, symbol: Symbol) -> tuple[int, Dim] | None:
        """(c, rest) if it is c times the symbol plus a rest that has no such symbol; None otherwise."""
        coefficient = dict(self.terms).get((symbol,), 0)
        rest = self - coefficient * length_of(symbol)
        return None if not coefficient or symbol in rest.symbols() else (coefficient, rest)

    # ---- between lengths and what ints count

    @property
    def counted(self) -> Dim:
        """What an int counts that is the length of a dimension with this dim: never less than 0."""
        if not self.known or self.natural:
            return self
        if not self.terms:
            return fixed(max(self.offset, 0))
        inner = _clipped(self)
        if inner is not None and self.offset <= 0:
            return (inner + self.offset).counted
        return _dim({(Applied("clip", (self,)),): 1}, 0)

    @property
    def as_length(self) -> Dim:
        """The dim of a dimension that is as long as this counts."""
        inner = _clipped(self) if not self.offset else None
        return self if inner is None else inner

    # ---- arithmetic

    def __add__(self, other: Dim | int) -> Dim:
        other = _as_dim(other)
        if not (self.known and other.known):
            return UNKNOWN_DIM
        if not other.terms:
            return self if not other.offset else Dim(self.terms, self.offset + other.offset)
        terms = dict(self.terms)
        for monomial, coefficient in other.terms:
            terms[monomial] = terms.get(monomial, 0) + coefficient
        return _dim(terms, self.offset + other.offset)

    def __mul__(self, other: Dim | int) -> Dim:
        other = _as_dim(other)
        if not (self.known and other.known):
            return UNKNOWN_DIM
        if self.is_one or other.is_one:
            return other if self.is_one else self
        terms: dict[Monomial, int] = {}
        for one, a in (*self.terms, ((), self.offset)):
            for two, b in (*other.terms, ((), other.offset)):
                monomial = tuple(sorted((*one, *two), key=_key))
                terms[monomial] = terms.get(monomial, 0) + a * b
        return _dim(terms, terms.pop((), 0))

    def __neg__(self) -> Dim:
        return self * -1

    def __sub__(self, other: Dim | int) -> Dim:
        return self + -_as_dim(other)

    __radd__, __rmul__ = __add__, __mul__

    def __floordiv__(self, other: Dim | int) -> Dim:
        """What Python's `//` makes of the numbers, where the divisor isn't 0."""
        other = _as_dim(other)
        if not (self.known and other.known) or other == fixed(0):
            return UNKNOWN_DIM
        exact = _divided(self, other)
        if exact is not None:
            return exact
        if other.number is None:
            return _dim({(Applied("floor", (self, other)),): 1}, 0)
        return _divided_by_number(self, other.number)

    def __repr__(self) -> str:
        return f"<Dim {self}>"

    def __str__(self) -> str:
        if not self.known:
            return "?"
        if not self.terms:
            return str(self.offset)
        parts = [_term_text(*term) for term in sorted(self.terms, key=lambda term: term[1] < 0)]
        parts += [f"{self.offset:+d}"] if self.offset else []
        return "".join(parts).removeprefix("+")


# ---- making dims


@lru_cache(maxsize=1024)
def fixed(n: int) -> Dim:
    """The length n."""
    return Dim((), n)


@lru_cache(maxsize=4096)
def length_of(symbol: Symbol) -> Dim:
    """The length that a symbol stands for."""
    return Dim((((symbol,), 1),))


def named(name: str, not_one: bool = False, passing: bool = False) -> Dim:
    """A length with a name; `not_one`: it isn't 1, nor 0."""
    return length_of(Symbol(name, 2 if not_one else 0, passing))


@dataclass(frozen=True)
class Promise:
    """That a dim is not negative; with `zero`, that it is 0."""

    dim: Dim
    zero: bool = False


UNKNOWN_DIM = Dim((), 0, known=False)
ONE = fixed(1)


def total(dims: Iterable[Dim]) -> Dim:
    """The length of things put end to end."""
    return sum((dim.counted for dim in dims), fixed(0)).as_length


def product(dims: Iterable[Dim]) -> Dim:
    """The number of elements of an array with these dims."""
    return reduce(Dim.__mul__, (dim.counted for dim in dims), ONE).as_length


def smaller(a: Dim, b: Dim) -> Dim:
    """The lesser of two numbers."""
    return _chosen("min", a, b) if not a.at_most(b) else a


def larger(a: Dim, b: Dim) -> Dim:
    """The greater of two numbers."""
    return _chosen("max", a, b) if not b.at_most(a) else a


def _chosen(function: str, a: Dim, b: Dim) -> Dim:
    """The extreme of two of which the first isn't surely it."""
    if not (a.known and b.known):
        return UNKNOWN_DIM
    if (a.number is not None and b.number is not None) or (b.at_most(a) if function == "min" else a.at_most(b)):
        return b
    return _dim({(Applied(function, tuple(sorted((a, b), key=str))),): 1}, 0)


def sliced(n: Dim, start: Dim | None, stop: Dim | None, step: Dim | None) -> Dim:
    """The length of `[start:stop:step]` of a dimension with the dim n, where its form tells no more."""
    given = (start, stop, step)
    if not n.known or any(bound is not None and not bound.known for bound in given):
        return UNKNOWN_DIM
    numbers = [None if bound is None else bound.number for bound in given]
    if n.number is not None and all((a is None) == (b is None) for a, b in zip(numbers, given, strict=True)):
        return fixed(_sliced(n.number, *numbers))
    return _dim({(Applied("slice", (n.counted, *given)),): 1}, 0)


def symbol_values(pairs: Iterable[tuple[Dim, int]]) -> dict[Symbol, int]:
    """What the symbols stand for, where these dims have these lengths; without those that they don't settle."""
    values: dict[Symbol, int] = {}
    for dim, length in pairs:
        (symbol, *others) = dict.fromkeys(s for s in dim.symbols() if s not in values) or (None,)
        solved = dim.solved(symbol) if symbol is not None and not others else None
        rest = solved[1].evaluate(values) if solved else None
        if symbol is not None and solved is not None and rest is not None:
            values[symbol] = (length - rest) // solved[0]
    return values


# ---- the functions that are no polynomials


@dataclass(frozen=True)
class _Function:
    value: Callable[..., int | None]
    least: Callable[..., int | None]
    text: Callable[..., str]


def _sliced(n: int, start: int | None, stop: int | None, step: int | None) -> int:
    return len(range(*slice(start, stop, step).indices(max(n, 0)))) if step != 0 else 0


def _slice_text(n: Dim, *bounds: Dim | None) -> str:
    texts = ["" if bound is None else str(bound) for bound in bounds]
    return f"{_grouped(n)}[{':'.join(texts).removesuffix(':')}]"


def _least_floor(a: Dim, b: Dim) -> int | None:
    return 0 if a.natural and b.natural else None


def _least_of(a: Dim, b: Dim) -> int | None:
    return None if a.least is None or b.least is None else min(a.least, b.least)


FUNCTIONS: Mapping[str, _Function] = {
    "clip": _Function(lambda a: max(a, 0), lambda a: 0, lambda a: f"max({a}, 0)"),
    "floor": _Function(lambda a, b: a // b if b else None, _least_floor, lambda a, b: f"{_grouped(a)}//{_grouped(b)}"),
    "slice": _Function(_sliced, lambda *_: 0, _slice_text),
    "min": _Function(min, _least_of, lambda a, b: f"min({a}, {b})"),
    "max": _Function(max, _least_of, lambda a, b: f"max({a}, {b})"),
}


# ---- the normal form


def _dim(terms: Mapping[Monomial, int], offset: int) -> Dim:
    """The normal form: without zeros, in order; unknown where it is too long to be of use."""
    kept = [term for term in terms.items() if term[1]]
    if not kept:
        return fixed(offset)
    made = Dim(tuple(sorted(kept, key=lambda term: tuple(map(_key, term[0])))), offset)
    return made if made.weight <= MOST_PARTS else UNKNOWN_DIM


@lru_cache(maxsize=4096)
def _key(factor: Factor) -> tuple[str, str]:
    return str(factor), repr(factor)


def _as_dim(x: Dim | int) -> Dim:
    return x if isinstance(x, Dim) else fixed(x)


def _clipped(d: Dim) -> Dim | None:
    """The e of max(e, 0), possibly with an offset; None if it isn't of that form."""
    if len(d.terms) != 1:
        return None
    (monomial, coefficient) = d.terms[0]
    if coefficient != 1 or len(monomial) != 1:
        return None
    (factor,) = monomial
    return factor.arguments[0] if isinstance(factor, Applied) and factor.function == "clip" else None


def _divided(a: Dim, b: Dim) -> Dim | None:
    """The quotient where b is a product that divides each term."""
    ((monomial, divisor), *others) = b.terms or (((), b.offset),)
    if others or (b.terms and (b.offset or a.offset)) or a.offset % divisor:
        return None
    terms: dict[Monomial, int] = {}
    for own, coefficient in a.terms:
        left = _without(own, monomial)
        if left is None or coefficient % divisor:
            return None
        terms[left] = coefficient // divisor
    return _dim(terms, terms.pop((), 0) + a.offset // divisor)


def _without(whole: Monomial, part: Monomial) -> Monomial | None:
    left = list(whole)
    for factor in part:
        if factor not in left:
            return None
        left.remove(factor)
    return tuple(left)


def _divided_by_number(a: Dim, k: int) -> Dim:
    """The multiples of k go out of the quotient, whose rest is below k: one form for equal quotients."""
    outside = {m: c // k for m, c in a.terms}
    inside = _dim({m: c % k for m, c in a.terms}, a.offset % k)
    rest = fixed(inside.number // k) if inside.number is not None else None
    if rest is None:
        rest = _dim({(Applied("floor", (inside, fixed(k))),): 1}, 0)
    return _dim(outside, a.offset // k) + rest


def _term_text(monomial: Monomial, coefficient: int) -> str:
    sign = "-" if coefficient < 0 else "+"
    factors = [str(abs(coefficient))] if abs(coefficient) != 1 else []
    return sign + "*".join([*factors, *map(str, monomial)])


def _grouped(d: Dim) -> str:
    alone = not d.terms or (not d.offset and len(d.terms) == 1 and len(d.terms[0][0]) == d.terms[0][1] == 1)
    return str(d) if alone else f"({d})"
