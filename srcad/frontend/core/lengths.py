"""Which dimensions are equally long: what broadcasting leaves open, and the present arguments settle.

    u[1:-1] += c * source[1:-1]

Where u has n and source m elements, either slice may have a single one, and be stretched. The arguments say n == m:
with that as a guard nothing is stretched, and no code for it is generated. Other sizes that are equal need no other
code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from srcad.ops.catalogue import operation, result_types
from srcad.trace.nodes import Equation, Var, variables
from srcad.trace.types import UNKNOWN_DIM, Array, Dim, ListOf, Scalar, TupleOf, Type, dims_of
from srcad.trace.walk import free_variables

Relation = tuple[str, str | None, int]  # (symbol, other, k): symbol is as long as other + k; as k where other is None


PASSING = "~"  # starts the symbol of a length that is known at run time only, and is another one in each turn of a loop


@dataclass(eq=False)
class Lengths:
    """The lengths of a reading: `sizes` of the symbols, the `relations` that are relied on, those `wished` for."""

    relations: tuple[Relation, ...] = ()
    sizes: dict[str, int] = field(default_factory=dict)
    wished: list[Relation] = field(default_factory=list)
    count: int = 0

    def label(self) -> str:
        self.count += 1
        return f"{PASSING}{self.count}"

    def types(self, name: str, operands: tuple[Type, ...], params: Mapping[str, Any]) -> tuple[Type, ...]:
        """The typing of the frontend's builder: an unknown length gets a symbol, as it is one length all the same."""
        return tuple(self.named(t) for t in result_types(name, operands, params))

    def named(self, t: Type, label: str = "") -> Type:
        if isinstance(t, ListOf):
            return ListOf(lasting(t.element))
        if isinstance(t, Array) and not all(dim.known for dim in t.dims):
            label = label or self.label()
            dims = (dim if dim.known else Dim(f"{label}:{k}") for k, dim in enumerate(t.dims))
            return Array(t.dtype, tuple(dims))
        return t

    def carried(self, t: Type, entry: Type, label: str) -> Type:
        """The type of a variable that a loop carries: a length of the body's is another one in the next turn."""
        if isinstance(t, Array):
            before = dims_of(entry) or ()
            dims = (dim if dim in before or not dim.passing else UNKNOWN_DIM for dim in t.dims)
            return self.named(Array(t.dtype, tuple(dims)), label)
        if isinstance(t, Scalar) and t.length is not None and t.length.passing:
            return Scalar(t.dtype, t.python)
        return self.named(t)

    def dim(self, symbol: str, size: int, not_one: bool) -> Dim:
        """The dim of a length, in terms of the symbol that it is related to."""
        self.sizes[symbol] = size
        found = Dim(symbol, 0, not_one)
        for name, other, k in self.relations:
            if name == found.symbol:
                found = Dim(other, found.offset + k, not_one and other is not None)
        return found

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
        if a.symbol == b.symbol or not self._sized(a) or not self._sized(b):
            return
        if self._size(a) == self._size(b):
            first, second = (b, a) if b.symbol is not None else (a, b)
            assert first.symbol is not None
            self.wished.append((first.symbol, second.symbol, second.offset - first.offset))

    def _sized(self, dim: Dim) -> bool:
        return dim.symbol is None or dim.symbol in self.sizes

    def _size(self, dim: Dim) -> int:
        return dim.offset if dim.symbol is None else self.sizes[dim.symbol] + dim.offset

    def joined(self, a: Type, b: Type) -> None:
        """One variable holds both: of different dims nothing would be known."""
        one, other = _dims(a), _dims(b)
        if len(one) == len(other):
            for x, y in zip(one, other, strict=True):
                self.wish(x, y)

    def more(self) -> tuple[Relation, ...]:
        """The relations, with the first new wish for each symbol that has none yet; the same if there is none."""
        relations = list(self.relations)
        for name, other, k in self.wished:
            related = {r[0] for r in relations}
            roots = {r[1] for r in relations}
            if name not in related and name not in roots and other not in related:
                relations.append((name, other, k))
            elif other is not None and other not in related and other not in roots and name not in related:
                relations.append((other, name, -k))
        return tuple(relations)


def lasting(t: Type) -> Type:
    """The type without the lengths that are of one turn alone: the elements of a list may differ in them."""
    if isinstance(t, Array):
        return Array(t.dtype, tuple(UNKNOWN_DIM if dim.passing else dim for dim in t.dims))
    if isinstance(t, Scalar) and t.length is not None and t.length.passing:
        return Scalar(t.dtype, t.python)
    if isinstance(t, TupleOf):
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
