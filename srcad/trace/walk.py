"""Walking a trace: its equations at all depths, what they read, and what they define.

What goes through a region in its own way, as values flow (backwards, until nothing changes, with a state for each
branch), has a traversal of its own, and its docstring says why.
"""

from __future__ import annotations

from collections.abc import Iterator

from srcad.trace.nodes import Equation, Region, Var, variables


def walk(region: Region) -> Iterator[Equation]:
    """All equations, outer before inner."""
    for equation in region.equations:
        yield from within(equation)


def within(equation: Equation) -> Iterator[Equation]:
    """An equation and all that are in its regions, outer before inner."""
    yield equation
    for region in equation.regions:
        yield from walk(region)


def walk_placed(region: Region, around: tuple[Equation, ...] = ()) -> Iterator[tuple[Equation, tuple[Equation, ...]]]:
    """All equations, outer before inner, each with those that it stands in, the outermost first."""
    for equation in region.equations:
        yield equation, around
        for inner in equation.regions:
            yield from walk_placed(inner, (*around, equation))


def defined(region: Region) -> Iterator[Var]:
    """The variables that a region defines at all depths: its parameters, results of equations, their parameters."""
    yield from region.parameters
    for equation in walk(region):
        yield from equation.results
        for inner in equation.regions:
            yield from inner.parameters


def reads(equation: Equation) -> list[Var]:
    """The variables that an equation and its regions read of what is around, in order."""
    inner = (v for region in equation.regions for v in free_variables(region))
    return [*variables(equation.operands), *inner]


def free_variables(region: Region) -> dict[Var, None]:
    """The variables that a region uses and does not define, in order of first use."""
    own: set[Var] = set(region.parameters)
    free: dict[Var, None] = {}
    for equation in region.equations:
        free.update(dict.fromkeys(v for v in reads(equation) if v not in own))
        own.update(equation.results)
    free.update(dict.fromkeys(v for v in variables(region.results) if v not in own))
    return free
