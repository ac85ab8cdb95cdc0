"""Nests: loops over the elements of arrays of one shape, in which as many equations as possible are computed.

    v1 = x * y                      double *v3 = ...;
    v2 = exp(v1)                    for (i = 0; i < n; ++i) {
    v3 = v1 + v2                        const double v1 = x[i] * y[i];
    s = sum(v2)                         const double v2 = exp(v1);
                                        v3[i] = v1 + v2;
                                        s += v2; }

A nest is open as long as equations come that fit. Symbolic lengths in the types say which do: this is why equations are
fused while they are lowered, and not in a pass behind, which would have to prove again that two loops are equally long.
What is computed in a nest is a register in it. When the nest is closed, what is still to be read goes to memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcad.native.ir import CExpr, Statement
from srcad.native.lower.values import InMemory, LoweredValue
from srcad.trace.dims import Dim
from srcad.trace.nodes import Var


@dataclass(frozen=True)
class RowTotal:
    """What stands around the loops from some depth on: an accumulator for each row."""

    depth: int
    before: tuple[Statement, ...]
    after: tuple[Statement, ...]


@dataclass
class Nest:
    """A nest that is open.

    dims      the symbolic lengths
    lengths   the lengths
    indices   the counters
    before    what comes before the loops: accumulators
    body      what is done for each element
    after     what comes after: what accumulators amount to
    elements  what an array is in it: the element
    loaded    elements that have been read already
    reads     memory that it reads, each at its own element
    writes    memory that it writes
    sums      accumulators that only add
    rows      accumulators of some of the loops
    pending   what is known behind it alone
    simd      whether its turns may run side by side
    released  blocks to give back behind it
    """

    dims: tuple[Dim, ...]
    lengths: tuple[CExpr, ...]
    indices: tuple[str, ...]
    before: list[Statement] = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)
    after: list[Statement] = field(default_factory=list)
    elements: dict[Var, CExpr] = field(default_factory=dict)
    reads: list[InMemory] = field(default_factory=list)
    writes: list[InMemory] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)
    rows: list[RowTotal] = field(default_factory=list)
    pending: dict[Var, LoweredValue] = field(default_factory=dict)
    loaded: dict[Var, CExpr] = field(default_factory=dict)
    released: list[str] = field(default_factory=list)
    simd: bool = True

    def fits(self, dims: tuple[Dim, ...]) -> bool:
        return len(dims) == len(self.dims) and all(a.same(b) for a, b in zip(self.dims, dims, strict=True))
