"""Bounds: what the bounds of loops prove of indices is neither checked nor computed.

    for (i = 0; i < turns(0, n, 1); ++i) {          for (i = 0; i < turns(0, n, 1); ++i) {
        const int64_t k = from_front(i, n);             const int64_t k = i;
        if (k outside of n) return INDEX;               s += x[k];
        s += x[k];                                  }
    }

Indices are sums of multiples of names here. The least value of one: each counter, from the innermost loop on, is
replaced by the first or the last value that it takes, as its sign says; what is left are lengths, which are natural.
Guards have promised more: that the second length of `a` is no less than the first, say, which `n_1 - n` stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.affine import Affine, affine
from srcad.native.passes.rewriting import every, with_bodies, with_expressions


@dataclass(frozen=True)
class Counted:
    """A loop that is being run: its counter, and the first and the last value of that."""

    counter: str
    first: Affine
    last: Affine | None


@dataclass
class KnownBounds:
    """What is known of names at a place, for a walk through a function."""

    values: dict[str, CExpr]
    natural: set[str]
    loops: list[Counted] = field(default_factory=list)
    counts: dict[str, Affine] = field(default_factory=dict)  # of loops that have turns
    facts: list[Affine] = field(default_factory=list)  # what is promised to be natural

    @classmethod
    def of(cls, body: tuple[Statement, ...], natural: Sequence[CExpr]) -> Self:
        """What is known at the beginning: lengths are natural, and what is promised."""
        taken = (one for one in every(body) if isinstance(one, ir.Support) and one.macro == "TAKE_LENGTH")
        bounds = cls({}, {str(one.arguments[0]) for one in taken})
        bounds.facts = [sum for one in natural if (sum := bounds.affine(one)) is not None]
        return bounds

    # ---- sums

    def affine(self, expr: CExpr) -> Affine | None:
        return affine(expr, self.named)

    def named(self, name: str) -> Affine | None:
        if name in self.counts:
            return self.counts[name]
        if name in self.values:
            return self.affine(self.values[name]) or Affine(((name, 1),))
        known = name in self.natural or any(loop.counter == name for loop in self.loops)
        return Affine(((name, 1),)) if known else None

    def is_natural(self, sum: Affine | None) -> bool:
        """Whether a sum is 0 at least, wherever the loops are."""
        for loop in reversed(self.loops):
            if sum is None:
                return False
            factor = sum.of(loop.counter)
            end = loop.first if factor > 0 else loop.last
            if factor:
                sum = None if end is None else sum.replaced(loop.counter, end)
        return sum is not None and (self.is_plain(sum) or any(self.is_plain(sum.plus(one, -1)) for one in self.facts))

    def is_plain(self, sum: Affine) -> bool:
        """Whether a sum has nothing negative in it."""
        return sum.offset >= 0 and all(f > 0 and n in self.natural for n, f in sum.terms)

    def at_most(self, a: CExpr, b: CExpr, apart: int = 0) -> bool:
        """Whether a + apart <= b."""
        one, other = self.affine(a), self.affine(b)
        return one is not None and other is not None and self.is_natural(other.plus(one, -1).plus(Affine((), -apart)))

    # ---- what is rewritten

    def simpler(self, expr: CExpr) -> CExpr:
        match expr:
            case ir.Apply("from_front", (index, _)) if self.at_most(ir.ZERO, index):
                return index
            case ir.Apply("bound", (index, n)) if self.at_most(ir.ZERO, index) and self.at_most(index, n):
                return index
            case ir.Apply("count", (span, ir.Literal(1))) if self.at_most(ir.ZERO, span):
                return span
        return expr

    def block(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        left: list[Statement] = []
        for one in body:
            one = with_expressions(one, self.simpler)
            match one:
                case ir.Let(name, CType.INT64, value, True):
                    self.values[name] = value
                    if isinstance(value, ir.Apply) and value.op in ("turns", "count", "list_length", "bound"):
                        self.natural.add(name)
                case ir.Fail(ir.Apply("outside", (k, n)), _):
                    if self.at_most(ir.ZERO, k) and self.at_most(k, n, 1):
                        continue
                    if isinstance(k, ir.LocalName):
                        self.natural.add(k.name)
            left.append(self.inside(one))
        return tuple(left)

    def inside(self, one: Statement) -> Statement:
        loop = self.counted(one)
        if loop is None:
            return with_bodies(one, self.block)
        counts = dict(self.counts)
        if isinstance(one, ir.Turns) and isinstance(one.count, ir.LocalName) and loop.last is not None:
            self.counts[one.count.name] = loop.last.plus(Affine((), 1))
        self.loops.append(loop)
        made = self.finished(with_bodies(one, self.block))
        self.loops.pop()
        self.counts = counts
        return made

    def finished(self, loop: Statement) -> Statement:
        """What becomes of a loop, where what is known of its counter still is."""
        return loop

    def counted(self, one: Statement) -> Counted | None:
        match one:
            case ir.For(index, start, stop):
                first, end = self.affine(start), self.affine(stop)
                if first is not None:
                    return Counted(index, first, None if end is None else end.plus(Affine((), -1)))
            case ir.Turns(turn, count):
                return Counted(turn, Affine(), self.last(count))
        return None

    def last(self, count: CExpr) -> Affine | None:
        """The last value of a counter that begins with 0, if the loop has turns."""
        value = self.values.get(count.name) if isinstance(count, ir.LocalName) else count
        match value:
            case ir.Apply("turns", (start, stop, ir.Literal(1))):
                first, end = self.affine(start), self.affine(stop)
                return None if first is None or end is None else end.plus(first, -1).plus(Affine((), -1))
        whole = self.affine(count)
        return None if whole is None else whole.plus(Affine((), -1))


def proven(body: tuple[Statement, ...], natural: Sequence[CExpr] = ()) -> tuple[Statement, ...]:
    """The body without checks that can't fail. `natural`: what is promised not to be negative."""
    lengths = {
        str(one.arguments[0])
        for one in every(body)
        if isinstance(one, ir.Support) and one.macro in ("TAKE_LENGTH", "NATURAL")
    }
    bounds = KnownBounds({}, lengths)
    bounds.facts = [sum for one in natural if (sum := bounds.affine(one)) is not None]
    return bounds.block(body)
