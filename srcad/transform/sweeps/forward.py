"""What forward sweeps share: derivatives stand beside values, through branches, loops and scopes.

    for i in range(n) with x = a:                for i in range(n) with x = a, x_dot = a_dot:
        y = x * x                      ->            y_dot = 2 * x * x_dot
        yield y                                      y = x * x
                                                     yield y, y_dot

Each equation is followed by those of its derivatives, so all that they read is in place, and nothing is recorded. Rules
emit them into the region that the sweep is in: a builder's work, from which `trace.rewrite` has nothing to keep.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from srcad.analysis.activity import Activity
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.slots import STRUCTURED, Slot, layout, slots, with_more_slots

S = TypeVar("S")


@dataclass(frozen=True)
class RegionDraft(Generic[S]):
    """A region on the way: what has been emitted for it, and what is known in it."""

    equations: list[Equation]
    scope: S


class Forward(ABC, Generic[S]):
    """The state of a forward sweep.

    b        the builder that it writes to
    orders   which derivatives stand beside a value: the first alone, or several
    scope    what is known in the region that the sweep is in
    names    of derivatives, given in the end; those that are `given` have theirs
    """

    def __init__(self, b: Builder, activity: Activity, orders: Sequence[int], given: Iterable[Atom], scope: S) -> None:
        self.b = b
        self.active = activity.active
        self.orders = orders
        self.given = frozenset(given)
        self.scope = scope
        self.names: dict[Var, str] = {}

    # ---- what a sweep says

    @abstractmethod
    def operation(self, equation: Equation) -> None:
        """Append an equation without regions, and those of its derivatives."""

    @abstractmethod
    def beside(self, var: Var, n: int) -> Var:
        """A new variable as the n-th derivative of what a region takes or gives."""

    @abstractmethod
    def flowing(self, a: Atom, n: int, like: Var) -> Atom:
        """The n-th derivative of a value that becomes `like`; zero where there is none."""

    @abstractmethod
    def yields_derivatives(self, slot: Slot) -> bool:
        """Whether a slot that nothing flows into but what regions yield has derivatives."""

    @abstractmethod
    def inner(self) -> S:
        """What is known in a region that begins here."""

    # ---- what all do

    def christen(self, var: Var, n: int, dot: Atom | None) -> None:
        """Name a derivative after its variable."""
        if var.name and isinstance(dot, Var) and dot not in self.given:
            self.names.setdefault(dot, f"{var.name}_dot{n if n > 1 else ''}")

    def equations(self, equations: Sequence[Equation]) -> None:
        for equation in equations:
            with self.b.blaming(equation.span):
                if equation.op in STRUCTURED:
                    self.structure(equation)
                else:
                    self.operation(equation)

    @contextmanager
    def deriving(self, role: str = "") -> Iterator[None]:
        """What is emitted meanwhile belongs to the derivatives; those of an adjoint belong to it."""
        self.b.role = role or "tangent"
        try:
            yield
        finally:
            self.b.role = ""

    def structure(self, equation: Equation) -> None:
        """A branch, loop or scope, in which each moving value has its derivatives beside it.

        What a branch yields may turn out not to move; of loops that isn't known beforehand.
        """
        moving = [slot for slot in slots(equation) if any(map(self.active, slot.targets))]
        with self.deriving(equation.role):
            initial = [
                [None if s.initial is None else self.flowing(s.initial, n, s.result) for n in self.orders]
                for s in moving
            ]
        parameters = [[tuple(self.beside(p, n) for p in slot.parameters) for n in self.orders] for slot in moving]
        sides = [self.inside(region) for region in equation.regions]
        yielding = [side for side, (_, first) in zip(sides, layout(equation).regions, strict=True) if first is not None]
        added = [
            Slot(self.beside(slot.result, n), start, own, self.yielded(slot, n, yielding, equation.role))
            for slot, starts, given in zip(moving, initial, parameters, strict=True)
            if slot.initial is not None or self.yields_derivatives(slot)
            for n, start, own in zip(self.orders, starts, given, strict=True)
        ]
        pairs = zip(equation.regions, sides, strict=True)
        regions = [Region(region.parameters, tuple(side.equations), region.results) for region, side in pairs]
        self.b.append(with_more_slots(equation, regions, added))

    def inside(self, region: Region) -> RegionDraft[S]:
        side = RegionDraft[S]([], self.inner())
        with self.within(side):
            self.equations(region.equations)
        return side

    @contextmanager
    def within(self, side: RegionDraft[S]) -> Iterator[None]:
        """Emit into a region."""
        around = self.b.equations, self.scope
        self.b.equations, self.scope = side.equations, side.scope
        try:
            yield
        finally:
            self.b.equations, self.scope = around

    def yielded(self, slot: Slot, n: int, sides: Sequence[RegionDraft[S]], role: str) -> tuple[Atom, ...]:
        """The n-th derivatives of what a slot is given at the end of each region."""
        dots = []
        for value, side in zip(slot.yields, sides, strict=True):
            with self.within(side), self.deriving(role):
                dots.append(self.flowing(value, n, slot.result))
        return tuple(dots)
