"""Rewriting a trace from front to back, under a substitution: what folding and common subexpressions share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from srcad.trace.nodes import Atom, Equation, Region, Trace, Var


def same_things(a: Sequence[object], b: Sequence[object]) -> bool:
    """The same objects in the same order."""
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))


def with_body(trace: Trace, body: Region) -> Trace:
    return trace if body is trace.body else replace(trace, body=body)


class Rewriter:
    """Walks regions in order. Subclasses say in `rewrite` what becomes of an equation whose operands are new already.

    What does not change keeps its identity: a pass that finds nothing to do costs little, and is seen to be done.
    """

    def __init__(self) -> None:
        self.replaced: dict[Atom, Atom] = {}
        self.out: list[Equation] = []

    def atoms(self, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
        get = self.replaced.get
        for a in atoms:
            if a in self.replaced:
                return tuple(get(a, a) for a in atoms)
        return atoms

    def replace(self, var: Var, atom: Atom) -> None:
        """From here on, `atom` stands for `var`."""
        self.replaced[var] = atom

    def region(self, region: Region) -> Region:
        outer, self.out = self.out, []
        self.equations(region.equations)
        built, self.out = self.out, outer
        results = self.atoms(region.results)
        if results is region.results and same_things(built, region.equations):
            return region
        return Region(region.parameters, tuple(built), results)

    def equations(self, equations: tuple[Equation, ...]) -> None:
        for equation in equations:
            operands = self.atoms(equation.operands)
            if operands is not equation.operands:
                equation = with_parts(equation, operands, equation.regions)
            self.rewrite(equation)

    def rewrite(self, equation: Equation) -> None:
        """Append to `out` what the equation becomes, or replace its results."""
        self.out.append(self.with_inner(equation))

    def with_inner(self, equation: Equation) -> Equation:
        """The equation with its regions rewritten."""
        if not equation.regions:
            return equation
        regions = tuple(self.region(region) for region in equation.regions)
        if same_things(regions, equation.regions):
            return equation
        return with_parts(equation, equation.operands, regions)


def with_parts(equation: Equation, operands: tuple[Atom, ...], regions: tuple[Region, ...]) -> Equation:
    return Equation(equation.op, operands, equation.results, equation.params, regions, equation.span, equation.role)


class Substitution(Rewriter):
    """Nothing but the substitution it is given."""

    def __init__(self, replaced: dict[Atom, Atom]) -> None:
        super().__init__()
        self.replaced = replaced


def substitute(region: Region, replaced: dict[Atom, Atom]) -> Region:
    """The region with other atoms in place of some variables."""
    return Substitution(replaced).region(region)
