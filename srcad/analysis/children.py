"""The children-sum as data: what a table of adjoints shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from srcad.trace.nodes import Atom, Equation, Var


@dataclass(frozen=True)
class Term:
    """One summand: a value; `child`, the equation that it comes from.

    With `first`, what stands for it in the first round of a reversed loop.
    """

    value: Atom
    first: Atom | None = None
    child: Equation | None = None


@dataclass(frozen=True, eq=False)
class Sum:
    """`bar`, the adjoint of `variable`, is the sum of the terms; with `adds`, they are added to what it is outside.

    `inside`: the equations with regions in which more is added.
    """

    variable: Var
    bar: Var
    terms: tuple[Term, ...]
    adds: bool = False
    inside: tuple[Equation, ...] = ()


@dataclass(frozen=True, eq=False)
class ReversedBlock:
    """The reversal of an equation with regions: the sums of each region."""

    equation: Equation
    regions: tuple[tuple[SumRow, ...], ...]


SumRow = Sum | ReversedBlock


@dataclass(frozen=True)
class ChildrenSums:
    """The rows in the order of the reverse sweep, and the equations that define their terms and bars.

    `seeds`: variables that stand for the adjoints of results, with the numbers of these.
    """

    rows: tuple[SumRow, ...]
    equations: tuple[Equation, ...]
    bars: dict[Var, Var]
    seeds: Mapping[Var, int] = field(default_factory=dict)
