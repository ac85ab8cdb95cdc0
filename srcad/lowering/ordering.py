"""Moving updates behind the last reading of what they overwrite.

`b = set_item(a, 0, i); v = a[i]; use(b)` would need a copy of a; `v = a[i]; b = set_item(a, 0, i); use(b)` doesn't.
An update computes nothing but its result, so it may stand anywhere before the first use of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from srcad.analysis.aliases import OBJECT, MemoryClasses, levels
from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Equation, Trace, Var, variables
from srcad.trace.rewrite import reordered, with_body
from srcad.trace.walk import reads, within


def sink_updates(trace: Trace) -> Trace:
    """The trace with each update as late as the readers of its operand ask for."""
    return with_body(trace, reordered(trace.body, _Ordering(MemoryClasses(trace)).sunk))


@dataclass(frozen=True)
class _Facts:
    """What an update that wants to pass an equation asks of it: what it reads, the memory of that, what it changes."""

    used: frozenset[Var]
    memory: frozenset[Var]
    changed: frozenset[Var]
    effect: bool


class _Ordering:
    def __init__(self, classes: MemoryClasses) -> None:
        self.classes = classes
        self.known: dict[Equation, _Facts] = {}

    def sunk(self, given: Sequence[Equation]) -> Sequence[Equation]:
        equations = list(given)
        for k in reversed(range(len(equations))):
            if self.movable(equations[k]):
                place = self.place(equations, k)
                equations.insert(place - 1, equations.pop(k))
        return equations

    def movable(self, eq: Equation) -> bool:
        """Updates of arrays; those of lists are cheap where they are."""
        if not operation(eq).updates or len(eq.results) != 1:
            return False
        return eq.operands[0].is_variable and levels(eq.result.type) == (OBJECT,)

    def place(self, equations: Sequence[Equation], start: int) -> int:
        """Before which equation an update is to stand: the one after it, if there is no reason to move."""
        update = equations[start]
        overwritten = self.memory(update.operands[:1])
        read = self.memory(update.operands[1:])
        found = start + 1
        for k in range(start + 1, len(equations)):
            facts = self.facts(equations[k])
            if update.result in facts.used or facts.effect or not read.isdisjoint(facts.changed):
                break
            if not overwritten.isdisjoint(facts.memory):
                found = k + 1
        return found

    def facts(self, eq: Equation) -> _Facts:
        if eq not in self.known:
            used = frozenset(reads(eq))
            memory = frozenset(map(self.classes.of, used))
            self.known[eq] = _Facts(used, memory, frozenset(self.changed(eq)), _has_effect(eq))
        return self.known[eq]

    def memory(self, atoms: Iterable[Atom]) -> set[Var]:
        return {self.classes.of(v) for v in variables(atoms) if levels(v.type)}

    def changed(self, eq: Equation) -> set[Var]:
        """The memory that an equation may overwrite."""
        return {c for e in within(eq) if operation(e).updates for c in self.memory(e.operands[:1])}


def _has_effect(eq: Equation) -> bool:
    return any(not e.regions and operation(e).effect and e.op != "check" for e in within(eq))
