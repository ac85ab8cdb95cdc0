"""The slots of a structured operation: what flows in, round and out of it, value by value.

A result of an `if` is fed by one yield of each branch. A value that a loop carries has an initial operand, a parameter
in each region, a yield and a result. All of these make one slot, which lives, dies and gets its type as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from srcad.trace.nodes import Atom, Equation, Region, Var

T = TypeVar("T")

LOOPS = frozenset({"for", "while"})
BRANCHES = frozenset({"if", "scope"})
STRUCTURED = LOOPS | BRANCHES


@dataclass(frozen=True)
class Slot:
    """`initial` is None outside loops; `parameters` are those of the regions, in order."""

    result: Var
    initial: Atom | None
    parameters: tuple[Var, ...]
    yields: tuple[Atom, ...]

    @property
    def targets(self) -> tuple[Var, ...]:
        return (self.result, *self.parameters)

    @property
    def sources(self) -> tuple[Atom, ...]:
        return self.yields if self.initial is None else (self.initial, *self.yields)


@dataclass(frozen=True)
class SlotLayout:
    """Where slots begin: among the operands, and in each region among its parameters and its yields (None: nowhere).

    `trailing` results (how many iterations ran) come after those of the slots.
    """

    operands: int | None
    regions: tuple[tuple[int | None, int | None], ...]
    trailing: int = 0


_LAYOUTS = {
    "if": SlotLayout(None, ((None, 0), (None, 0))),
    "for": SlotLayout(3, ((1, 0),)),
    "while": SlotLayout(0, ((0, None), (0, 0)), trailing=1),
    "scope": SlotLayout(None, ((None, 0),)),
}
_BREAKING = SlotLayout(3, ((1, 1),), trailing=1)
_FINALLY = SlotLayout(None, ((None, 0), (None, None)))


def layout(equation: Equation) -> SlotLayout:
    if equation.op == "for" and equation.params.get("breaks"):
        return _BREAKING
    if equation.op == "scope" and len(equation.regions) == 2:
        return _FINALLY
    return _LAYOUTS[equation.op]


def slots(equation: Equation) -> tuple[Slot, ...]:
    """The slots of a structured equation, in order."""
    place = layout(equation)
    shapes = tuple(zip(equation.regions, place.regions, strict=True))
    return tuple(
        Slot(
            result,
            None if place.operands is None else equation.operands[place.operands + k],
            tuple(region.parameters[first + k] for region, (first, _) in shapes if first is not None),
            tuple(region.results[first + k] for region, (_, first) in shapes if first is not None),
        )
        for k, result in enumerate(equation.results[: len(equation.results) - place.trailing])
    )


def controls(equation: Equation) -> tuple[Atom, ...]:
    """What a structured equation reads apart from its slots: conditions, bounds, context managers."""
    if equation.op == "while":
        return equation.regions[0].results
    flag = equation.regions[0].results[:1] if layout(equation) is _BREAKING else ()
    return equation.operands[:3] + flag if equation.op == "for" else equation.operands


def with_slots(equation: Equation, kept: Sequence[int], regions: Sequence[Region] | None = None) -> Equation:
    """The equation with the slots `kept` alone; `regions` to be used in place of its own (with all their slots)."""
    place = layout(equation)
    count = len(equation.results) - place.trailing
    regions = equation.regions if regions is None else regions

    def pick(things: tuple[T, ...], first: int | None) -> tuple[T, ...]:
        if first is None:
            return things
        return (*things[:first], *(things[first + k] for k in kept), *things[first + count :])

    return Equation(
        equation.op,
        pick(equation.operands, place.operands),
        pick(equation.results, 0),
        equation.params,
        tuple(
            Region(pick(region.parameters, parameters), region.equations, pick(region.results, yields))
            for region, (parameters, yields) in zip(regions, place.regions, strict=True)
        ),
        equation.span,
        equation.role,
    )


def with_more_slots(equation: Equation, regions: Sequence[Region], added: Sequence[Slot]) -> Equation:
    """The equation with further slots behind its own; `regions` to be used in place of its own."""
    place = layout(equation)
    last = len(equation.results) - place.trailing
    taking = [k for k, (first, _) in enumerate(place.regions) if first is not None]
    giving = [k for k, (_, first) in enumerate(place.regions) if first is not None]
    parameters = {k: tuple(slot.parameters[j] for slot in added) for j, k in enumerate(taking)}
    yields = {k: tuple(slot.yields[j] for slot in added) for j, k in enumerate(giving)}
    return Equation(
        equation.op,
        (*equation.operands, *(slot.initial for slot in added if slot.initial is not None)),
        (*equation.results[:last], *(slot.result for slot in added), *equation.results[last:]),
        equation.params,
        tuple(
            Region(
                (*region.parameters, *parameters.get(k, ())),
                region.equations,
                (*region.results, *yields.get(k, ())),
            )
            for k, region in enumerate(regions)
        ),
        equation.span,
        equation.role,
    )
