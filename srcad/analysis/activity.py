"""Activity: which primal variables deserve an adjoint.

A variable is *varied* if it depends on a differentiated input, *useful* if it reaches a seeded result, both through
operations that have a derivative; *active* if it is both. Everything else has the adjoint zero, which the sweep then
never builds. Loops are settled by iterating until nothing more becomes varied (or useful).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.slots import slots
from srcad.trace.types import OPAQUE, is_differentiable

Flat = Callable[[str], bool]

# From which operand on an operation reads indices, through which no derivative passes.
INDICES_FROM = {"get_item": 1, "set_item": 2, "add_item": 2, "list_get": 1, "list_set": 2, "list_add": 2}


@dataclass(frozen=True)
class Activity:
    """The varied and the useful variables of a region, at all depths."""

    varied: frozenset[Var]
    useful: frozenset[Var]

    def active(self, a: Atom) -> bool:
        return isinstance(a, Var) and a in self.varied and a in self.useful


def activity(region: Region, inputs: Iterable[Var], outputs: Iterable[Atom], flat: Flat) -> Activity:
    """What is active between `inputs` and `outputs`; `flat` tells the operations whose derivative is zero."""
    varied, useful = _Varied(flat, inputs), _Useful(flat, outputs)
    varied.region(region)
    useful.region(region)
    return Activity(frozenset(varied.found), frozenset(useful.found))


def carries(equation: Equation) -> tuple[Sequence[Atom], Sequence[Var], Sequence[Atom], Sequence[Var]]:
    """The carried values of a loop: (initial, parameters of the body, yields, results), all of one length."""
    carried = slots(equation)
    initial = tuple(slot.initial for slot in carried if slot.initial is not None)
    parameters = tuple(slot.parameters[-1] for slot in carried)
    return initial, parameters, tuple(slot.yields[-1] for slot in carried), tuple(slot.result for slot in carried)


def differentiable_operands(equation: Equation) -> tuple[Atom, ...]:
    """The operands through which a derivative may pass."""
    return equation.operands[: INDICES_FROM.get(equation.op)]


class _Spread:
    """A set of variables that grows along the equations."""

    def __init__(self, flat: Flat, seeds: Iterable[Atom]) -> None:
        self.flat = flat
        self.found: set[Var] = set()
        self.add(seeds)

    def add(self, atoms: Iterable[Atom]) -> None:
        self.found.update(a for a in atoms if isinstance(a, Var) and _may_carry(a))

    def holds(self, a: Atom) -> bool:
        return isinstance(a, Var) and a in self.found

    def any(self, atoms: Iterable[Atom]) -> bool:
        return any(self.holds(a) for a in atoms)

    def flow(self, sources: Iterable[Atom], targets: Iterable[Atom]) -> None:
        """Each target is reached if its source is."""
        self.add(target for source, target in zip(sources, targets, strict=False) if self.holds(source))

    def until_stable(self, step: Callable[[], None]) -> None:
        size = -1
        while size != len(self.found):
            size = len(self.found)
            step()


class _Varied(_Spread):
    def region(self, region: Region) -> None:
        for equation in region.equations:
            self.equation(equation)

    def equation(self, equation: Equation) -> None:
        if equation.op in ("for", "while"):
            self.loop(equation)
        elif equation.op in ("if", "scope"):
            for region in equation.regions:
                self.region(region)
                self.flow(region.results, equation.results)
        elif not self.flat(equation.op) and self.any(differentiable_operands(equation)):
            self.add(equation.results)

    def loop(self, equation: Equation) -> None:
        initial, parameters, yields, results = carries(equation)
        self.flow(initial, parameters)

        def step() -> None:
            self.region(equation.regions[-1])
            self.flow(yields, parameters)

        self.until_stable(step)
        self.flow(initial, results)
        self.flow(yields, results)


class _Useful(_Spread):
    def region(self, region: Region) -> None:
        for equation in reversed(region.equations):
            self.equation(equation)

    def equation(self, equation: Equation) -> None:
        if equation.op in ("for", "while"):
            self.loop(equation)
        elif equation.op in ("if", "scope"):
            for region in equation.regions:
                self.flow(equation.results, region.results)
                self.region(region)
        elif not self.flat(equation.op) and self.any(equation.results):
            self.add(differentiable_operands(equation))

    def loop(self, equation: Equation) -> None:
        initial, parameters, yields, results = carries(equation)
        self.flow(results, yields)

        def step() -> None:
            self.region(equation.regions[-1])
            self.flow(parameters, yields)

        self.until_stable(step)
        self.flow(results, initial)
        self.flow(parameters, initial)


def _may_carry(var: Var) -> bool:
    """Numbers that a derivative can pass, and objects: what an unknown function makes of an active value is suspect."""
    return is_differentiable(var.type) or var.type == OPAQUE
