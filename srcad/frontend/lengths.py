"""Which dimensions are equally long: what broadcasting leaves open, and the present arguments settle.

    u[1:-1] += c * source[1:-1]

Where u has n and source m elements, either slice may have a single one, and be stretched. The arguments say n == m: with
that as a guard nothing is stretched, and no code for it is generated. Other sizes that are equal need no other code.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcad.ops.catalogue import OPS
from srcad.trace.nodes import Equation
from srcad.trace.types import Dim, Type, dims_of

Relation = tuple[str, str, int]  # (symbol, other, k): symbol is as long as other + k


@dataclass(eq=False)
class Lengths:
    """The lengths of a reading: `sizes` of the symbols, the `relations` that are relied on, those `wished` for."""

    relations: tuple[Relation, ...] = ()
    sizes: dict[str, int] = field(default_factory=dict)
    wished: list[Relation] = field(default_factory=list)

    def dim(self, symbol: str, size: int, not_one: bool) -> Dim:
        """The dim of a length, in terms of the symbol that it is related to."""
        self.sizes[symbol] = size
        found = Dim(symbol, 0, not_one)
        for name, other, k in self.relations:
            if name == found.symbol:
                found = Dim(other, found.offset + k, not_one)
        return found

    def observe(self, equation: Equation) -> None:
        """Wish for a relation where an operation leaves open which operand is stretched."""
        op = OPS.get(equation.op)
        if op is None or not op.elementwise or len(equation.operands) < 2:
            return
        shapes = [dims for dims in map(_dims, (a.type for a in equation.operands)) if dims]
        for k, one in enumerate(shapes):
            for other in shapes[k + 1 :]:
                for a, b in zip(reversed(one), reversed(other), strict=False):
                    self._compare(a, b)

    def _compare(self, a: Dim, b: Dim) -> None:
        settled = a.is_one or b.is_one or a.same(b) or (a.not_one and b.not_one)
        if settled or a.symbol not in self.sizes or b.symbol not in self.sizes or a.symbol == b.symbol:
            return
        if self.sizes[a.symbol] + a.offset == self.sizes[b.symbol] + b.offset:
            self.wished.append((b.symbol, a.symbol, a.offset - b.offset))

    def more(self) -> tuple[Relation, ...]:
        """The relations, with the first new wish for each symbol that has none yet; the same if there is none."""
        related = {name for name, _, _ in self.relations}
        roots = {other for _, other, _ in self.relations}
        relations = list(self.relations)
        for name, other, k in self.wished:
            if name not in related and other not in related and name not in roots:
                relations.append((name, other, k))
                related.add(name)
                roots.add(other)
            elif name in roots and other not in roots and other not in related:
                relations.append((other, name, -k))
                related.add(other)
        return tuple(relations)


def _dims(t: Type) -> tuple[Dim, ...]:
    return dims_of(t) or ()
