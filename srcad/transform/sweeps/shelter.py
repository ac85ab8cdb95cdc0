"""What has been recorded is sheltered by the choice that it was computed for.

    v = sqrt(b)                                  v = sqrt(b)
    w = where(c, v, 0.0)                         w = where(c, v, 0.0)
    tape_1 = list_append(tape, v)       ->       v1 = where(c, v, 0.0)
                                                 v2 = moves_as(v, v1)
                                                 tape_1 = list_append(tape, v2)

A derivative that is differentiated again reads its tapes, and what they hold has adjoints. Where nothing but one side
of a choice needs a value, its adjoint is zero elsewhere; but that is not known any more of what comes back from a tape.
So the choice is repeated between the value and the tape, for the second reverse sweep alone: what is recorded is what
it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from srcad.ops.catalogue import builder, operation
from srcad.rules.catalogue import lookup
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var
from srcad.trace.rewrite import with_body
from srcad.trace.types import dims_of, dtype_of, is_complex, is_inexact
from srcad.trace.walk import walk, within

Choice: TypeAlias = "tuple[Atom, bool]"  # a condition, and whether it has to be false

_DEEP = 6  # how many operations are followed from a value to the choice


def sheltered(trace: Trace) -> Trace:
    """A derivative, in which what is recorded under a choice moves under it."""
    if not any(map(_records, walk(trace.body))):
        return trace
    return with_body(trace, _region(trace.body))


def _region(region: Region) -> Region:
    changed = tuple(replace(e, regions=tuple(map(_region, e.regions))) if e.regions else e for e in region.equations)
    return _Shelter(replace(region, equations=changed)).changed()


class _Shelter:
    """Which equations of a region read each variable; what reads it elsewhere is not looked into."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.readers: dict[Var, list[Equation]] = {}
        for equation in region.equations:
            for inner in within(equation):
                for a in dict.fromkeys((*inner.operands, *(a for r in inner.regions for a in r.results))):
                    if isinstance(a, Var):
                        self.readers.setdefault(a, []).append(equation)
        self.results = set(region.results)

    def changed(self) -> Region:
        kept: list[Equation] = []
        behind: list[Equation] = []
        for equation in self.region.equations:
            choice = self.recorded(equation)
            sheltering = None if choice is None else _sheltering(equation, choice)
            if sheltering is None:
                kept.append(equation)
            else:
                behind += sheltering
        return replace(self.region, equations=(*kept, *behind)) if behind else self.region

    def recorded(self, equation: Equation) -> Choice | None:
        """The choice that what an equation records is computed for; it is recorded at the end, where that is known."""
        if not _records(equation) or equation.result in self.readers:
            return None
        value = equation.operands[1]
        return self.choice(value, _DEEP) if isinstance(value, Var) and is_inexact(dtype_of(value.type)) else None

    def choice(self, value: Var, depth: int) -> Choice | None:
        """The one choice that everything goes through that a value moves; None: there isn't one."""
        if value in self.results or not depth:
            return None
        readers = [e for e in self.readers.get(value, ()) if not _records(e) and not _rests(e, value)]
        choices = {self.through(e, value, depth) for e in readers}
        return choices.pop() if len(choices) == 1 else None

    def through(self, equation: Equation, value: Var, depth: int) -> Choice | None:
        if equation.op == "where" and equation.operands.count(value) == 1:
            return equation.operands[0], equation.operands[2] is value
        if operation(equation).elementwise and len(equation.results) == 1:
            return self.choice(equation.result, depth - 1)
        return None


def _records(equation: Equation) -> bool:
    return equation.op == "list_append" and equation.role == "record"


def _rests(equation: Equation, value: Var) -> bool:
    """Whether nothing moves with a value by an equation that reads it."""
    rule = lookup(equation.op)
    return (rule is not None and rule.flat) or (equation.op == "moves_as" and equation.operands[1] is not value)


def _sheltering(equation: Equation, choice: Choice) -> Sequence[Equation] | None:
    """What is recorded, under the choice; None where that is of another shape."""
    tape, value = equation.operands
    condition, inverted = choice
    b = builder(equation.span)
    b.role = equation.role
    zero = 0j if is_complex(value.type) else 0.0
    moving = b.emit("where", condition, *((zero, value) if inverted else (value, zero)))
    lengths, wanted = dims_of(moving.type), dims_of(value.type)
    if lengths is None or wanted is None or len(lengths) != len(wanted):
        return None
    if not all(one.same(other) for one, other in zip(lengths, wanted, strict=True)):
        return None
    b.append(replace(equation, operands=(tape, b.emit("moves_as", value, moving))))
    return b.equations
