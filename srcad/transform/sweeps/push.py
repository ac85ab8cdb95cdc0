"""The forward sweep of tangents: the parents-sum over the equations of a region, in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from srcad.analysis.activity import Activity
from srcad.trace.builder import Builder
from srcad.trace.nodes import UNDEF, Atom, Const, Equation, Var
from srcad.trace.slots import Slot
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.forward import Forward
from srcad.transform.sweeps.sweep import rule_of
from srcad.transform.sweeps.unbroadcast import Bar, entering, fit_dtype, fit_exactly, whole


class Push(Forward[None]):
    """The tangent of each variable that moves.

    `pushes`: for operations that leave the region (procedures, records), what builds them and their tangents.
    """

    def __init__(self, b: Builder, activity: Activity, dots: Mapping[Var, Atom], pushes: Pushes) -> None:
        super().__init__(b, activity, (1,), dots.values(), None)
        self.pushes = pushes
        self.dots = dict(dots)

    # ---- tangents

    def bar(self, a: Atom) -> Bar | None:
        """The tangent of a value, which has its shape; None: it doesn't move."""
        dot = self.dot(a)
        return None if dot is None else Bar(dot, whole=True)

    def dot(self, a: Atom) -> Atom | None:
        return self.dots.get(a) if isinstance(a, Var) else None

    def whole(self, a: Atom, like: Var) -> Atom:
        """The tangent of a value that becomes that of `like`; zero where there is none."""
        if a.type.is_undefined:
            return UNDEF
        if a.is_none:
            return Const(None, bar_type(a.type))
        return fit_dtype(self.b, whole(self.b, self.bar(a), a), like)

    def whole_result(self, a: Atom) -> Atom:
        """The tangent of a result, as the caller gets it."""
        return fit_exactly(self.b, self.bar(a), a)

    def put(self, var: Var, dot: Atom) -> None:
        self.dots[var] = dot
        self.christen(var, 1, dot)

    # ---- equations

    def operation(self, equation: Equation) -> None:
        push = self.pushes.get(equation.op, Push.by_rule)
        push(self, equation)

    def by_rule(self, equation: Equation) -> None:
        self.b.append(equation)
        dots = tuple(map(self.dot, equation.operands))
        if all(dot is None for dot in dots) or not any(map(self.active, equation.results)):
            return
        with self.deriving(equation.role):
            moved = rule_of(equation).pushforward(self.b, equation, dots)
            for result, dot in zip(equation.results, moved, strict=True):
                if dot is not None and self.active(result):
                    self.put(result, fit_dtype(self.b, dot, result))

    # ---- regions

    def beside(self, var: Var, n: int) -> Var:
        dot = Var(bar_type(var.type))
        self.put(var, dot)
        return dot

    def flowing(self, a: Atom, n: int, like: Var) -> Atom:
        return entering(self.b, self.whole(a, like), bar_type(like.type))

    def yields_derivatives(self, slot: Slot) -> bool:
        """What a branch yields doesn't move if it does so on no side."""
        return any(map(self.bar, slot.yields))

    def inner(self) -> None:
        """A tangent is known wherever its variable is."""


Pushes = Mapping[str, Callable[[Push, Equation], None]]
