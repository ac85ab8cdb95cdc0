"""The forward sweep of tangents: the parents-sum over the equations of a region, in their order.

Each equation is followed by that of its tangent, which finds all that it reads in place: so nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from srcad.analysis.activity import Activity
from srcad.trace.builder import Builder
from srcad.trace.nodes import UNDEF, Atom, Const, Equation, Region, Var
from srcad.trace.slots import STRUCTURED, Slot, layout, slots, with_more_slots
from srcad.trace.types import Undefined
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.sweep import rule_of
from srcad.transform.sweeps.unbroadcast import Bar, fit_dtype, fit_exactly, whole


class Push:
    """The state of the sweep: the builder that it writes to, and the tangent of each variable that moves.

    `pushes`: for operations that leave the region (procedures, records), what builds them and their tangents.
    """

    def __init__(self, b: Builder, activity: Activity, dots: Mapping[Var, Atom], pushes: Pushes) -> None:
        self.b = b
        self.active = activity.active
        self.pushes = pushes
        self.dots = dict(dots)
        self.names: dict[Var, str] = {}  # of tangents, given in the end
        self.given = frozenset(v for v in dots.values() if isinstance(v, Var))

    # ---- tangents

    def bar(self, a: Atom) -> Bar | None:
        """The tangent of a value, which has its shape; None: it doesn't move."""
        dot = self.dots.get(a) if isinstance(a, Var) else None
        return None if dot is None else Bar(dot, whole=True)

    def whole(self, a: Atom, like: Var) -> Atom:
        """The tangent of a value that becomes that of `like`; zero where there is none."""
        if isinstance(a.type, Undefined):
            return UNDEF
        if isinstance(a, Const) and a.value is None:
            return Const(None, bar_type(a.type))
        return fit_dtype(self.b, whole(self.b, self.bar(a), a), like)

    def whole_result(self, a: Atom) -> Atom:
        """The tangent of a result, as the caller gets it."""
        return fit_exactly(self.b, self.bar(a), a)

    def put(self, var: Var, dot: Atom) -> None:
        self.dots[var] = dot
        if var.name and isinstance(dot, Var) and dot not in self.given:
            self.names.setdefault(dot, f"{var.name}_dot")

    # ---- equations

    def equations(self, equations: Sequence[Equation]) -> None:
        for equation in equations:
            with self.b.at(equation.span):
                self.equation(equation)

    def equation(self, equation: Equation) -> None:
        if equation.op in STRUCTURED:
            self.structure(equation)
        else:
            push = self.pushes.get(equation.op, Push.operation)
            push(self, equation)

    def operation(self, equation: Equation) -> None:
        self.b.append(equation)
        dots = tuple(self.dots.get(a) if isinstance(a, Var) else None for a in equation.operands)
        if all(dot is None for dot in dots) or not any(map(self.active, equation.results)):
            return
        with self.deriving(equation.role):
            moved = rule_of(equation).pushforward(self.b, equation, dots)
            for result, dot in zip(equation.results, moved, strict=True):
                if dot is not None and self.active(result):
                    self.put(result, fit_dtype(self.b, dot, result))

    @contextmanager
    def deriving(self, role: str = "") -> Iterator[None]:
        """What is emitted meanwhile belongs to the tangents; those of an adjoint belong to it."""
        self.b.role = role or "tangent"
        try:
            yield
        finally:
            self.b.role = ""

    # ---- regions

    def structure(self, equation: Equation) -> None:
        """A branch, loop or scope, in which each moving value has its tangent beside it.

        What a branch yields doesn't move if it does so on no side; of loops that isn't known beforehand.
        """
        moving = [slot for slot in slots(equation) if any(map(self.active, slot.targets))]
        with self.deriving(equation.role):
            initial = [None if s.initial is None else self.whole(s.initial, s.result) for s in moving]
        parameters = [tuple(self.beside(parameter) for parameter in slot.parameters) for slot in moving]
        sides = [self.inside(region) for region in equation.regions]
        yielding = [side for side, (_, first) in zip(sides, layout(equation).regions, strict=True) if first is not None]
        added = [
            Slot(self.beside(slot.result), start, own, self.yields(slot, yielding, equation.role))
            for slot, start, own in zip(moving, initial, parameters, strict=True)
            if start is not None or any(map(self.bar, slot.yields))
        ]
        pairs = zip(equation.regions, sides, strict=True)
        regions = [Region(region.parameters, tuple(side), region.results) for region, side in pairs]
        self.b.append(with_more_slots(equation, regions, added))

    def beside(self, var: Var) -> Var:
        """A tangent for what a region takes or gives."""
        dot = Var(bar_type(var.type))
        self.put(var, dot)
        return dot

    def inside(self, region: Region) -> list[Equation]:
        with self.b.nested() as equations:
            self.equations(region.equations)
        return equations

    def yields(self, slot: Slot, sides: Sequence[list[Equation]], role: str) -> tuple[Atom, ...]:
        """The tangents of what a slot is given at the end of each region."""
        dots = []
        for value, side in zip(slot.yields, sides, strict=True):
            before, self.b.equations = self.b.equations, side
            with self.deriving(role):
                dots.append(self.whole(value, slot.result))
            self.b.equations = before
        return tuple(dots)


Pushes = Mapping[str, Callable[[Push, Equation], None]]
