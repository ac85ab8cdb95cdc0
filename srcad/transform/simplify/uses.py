"""How the variables of a trace are used: how often, for their shape alone, by what keeps or overwrites them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from srcad.ops.catalogue import operation
from srcad.trace.nodes import Equation, Region, Var, variables
from srcad.trace.types import dtype_of
from srcad.trace.walk import walk

NARROW = frozenset({"float16", "float32", "complex64"})


class Uses:
    """The uses in a region.

    count     how often a variable is read, at all depths
    shape     how many of these read its shape alone
    passed    variables whose buffer may be overwritten, or lives on in another variable
    inputs    variables whose buffers nobody overwrites
    narrow    whether there are floats for which a NumPy float64 and a Python float promote differently
    """

    def __init__(self, region: Region, inputs: Iterable[Var] = ()) -> None:
        self.count: Counter[Var] = Counter(variables(region.results))
        self.shape: Counter[Var] = Counter()
        self.passed: set[Var] = set(variables(region.results))
        self.inputs = frozenset(inputs)
        self.narrow = any(dtype_of(var.type) in NARROW for var in (*self.inputs, *region.parameters))
        for equation in walk(region):
            self.note(equation)

    def note(self, equation: Equation) -> None:
        self.count.update(variables(equation.operands))
        place = operation(equation).shape_of
        if place is not None and isinstance(like := equation.operands[place], Var):
            self.shape[like] += 1
        self.passed.update(self.passed_on(equation))
        self.narrow = self.narrow or any(dtype_of(var.type) in NARROW for var in equation.results)
        for inner in equation.regions:
            self.count.update(variables(inner.results))
            self.passed.update(variables(inner.results))

    def passed_on(self, equation: Equation) -> Iterable[Var]:
        facts = operation(equation)
        if facts.control or facts.keeps or facts.effect:
            return variables(equation.operands)
        return variables(equation.operands[:1]) if facts.updates or facts.view else ()

    def only_shape(self, var: Var) -> bool:
        """Whether nothing but the shape of the variable is ever read."""
        return self.shape[var] == self.count[var]
