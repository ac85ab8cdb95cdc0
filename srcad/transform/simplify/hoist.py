"""Loop-invariant code motion: what a reversed loop would compute anew in each iteration, from arrays that don't change.

Only derivative code is moved, the user's own stays where it was written; only arithmetic of whole arrays, as for the
rest a name more costs the reader more than it saves; and only what cannot fail, as a loop that never runs must not.
"""

from __future__ import annotations

from srcad.ops.catalogue import Kind, operation
from srcad.trace.nodes import Equation, Trace, Var, variables
from srcad.trace.rewrite import Rewriter, with_body
from srcad.trace.slots import LOOPS
from srcad.trace.types import Type, dims_of
from srcad.transform.simplify.folder import is_derivative


def hoist(trace: Trace) -> Trace:
    """The trace with the invariant equations of its loops in front of these."""
    return with_body(trace, _Hoister().region(trace.body))


class _Hoister(Rewriter):
    """`defined`: what the loop around us defines; `moved`: what goes in front of it (None: nothing may)."""

    def __init__(self) -> None:
        super().__init__()
        self.defined: set[Var] = set()
        self.moved: list[Equation] | None = None

    def rewrite(self, equation: Equation) -> None:
        if equation.op in LOOPS:
            equation = self.loop(equation)
        elif equation.regions:
            equation = self.conditional(equation)
        elif self.moved is not None and is_movable(equation) and self.defined.isdisjoint(variables(equation.operands)):
            self.moved.append(equation)
            return
        self.keep(equation)

    def keep(self, equation: Equation) -> None:
        self.defined.update(equation.results)
        self.out.append(equation)

    def loop(self, equation: Equation) -> Equation:
        """The loop without its invariants, which may leave the next loop too."""
        around = self.defined, self.moved
        self.defined, self.moved = {p for region in equation.regions for p in region.parameters}, []
        kept, invariant = self.with_inner(equation), self.moved
        self.defined, self.moved = around
        for moved in invariant:
            self.rewrite(moved)
        return kept

    def conditional(self, equation: Equation) -> Equation:
        """What may not run at all stays where it is."""
        around, self.moved = self.moved, None
        kept = self.with_inner(equation)
        self.moved = around
        return kept


def is_movable(equation: Equation) -> bool:
    facts = operation(equation)
    if facts.kind not in (Kind.ELEMENTWISE, Kind.CONTRACTION) or facts.may_raise or not is_derivative(equation):
        return False
    return equation.result.type.is_array and all(has_known_shape(a.type) for a in equation.operands)


def has_known_shape(t: Type) -> bool:
    dims = dims_of(t)
    return dims is not None and all(d.known for d in dims)
