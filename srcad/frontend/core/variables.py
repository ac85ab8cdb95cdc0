"""What is known of the variables of a reading."""

from __future__ import annotations

from dataclasses import dataclass, field

from srcad.frontend.core.attempts import Restorable, RestorableDict, RestorableSet
from srcad.ops.catalogue import operation
from srcad.trace.nodes import Equation, Var
from srcad.trace.types import is_differentiable, is_numeric
from srcad.trace.walk import free_variables


@dataclass(eq=False)
class Variables(Restorable):
    """The equation that defines a variable; whether it depends on what is differentiated; what the user calls it.

    `kinds`: the classes of what a slot holds, where these are others than its type says. `counted_on`: numbers whose
    class the reading counts on, and what has been asked of them.

    Inputs and parameters of regions have no equation. `found`: what is looked at, or put back, at a place in an array
    that has been looked at before, so that there is such a place.
    """

    definitions: RestorableDict[Var, Equation] = field(default_factory=RestorableDict)
    active: RestorableSet[Var] = field(default_factory=RestorableSet)
    names: RestorableDict[Var, str] = field(default_factory=RestorableDict)
    found: RestorableSet[Var] = field(default_factory=RestorableSet)
    kinds: RestorableDict[Var, frozenset[type]] = field(default_factory=RestorableDict)
    counted_on: RestorableDict[Var, str] = field(default_factory=RestorableDict)

    def define(self, equation: Equation) -> None:
        """Learn of an equation."""
        blind = operation(equation).blind_to
        depends = any(a in self.active and not blind(k) for k, a in enumerate(equation.operands))
        for result in equation.results:
            self.definitions[result] = equation
            if depends and not (is_numeric(result.type) and not is_differentiable(result.type)):
                self.active.add(result)

    def sources(self, var: Var) -> set[Var]:
        """The variables without an equation that a variable is computed from."""
        return {v for v in self.ancestors(var) if v not in self.definitions}

    def ancestors(self, var: Var) -> set[Var]:
        """The variables that a variable is computed from, and itself."""
        seen: set[Var] = set()
        todo = [var]
        while todo:
            v = todo.pop()
            if v in seen:
                continue
            seen.add(v)
            equation = self.definitions.get(v)
            if equation is None:
                continue
            todo += [a for a in equation.operands if isinstance(a, Var)]
            for region in equation.regions:
                todo += free_variables(region)
        return seen


__all__ = ["Variables"]
