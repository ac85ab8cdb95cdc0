"""The parents-sum as data: what a table of tangents shows."""

from __future__ import annotations

from dataclasses import dataclass

from srcad.trace.nodes import Atom, Equation, Input, Var


@dataclass(frozen=True, eq=False)
class Seeded:
    """`dot`, the tangent of an input, is given."""

    variable: Var
    dot: Var
    entry: Input


@dataclass(frozen=True, eq=False)
class ParentsSum:
    """`dot`, the tangent of `variable`, is the sum of the terms; the equation is that of the variable."""

    variable: Var
    dot: Var
    terms: tuple[Atom, ...]
    equation: Equation


@dataclass(frozen=True, eq=False)
class Inner:
    """An equation with regions: the rows of each region."""

    equation: Equation
    regions: tuple[tuple[TangentRow, ...], ...]


TangentRow = Seeded | ParentsSum | Inner


@dataclass(frozen=True)
class ParentsSums:
    """The rows in the order of the trace, the equations that define their terms, and the tangent of what moves."""

    rows: tuple[TangentRow, ...]
    equations: tuple[Equation, ...]
    dots: dict[Var, Var]
