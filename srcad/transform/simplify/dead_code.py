"""Dead code: what neither a result nor an effect depends on.

Mark and sweep: a value is live if something live reads it. So what only keeps itself alive, such as a variable that is
carried through a loop and read there for nothing but its own next value, or the tape that no reversed loop reads any
more, goes away, through any nesting of regions.
"""

from __future__ import annotations

from collections.abc import Callable

from srcad.ops.catalogue import operation
from srcad.ops.exceptions import caught_by, may_raise, tries
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var
from srcad.trace.rewrite import Rewriter, with_body
from srcad.trace.slots import STRUCTURED, Slot, controls, slots, with_slots
from srcad.trace.walk import walk, walk_placed, within

ReadsOf = Callable[[Equation], tuple[Atom, ...]]


def all_operands(equation: Equation) -> tuple[Atom, ...]:
    return equation.operands


def eliminate(trace: Trace) -> Trace:
    """The trace without its dead code; the inputs stay."""
    return with_body(trace, eliminate_region(trace.body))


def eliminate_region(region: Region) -> Region:
    """The region without its dead code. All that it yields is live, its parameters stay."""
    return _Removal(found_live(region, region.results)).region(region)


def found_live(region: Region, results: tuple[Atom, ...], reads: ReadsOf = all_operands) -> LiveCode:
    """What these results and the effects of a region depend on; `reads`: what an equation that runs reads."""
    liveness = LiveCode(reads)
    liveness.scan(region)
    liveness.mark(results)
    liveness.run()
    return liveness


def has_effect(equation: Equation) -> bool:
    """Whether the equation itself, apart from its regions, must run exactly once and in order.

    Entering and leaving a context manager is one; the adjoint sweep enters it only for the sake of what is inside.
    """
    if equation.op == "scope":
        return equation.params["kind"] in ("with", "try") and equation.role == ""
    if equation.op in STRUCTURED:
        return False
    if equation.op == "recurse":
        return bool(equation.params.get("raises"))
    return operation(equation).effect


def has_effects(equation: Equation) -> bool:
    """Whether there is an effect in the equation or in its regions."""
    return any(map(has_effect, within(equation)))


class LiveCode:
    """What is live in a region: values, and the equations that are kept for their sake."""

    def __init__(self, reads: ReadsOf, effects: Callable[[Equation], bool] = has_effect) -> None:
        self.reads = reads
        self.effects = effects
        self.live: set[Atom] = set()
        self.kept: set[Equation] = set()
        self.pending: list[Atom] = []
        self.flowing: set[Var] = set()  # results of the slots that are live
        self.definitions: dict[Var, tuple[Equation, Slot | None]] = {}
        self.slots: dict[Equation, tuple[Slot, ...]] = {}

    def scan(self, region: Region) -> None:
        """Note what defines each variable; keep effects, and the equations around them."""
        for equation, around in walk_placed(region):
            self.define(equation)
            if self.effects(equation):
                for kept in (*around, equation):
                    self.keep(kept)

    def define(self, equation: Equation) -> None:
        for result in equation.results:
            self.definitions[result] = (equation, None)
        if equation.op in STRUCTURED:
            self.slots[equation] = slots(equation)
            for slot in self.slots[equation]:
                for target in slot.targets:
                    self.definitions[target] = (equation, slot)

    def mark(self, atoms: tuple[Atom, ...]) -> None:
        self.pending += atoms

    def keep(self, equation: Equation) -> None:
        if equation in self.kept:
            return
        self.kept.add(equation)
        if tries(equation):
            for inner in walk(equation.regions[0]):
                if may_raise(inner, caught_by(equation)):
                    self.keep(inner)
        if equation.op in STRUCTURED:
            self.mark(controls(equation))
        else:
            self.mark(self.reads(equation))
            for region in equation.regions:
                self.mark(region.results)

    def run(self) -> None:
        while self.pending:
            atom = self.pending.pop()
            if atom not in self.live:
                self.live.add(atom)
                if atom in self.definitions:
                    self.keep_source(*self.definitions[atom])

    def keep_source(self, equation: Equation, slot: Slot | None) -> None:
        """A value that flows through a slot is live from end to end."""
        self.keep(equation)
        if slot is not None and slot.result not in self.flowing:
            self.flowing.add(slot.result)
            self.pending += (*slot.sources, *slot.targets)


class _Removal(Rewriter):
    """Leaves out what is not live. What goes is not looked into, so this asks before it enters a region."""

    def __init__(self, found: LiveCode) -> None:
        super().__init__()
        self.found = found

    def rewrite(self, equation: Equation) -> None:
        if equation in self.found.kept:
            self.out.append(self.narrowed(equation) if equation.regions else equation)

    def narrowed(self, equation: Equation) -> Equation:
        """A structured equation with its live slots alone."""
        kept_whole, own = self.with_inner(equation), self.found.slots.get(equation, ())
        kept = [k for k, slot in enumerate(own) if slot.result in self.found.live]
        return kept_whole if len(kept) == len(own) else with_slots(kept_whole, kept)
