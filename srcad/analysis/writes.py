"""Which inputs a program writes to: whoever calls it must not hand in the same memory under another name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from srcad.analysis.activity import carries
from srcad.ops.catalogue import OPS
from srcad.trace.nodes import Atom, Equation, Input, Region, Trace, Var


def disjoint_inputs(trace: Trace) -> list[tuple[Input, Input]]:
    """The pairs of inputs that must not share memory: one is written to, and the other one is read."""
    arrays = [entry for entry in trace.inputs if entry.var.type.is_array or entry.var.type.is_unknown]
    if len(arrays) < 2:
        return []
    writes = _Writes({entry.var: entry for entry in arrays})
    writes.region(trace.body)
    pairs = combinations(arrays, 2)
    return [(a, b) for a, b in pairs if a in writes.written or b in writes.written]


class _Writes:
    """Follows the inputs, and views of them, to the stores."""

    def __init__(self, sources: dict[Var, Input]) -> None:
        self.sources: dict[Var, set[Input]] = {var: {entry} for var, entry in sources.items()}
        self.written: dict[Input, None] = {}

    def of(self, atom: Atom) -> set[Input]:
        return self.sources.get(atom, set()) if isinstance(atom, Var) else set()

    def flow(self, origins: Iterable[Atom], targets: Iterable[Var]) -> bool:
        """Let each target be what its origin is; whether that is news."""
        news = False
        for origin, target in zip(origins, targets, strict=False):
            new = self.of(origin) - self.of(target)
            if new:
                self.sources[target] = self.of(target) | new
                news = True
        return news

    def region(self, region: Region) -> None:
        for equation in region.equations:
            self.equation(equation)

    def equation(self, equation: Equation) -> None:
        if equation.op in ("for", "while"):
            self.loop(equation)
            return
        for region in equation.regions:
            self.region(region)
            self.flow(region.results, equation.results)
        known = OPS.get(equation.op)
        if known is not None and known.updates and equation.operands:
            self.written.update(dict.fromkeys(self.of(equation.operands[0])))
        if known is not None and known.view:
            self.flow(equation.operands[:1], equation.results[:1])

    def loop(self, equation: Equation) -> None:
        initial, parameters, yields, results = carries(equation)
        self.flow(initial, parameters)
        while True:
            for region in equation.regions:
                self.region(region)
            if not self.flow(yields, parameters):
                break
        self.flow(initial, results)
        self.flow(yields, results)
