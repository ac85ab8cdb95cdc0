"""Which dimensions are equally long: what broadcasting leaves open, and the present arguments settle.

    u[1:-1] += c * source[1:-1]

Where u has n and source m elements, either slice may have a single one, and be stretched. The arguments say n == m:
with that as a guard nothing is stretched, and no code for it is generated. Other sizes that are equal need no other
code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from srcad.frontend.core.attempts import Restorable
from srcad.ops.catalogue import operation, result_types
from srcad.trace.dims import UNKNOWN_DIM, Applied, Dim, Promise, Symbol, fixed, length_of, named
from srcad.trace.nodes import Equation, Var, variables
from srcad.trace.types import Array, ListOf, Scalar, TupleOf, Type, dims_of
from srcad.trace.walk import free_variables

Relation = tuple[Symbol, Dim]  # what a symbol is equal to
MARGIN = 8  # how many elements behind a slice are the rim of a stencil at most


@dataclass(eq=False)
class Lengths(Restorable):
    """The lengths of a reading: `sizes` of the symbols, the `relations` that are relied on, those `wished` for, and
    what is `promised` beside: of a length that it is 1, say.

    A wish is one relation out of several that say the same.
    """

    relations: tuple[Relation, ...] = ()
    sizes: dict[Symbol, int] = field(default_factory=dict)
    wished: list[tuple[Relation, ...]] = field(default_factory=list)
    promised: dict[Promise, None] = field(default_factory=dict)
    count: int = 0

    def label(self) -> str:
        self.count += 1
        return f"~{self.count}"

    def types(self, name: str, operands: tuple[Type, ...], params: Mapping[str, object]) -> tuple[Type, ...]:
        """The typing of the frontend's builder: an unknown length gets a symbol, as it is one length all the same."""
        return tuple(self.named(t) for t in result_types(name, operands, params))

    def named(self, t: Type, label: str = "") -> Type:
        match t:
            case ListOf():
                return ListOf(lasting(t.element))
            case Array() if not all(dim.known for dim in t.dims):
                label = label or self.label()
                dims = (dim if dim.known else named(f"{label}:{k}", passing=True) for k, dim in enumerate(t.dims))
                return Array(t.dtype, tuple(dims))
        return t

    def carried(self, t: Type, entry: Type, label: str) -> Type:
        """The type of a variable that a loop carries: a length of the body's is another one in the next turn."""
        match t:
            case Array():
                before = dims_of(entry) or ()
                dims = (dim if dim in before or not dim.passing else UNKNOWN_DIM for dim in t.dims)
                return self.named(Array(t.dtype, tuple(dims)), label)
            case Scalar() if t.length is not None and t.length.passing:
                return t.without_length
        return self.named(t)

    def dim(self, symbol: Symbol, size: int) -> Dim:
        """The dim of a length, in terms of the symbols that it is related to."""
        self.sizes[symbol] = size
        return dict(self.relations).get(symbol) or length_of(symbol)

    def observe(self, equation: Equation) -> None:
        """Wish for a relation where an operation leaves open which operand is stretched."""
        if not operation(equation).elementwise or len(equation.operands) < 2:
            return
        shapes = [dims for dims in map(_dims, (a.type for a in equation.operands)) if dims]
        for k, one in enumerate(shapes):
            for other in shapes[k + 1 :]:
                for a, b in zip(reversed(one), reversed(other), strict=False):
                    self._compare(a, b)

    def _compare(self, a: Dim, b: Dim) -> None:
        if not (a.is_one or b.is_one or a.same(b) or (a.not_one and b.not_one)):
            self.wish(a, b)

    def wish(self, a: Dim, b: Dim) -> None:
        """That two dims be equal, if those of the present arguments are."""
        size = a.evaluate(self.sizes)
        if size is None or size != b.evaluate(self.sizes) or a == b:
            return
        self.wished[:0] = [(relation,) for cut, other in ((a, b), (b, a)) for relation in self._of_cut(cut, other)]
        ways = tuple(_solutions(a - b, (*b.symbols(), *a.symbols())))
        if ways:
            self.wished.append(ways)

    def promised_sign(self, dim: Dim, sizes: Mapping[Symbol, int]) -> int | None:
        """The sign of a number in this call, which is promised; None where these sizes don't tell it."""
        value = dim.evaluate(sizes)
        if value is None:
            return None
        self.promised[Promise(dim, True) if value == 0 else Promise((dim if value > 0 else -dim) - 1)] = None
        return (value > 0) - (value < 0)

    def _of_cut(self, dim: Dim, other: Dim) -> Iterator[Relation]:
        """Relations that come first, as they tell the most, where a length is that of a slice.

        What is cut into blocks is a multiple of their length: `z[n:2*n]` of a z as long as 4*n. And where that is known
        to be a multiple of n, n is as long as what a block meets. What doesn't reach beyond the end is as long as its
        bounds are apart: `x[2:n+2]` has n elements. Where it ends shortly before the end, and lengths alone say where,
        it does so for all sizes: the x of a stencil has n + 4.
        """
        for cut in (factor for factor in dim.factors() if isinstance(factor, Applied) and factor.function == "slice"):
            whole, start, *bounds = (dim for dim in cut.arguments if dim is not None)
            length = whole.evaluate(self.sizes) or 0
            yield from self._of_bounds(cut, other)
            for symbol in (symbol for bound in (start, *bounds) for symbol in bound.symbols()):
                size = self.sizes[symbol]
                if symbol in whole.symbols() and size == other.evaluate(self.sizes):
                    yield from _solutions(length_of(symbol) - other, (symbol,))
                elif cut.arguments[1] is not None and size > 1 and not length % size:
                    yield from _solutions(whole - length // size * length_of(symbol), whole.symbols())

    def _of_bounds(self, cut: Applied, other: Dim) -> Iterator[Relation]:
        whole, start, stop, step = cut.arguments
        if whole is None or stop is None or step is not None or not [*stop.symbols()]:
            return
        start = start or fixed(0)
        first, last, length = (dim.evaluate(self.sizes) for dim in (start, stop, whole))
        if first is None or last is None or length is None or not 0 <= first <= last <= length:
            return
        apart = stop - start
        if apart.evaluate(self.sizes) == other.evaluate(self.sizes):
            yield from _solutions(other - apart, (*apart.symbols(), *other.symbols()))
        if length - last <= MARGIN and all(symbol.least for symbol in (*whole.symbols(), *stop.symbols())):
            yield from _solutions(whole - stop - (length - last), whole.symbols())

    def joined(self, a: Type, b: Type) -> None:
        """One variable holds both: of different dims nothing would be known."""
        one, other = _dims(a), _dims(b)
        if len(one) == len(other):
            for x, y in zip(one, other, strict=True):
                self.wish(x, y)

    def more(self) -> tuple[Relation, ...]:
        """The relations, with the first new wish for each symbol that has none yet; the same if there is none."""
        relations = list(self.relations)
        for ways in self.wished:
            related = {symbol for symbol, _ in relations}
            roots = {symbol for _, dim in relations for symbol in dim.symbols()}
            new = [way for way in ways if way[0] not in related | roots and related.isdisjoint(way[1].symbols())]
            relations += new[:1]
        return tuple(relations)


def _solutions(zero: Dim, symbols: Iterable[Symbol]) -> Iterator[Relation]:
    """What each symbol is equal to where a difference is 0. Integers first: more is known of lengths."""
    for symbol in sorted(dict.fromkeys(symbols), key=lambda symbol: symbol.least is not None):
        solved = zero.solved(symbol)
        if solved is not None and abs(solved[0]) == 1:
            yield symbol, solved[1] * -solved[0]


def lasting(t: Type) -> Type:
    """The type without the lengths that are of one turn alone: the elements of a list may differ in them."""
    match t:
        case Array():
            return Array(t.dtype, tuple(UNKNOWN_DIM if dim.passing else dim for dim in t.dims))
        case Scalar() if t.length is not None and t.length.passing:
            return t.without_length
        case TupleOf():
            return TupleOf(tuple(map(lasting, t.items)))
    return ListOf(lasting(t.element)) if isinstance(t, ListOf) else t


def _dims(t: Type) -> tuple[Dim, ...]:
    return dims_of(t) or ()


# ---- what depends on lengths alone


def only_length(definitions: Mapping[Var, Equation], var: Var, source: Var) -> bool:
    """Whether the value of a variable depends on an array or list by its lengths alone."""
    return _value_is_free(definitions, var, source)


def _value_is_free(definitions: Mapping[Var, Equation], var: Var, source: Var) -> bool:
    if var is source:
        return False
    equation = definitions.get(var)
    if equation is None:
        return True
    if equation.op in ("dim", "size", "list_len"):
        return all(_shape_is_free(definitions, v, source) for v in variables(equation.operands))
    if equation.regions:
        return not any(source in free_variables(region) for region in equation.regions)
    return all(_value_is_free(definitions, v, source) for v in variables(equation.operands))


def _shape_is_free(definitions: Mapping[Var, Equation], var: Var, source: Var) -> bool:
    """Whether the shape of a variable depends on the source by its lengths alone."""
    equation = definitions.get(var)
    if equation is None:
        return True
    if equation.regions or (equation.op == "get_item" and _by_mask(equation)) or isinstance(var.type, ListOf):
        return False
    whole = (v for v in variables(equation.operands) if isinstance(v.type, Array))
    numbers = (v for v in variables(equation.operands) if isinstance(v.type, Scalar) and v.type.dtype == "int64")
    return all(_shape_is_free(definitions, v, source) for v in whole) and all(
        _value_is_free(definitions, v, source) for v in numbers
    )


def _by_mask(equation: Equation) -> bool:
    return any(isinstance(a.type, Array) and a.type.dtype == "bool" for a in equation.operands[1:])
