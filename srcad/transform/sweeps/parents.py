"""The parents-sum, spelled out: for each variable that moves, the terms whose sum its tangent is.

    v̇_i = sum over the parents j of i of  v̇_j ∂v_i/∂v_j

This is the forward sweep for people to read, as a textbook's table has it; `push` is the one that code is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from srcad.analysis.activity import activity
from srcad.analysis.parents import Inner, ParentsSum, ParentsSums, Seeded, TangentRow
from srcad.ops.catalogue import builder
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var
from srcad.trace.slots import STRUCTURED, Slot, slots
from srcad.transform.sweeps.adjoint import is_flat
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.children import refuse_recursion
from srcad.transform.sweeps.sweep import rule_of


def parents_sums(trace: Trace, wrt: Sequence[int]) -> ParentsSums:
    """The tangent of each variable between the differentiated inputs and the results."""
    entries = {trace.inputs[k].var: trace.inputs[k] for k in wrt}
    sweep = _ParentsSums(trace.body, tuple(entries))
    seeded = tuple(Seeded(var, sweep.dot(var), entry) for var, entry in entries.items())
    rows = sweep.region(trace.body)
    return ParentsSums((*seeded, *rows), tuple(sweep.b.equations), sweep.dots)


class _ParentsSums:
    """The forward sweep. What the terms are made of is emitted, and printed as the formulas that it stands for."""

    def __init__(self, region: Region, inputs: tuple[Var, ...]) -> None:
        self.b = builder()
        self.active = activity(region, inputs, region.results, is_flat).active
        self.dots: dict[Var, Var] = {}

    def dot(self, variable: Var) -> Var:
        return self.dots.setdefault(variable, Var(bar_type(variable.type)))

    def moves(self, atom: Atom) -> bool:
        return atom in self.dots

    def region(self, region: Region) -> tuple[TangentRow, ...]:
        return tuple(row for equation in region.equations for row in self.equation(equation))

    def equation(self, equation: Equation) -> Iterator[TangentRow]:
        if equation.op in STRUCTURED:
            yield from self.structure(equation)
        elif any(map(self.moves, equation.operands)) and any(map(self.active, equation.results)):
            yield from self.operation(equation)

    def operation(self, equation: Equation) -> Iterator[ParentsSum]:
        dots = tuple(self.dots.get(a) if isinstance(a, Var) else None for a in equation.operands)
        refuse_recursion(equation)
        moved = rule_of(equation).pushforward(self.b, equation, dots)
        for result, total in zip(equation.results, moved, strict=True):
            if total is not None and self.active(result):
                yield ParentsSum(result, self.dot(result), tuple(self.terms(total)), equation)

    def terms(self, total: Atom) -> Iterator[Atom]:
        """The terms of what has been added up."""
        made = self.b.definitions.get(total) if isinstance(total, Var) else None
        if made is not None and made.op == "add":
            for operand in made.operands:
                yield from self.terms(operand)
        else:
            yield total

    def structure(self, equation: Equation) -> Iterator[Inner]:
        """What a loop carries moves from the first round on; what a branch yields, if it moves on some side."""
        moving = [slot for slot in slots(equation) if any(map(self.active, slot.targets))]
        for slot in moving:
            if slot.initial is not None:
                self.beside(slot)
        regions = tuple(map(self.region, equation.regions))
        for slot in moving:
            if any(map(self.moves, slot.yields)):
                self.beside(slot)
        if any(regions) or any(self.moves(slot.result) for slot in moving):
            yield Inner(equation, regions)

    def beside(self, slot: Slot) -> None:
        """One tangent for what the regions of a loop take: the condition sees what the body does."""
        for parameter in slot.parameters:
            self.dots[parameter] = self.dot(slot.parameters[-1])
        self.dot(slot.result)


__all__ = ["parents_sums"]
