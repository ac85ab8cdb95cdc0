"""Which inputs a program writes to: whoever calls it must not hand in the same memory under another name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Equation, Input, Region, Trace, Var
from srcad.trace.slots import STRUCTURED, slots
from srcad.trace.walk import walk


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
        self.sources: dict[Atom, set[Input]] = {var: {entry} for var, entry in sources.items()}
        self.written: set[Input] = set()

    def region(self, region: Region) -> None:
        """Go through the equations until nothing is news, as loops hand on what they have found out."""
        equations = tuple(walk(region))
        while sum(map(self.equation, equations)):
            pass

    def equation(self, equation: Equation) -> bool:
        """Whether something is news."""
        if equation.op in STRUCTURED:
            return sum(self.flow(slot.sources, slot.targets) for slot in slots(equation)) > 0
        facts = operation(equation)
        if facts.updates:
            self.written |= self.of(equation.operands[0])
        return facts.view and self.flow(equation.operands[:1], equation.results[:1])

    def of(self, atom: Atom) -> set[Input]:
        return self.sources.get(atom, set())

    def flow(self, origins: Iterable[Atom], targets: Iterable[Var]) -> bool:
        """Let each target be what an origin is; whether that is news."""
        found = set[Input]().union(*map(self.of, origins))
        missing = [target for target in targets if not found <= self.of(target)]
        for target in missing:
            self.sources[target] = self.of(target) | found
        return bool(missing)
