"""Activity: which primal variables deserve an adjoint.

A variable is *varied* if it depends on a differentiated input, *useful* if it reaches a seeded result, both through
operations that have a derivative; *active* if it is both. Everything else has the adjoint zero, which the sweep then
never builds. Loops are settled by iterating until nothing more becomes varied (or useful).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Equation, Region, Var, variables
from srcad.trace.slots import BRANCHES, LOOPS, slots
from srcad.trace.types import OPAQUE, is_differentiable

Flat = Callable[[str], bool]


@dataclass(frozen=True)
class Activity:
    """The varied and the useful variables of a region, at all depths."""

    varied: frozenset[Var]
    useful: frozenset[Var]

    def active(self, a: Atom) -> bool:
        return a in self.varied and a in self.useful


class Through(Protocol):
    """How being varied, or useful, passes the equations that lead out of a region: into procedures and records."""

    @abstractmethod
    def passes(self, equation: Equation, known: Sequence[int]) -> Sequence[int]:
        """Which results vary where these operands do; or which operands are useful where these results are."""


class _All:
    """All results depend on all operands."""

    def passes(self, equation: Equation, known: Sequence[int]) -> Sequence[int]:
        return range(max(len(equation.operands), len(equation.results))) if known else ()


THROUGH = frozenset({"recurse", "record_new", "record_items"})
ALL = _All()


def activity(region: Region, inputs: Iterable[Var], outputs: Iterable[Atom], flat: Flat) -> Activity:
    """What is active between `inputs` and `outputs`; `flat` tells the operations whose derivative is zero."""
    found = varied(region, inputs, flat)
    return Activity(found, useful(region, outputs, flat, found))


def varied(region: Region, inputs: Iterable[Atom], flat: Flat, through: Through = ALL) -> frozenset[Var]:
    """What depends on `inputs`."""
    found = _Varied(flat, inputs, through)
    found.region(region)
    return frozenset(found.found)


def useful(
    region: Region, outputs: Iterable[Atom], flat: Flat, varied: Container[Atom], through: Through = ALL
) -> frozenset[Var]:
    """What `outputs` depend on; of what leads out of the region, what is `varied` too."""
    found = _Useful(flat, outputs, through, varied)
    found.region(region)
    return frozenset(found.found)


def carries(equation: Equation) -> tuple[Sequence[Atom], Sequence[Var], Sequence[Atom], Sequence[Var]]:
    """The carried values of a loop: (initial, parameters of the body, yields, results), all of one length."""
    carried = slots(equation)
    initial = tuple(slot.initial for slot in carried if slot.initial is not None)
    parameters = tuple(slot.parameters[-1] for slot in carried)
    return initial, parameters, tuple(slot.yields[-1] for slot in carried), tuple(slot.result for slot in carried)


def differentiable_operands(equation: Equation) -> tuple[Atom, ...]:
    """The operands through which a derivative may pass."""
    return equation.operands[: operation(equation).indices_from]


class _Spread(ABC):
    """A set of variables that grows along the equations."""

    def __init__(self, flat: Flat, seeds: Iterable[Atom], through: Through) -> None:
        self.flat = flat
        self.through = through
        self.found: set[Var] = set()
        self.add(seeds)

    def add(self, atoms: Iterable[Atom]) -> None:
        self.found.update(v for v in variables(atoms) if _may_carry(v))

    def holds(self, a: Atom) -> bool:
        return a in self.found

    def any(self, atoms: Iterable[Atom]) -> bool:
        return any(self.holds(a) for a in atoms)

    def flow(self, sources: Iterable[Atom], targets: Iterable[Atom]) -> None:
        """Each target is reached if its source is."""
        self.add(target for source, target in zip(sources, targets, strict=False) if self.holds(source))

    @abstractmethod
    def region(self, region: Region) -> None:
        """Grow along the equations of a region."""

    @abstractmethod
    def along(self, sources: Iterable[Atom], targets: Iterable[Atom]) -> None:
        """Grow along what is handed on, in the direction of this set."""

    def loop(self, equation: Equation) -> None:
        """Values are handed on from round to round: until nothing more is reached."""
        self.hand_on(equation)
        size = -1
        while size != len(self.found):
            size = len(self.found)
            self.region(equation.regions[-1])
            self.hand_on(equation)

    def hand_on(self, equation: Equation) -> None:
        initial, parameters, yields, results = carries(equation)
        for sources in (initial, yields):
            self.along(sources, parameters)
            self.along(sources, results)


class _Varied(_Spread):
    def region(self, region: Region) -> None:
        for equation in region.equations:
            self.equation(equation)

    def equation(self, equation: Equation) -> None:
        if equation.op in LOOPS:
            self.loop(equation)
        elif equation.op in BRANCHES:
            for region in equation.regions:
                self.region(region)
                self.flow(region.results, equation.results)
        elif equation.op in THROUGH:
            held = [k for k, a in enumerate(equation.operands) if self.holds(a)]
            self.add(equation.results[k] for k in self.through.passes(equation, held) if k < len(equation.results))
        elif not self.flat(equation.op) and self.any(differentiable_operands(equation)):
            self.add(equation.results)

    def along(self, sources: Iterable[Atom], targets: Iterable[Atom]) -> None:
        self.flow(sources, targets)


class _Useful(_Spread):
    def __init__(self, flat: Flat, seeds: Iterable[Atom], through: Through, varied: Container[Atom]) -> None:
        super().__init__(flat, seeds, through)
        self.varied = varied

    def region(self, region: Region) -> None:
        for equation in reversed(region.equations):
            self.equation(equation)

    def equation(self, equation: Equation) -> None:
        if equation.op in LOOPS:
            self.loop(equation)
        elif equation.op in BRANCHES:
            for region in equation.regions:
                self.flow(equation.results, region.results)
                self.region(region)
        elif equation.op in THROUGH:
            held = [k for k, v in enumerate(equation.results) if self.holds(v) and v in self.varied]
            self.add(equation.operands[k] for k in self.through.passes(equation, held) if k < len(equation.operands))
        elif not self.flat(equation.op) and self.any(equation.results):
            self.add(differentiable_operands(equation))

    def along(self, sources: Iterable[Atom], targets: Iterable[Atom]) -> None:
        self.flow(targets, sources)


def _may_carry(var: Var) -> bool:
    """Numbers that a derivative can pass, and objects: what an unknown function makes of an active value is suspect."""
    return is_differentiable(var.type) or var.type == OPAQUE
