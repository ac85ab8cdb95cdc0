"""How the variables of a trace are used: how often, for their shape alone, by what keeps or overwrites them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from srcad.ops.catalogue import OPS
from srcad.trace.nodes import Equation, Region, Var, variables
from srcad.trace.types import dtype_of
from srcad.trace.walk import walk
from srcad.transform.sweeps.witness import READS_SHAPE

NARROW = frozenset({"float16", "float32", "complex64"})
KEEPING = frozenset({"list_new", "list_append", "list_set", "tuple_new"})


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
        place = READS_SHAPE.get(equation.op)
        if place is not None and isinstance(like := equation.operands[place], Var):
            self.shape[like] += 1
        self.passed.update(self.passed_on(equation))
        self.narrow = self.narrow or any(dtype_of(var.type) in NARROW for var in equation.results)
        for inner in equation.regions:
            self.count.update(variables(inner.results))
            self.passed.update(variables(inner.results))

    def passed_on(self, equation: Equation) -> Iterable[Var]:
        operation = OPS.get(equation.op)
        if equation.regions or equation.op in KEEPING or operation is None or operation.effect:
            return variables(equation.operands)
        return variables(equation.operands[:1]) if operation.updates or operation.view else ()

    def only_shape(self, var: Var) -> bool:
        """Whether nothing but the shape of the variable is ever read."""
        return self.shape[var] == self.count[var]
