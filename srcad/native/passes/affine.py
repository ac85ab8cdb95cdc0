"""Affine: what an index is as a sum of multiples of names, and a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from srcad.native import ir
from srcad.native.ir import CExpr, CType


@dataclass(frozen=True)
class Affine:
    """A sum of multiples of names, and a number."""

    terms: tuple[tuple[str, int], ...] = ()
    offset: int = 0

    def plus(self, other: Affine, times: int = 1) -> Affine:
        terms = Counter(dict(self.terms))
        for name, factor in other.terms:
            terms[name] += times * factor
        return Affine(tuple((n, f) for n, f in terms.items() if f), self.offset + times * other.offset)

    def of(self, name: str) -> int:
        return dict(self.terms).get(name, 0)

    def replaced(self, name: str, by: Affine) -> Affine:
        factor = self.of(name)
        return Affine(tuple((n, f) for n, f in self.terms if n != name), self.offset).plus(by, factor)


def affine(expr: CExpr, named: Callable[[str], Affine | None]) -> Affine | None:
    """The sum that an int is; `named`: what a name stands for. None where it is none."""
    match expr:
        case ir.Literal(value, CType.INT64):
            return Affine((), int(value))
        case ir.LocalName(name, CType.INT64):
            return named(name)
        case ir.Apply("add" | "subtract" as op, (a, b), CType.INT64):
            one, other = affine(a, named), affine(b, named)
            return None if one is None or other is None else one.plus(other, 1 if op == "add" else -1)
        case ir.Apply("multiply", (ir.Literal(factor), a) | (a, ir.Literal(factor)), CType.INT64):
            scaled = affine(a, named)
            return None if scaled is None else Affine().plus(scaled, int(factor))
    return None
