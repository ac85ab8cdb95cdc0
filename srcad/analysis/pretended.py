"""Arrays that may have fewer dimensions in the run than their types say.

    s = 0                        the 0 is known as an array like x, so that s has one type on both ways
    if n > 2: s = x
    rows = np.array([x] * n)     of no rows NumPy makes an array of one dimension

What is computed of them is what the program computes, as NumPy stretches numbers. What they raise is another matter:
`1 / s` may be a division of Python's, and `np.sum(rows, axis=1)` may have no such axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from srcad.analysis.activity import carries
from srcad.ops.catalogue import operation
from srcad.ops.exceptions import OPERATORS, errors_of
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.slots import BRANCHES, LOOPS
from srcad.trace.types import ListOf


@dataclass(frozen=True)
class Pretended:
    """The variables whose types say too much; of these, `numbers` may be numbers of Python's."""

    arrays: frozenset[Var]
    numbers: frozenset[Var]

    def __contains__(self, a: Atom) -> bool:
        return a in self.arrays

    def may_fail(self, equation: Equation) -> bool:
        """Whether an equation may raise because an operand has fewer dimensions than its type says."""
        if not any(a in self.arrays for a in equation.operands):
            return False
        if not operation(equation).elementwise:
            whole = equation.params.get("axis", ()) is None
            return not whole and bool(errors_of(equation))
        if equation.op in OPERATORS and equation.params.get("python") is None:
            return all(a in self.numbers or a.type.may_be_python for a in equation.operands)
        of_lists = self.arrays - self.numbers
        return sum(a.type.rank != 0 for a in equation.operands) > 1 and any(a in of_lists for a in equation.operands)


def pretended(region: Region) -> Pretended:
    """Those of a region, at all depths."""
    numbers = _Following(_is_number)
    numbers.region(region)
    lists = _Following(_is_of_a_list)
    lists.region(region)
    return Pretended(frozenset(numbers.found | lists.found), frozenset(numbers.found))


def _is_number(equation: Equation) -> bool:
    return equation.op == "known_as" and equation.operands[0].type.is_scalar and not equation.result.type.is_scalar


def _is_of_a_list(equation: Equation) -> bool:
    if equation.op != "list_to_array" or equation.params.get("stacked"):
        return False
    items = equation.operands[0].type
    return isinstance(items, ListOf) and items.element.rank != 0


class _Following:
    """Follows along the equations what begins with some of them."""

    def __init__(self, begins: Callable[[Equation], bool]) -> None:
        self.begins = begins
        self.found: set[Var] = set()

    def region(self, region: Region) -> None:
        for equation in region.equations:
            if equation.op in LOOPS:
                self.loop(equation)
            elif equation.op in BRANCHES:
                for inner in equation.regions:
                    self.region(inner)
                    self.flow(inner.results, equation.results)
            elif self.begins(equation) or self.goes_on(equation):
                self.found.update(result for result in equation.results if not result.type.is_scalar)

    def loop(self, equation: Equation) -> None:
        size = -1
        while size != len(self.found):
            size = len(self.found)
            initial, parameters, yields, results = carries(equation)
            for sources in (initial, yields):
                self.flow(sources, parameters)
                self.flow(sources, results)
            self.region(equation.regions[-1])

    def flow(self, sources: Iterable[Atom], targets: Iterable[Var]) -> None:
        self.found.update(to for source, to in zip(sources, targets, strict=False) if source in self.found)

    def goes_on(self, equation: Equation) -> bool:
        """Of an array proper and one of these comes an array proper."""
        held = [a in self.found for a in equation.operands]
        if operation(equation).elementwise:
            return any(held) and all(one or a.type.rank == 0 for one, a in zip(held, equation.operands, strict=True))
        return any(held)
