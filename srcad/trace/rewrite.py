"""Rewriting regions: the one way from a trace to another that keeps most of it.

    v1 = negative(x)                          v1 = negative(x)
    v2 = negative(v1)      double             yield v1, x
    yield v1, v2           negations ->

A pass says what becomes of one equation, and `rewritten` does so from front to back and from the inside out: operands
are new already when the equation is looked at, and what stands for its results is put wherever they are read.

    def change(equation):
        return Instead(results=(x,)) if ... else equation

A pass that looks before it enters a region, or has a state for each, is a `Rewriter`. `instance` makes a region with
variables of its own; `substitute` puts variables in the places of others.

What does not change keeps its identity: a pass that finds nothing to do costs little, and is seen to be done.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from srcad.trace.nodes import Atom, Equation, Region, Trace, Var

Values = Mapping[Var, Atom] | Mapping[Atom, Atom]  # what stands for variables
NOTHING: Mapping[Var, Atom] = MappingProxyType({})


@dataclass(frozen=True)
class Instead:
    """Equations in the place of one, and atoms that stand for its results (none: the equations define them)."""

    equations: Sequence[Equation] = ()
    results: Sequence[Atom] = ()


Change = Equation | Instead | None  # None: the equation goes, as nobody reads what it defines


def rewritten(region: Region, change: Callable[[Equation], Change]) -> Region:
    """The region with each equation changed, those in its regions before it. What comes instead is not looked at."""
    return _Changing(change).region(region)


def reordered(region: Region, order: Callable[[Sequence[Equation]], Sequence[Equation]]) -> Region:
    """The region with the equations of each region in another order, those of inner regions first."""
    inner = tuple(with_regions(e, [reordered(r, order) for r in e.regions]) for e in region.equations)
    return with_equations(region, order(inner))


def substitute(region: Region, replaced: Values) -> Region:
    """The region with other atoms in place of some variables, and other variables where it defines some of these."""
    return _Substitution(replaced).region(region)


def instance(region: Region, values: Values) -> tuple[list[Equation], tuple[Atom, ...]]:
    """The equations and results of a region for another place.

    `values` stand for variables from around and for parameters; what the equations define is new.
    """
    copying = _Instance(values)
    copying.equations(region.equations)
    return copying.out, copying.atoms(region.results)


class Rewriter(ABC):
    """Goes through regions in order; subclasses say what becomes of an equation, whose operands are new already."""

    def __init__(self, replaced: Values = NOTHING) -> None:
        self.replaced: dict[Atom, Atom] = dict(replaced.items())
        self.out: list[Equation] = []

    @abstractmethod
    def rewrite(self, equation: Equation) -> None:
        """Append to `out` what the equation becomes, or replace its results."""

    def bound(self, variables: tuple[Var, ...]) -> tuple[Var, ...]:
        """Variables where they are defined."""
        return variables

    def atoms(self, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
        """Atoms where they are read."""
        get = self.replaced.get
        for a in atoms:
            if a in self.replaced:
                return tuple(get(a, a) for a in atoms)
        return atoms

    def replace(self, var: Var, atom: Atom) -> None:
        """From here on, `atom` stands for `var`."""
        self.replaced[var] = atom

    def region(self, region: Region) -> Region:
        parameters = self.bound(region.parameters)
        outer, self.out = self.out, []
        self.equations(region.equations)
        built, self.out = self.out, outer
        results = self.atoms(region.results)
        if results is region.results and parameters is region.parameters and same_things(built, region.equations):
            return region
        return Region(parameters, tuple(built), results)

    def equations(self, equations: Iterable[Equation]) -> None:
        for equation in equations:
            operands, results = self.atoms(equation.operands), self.bound(equation.results)
            if operands is not equation.operands or results is not equation.results:
                equation = with_parts(equation, operands, equation.regions, results)
            self.rewrite(equation)

    def with_inner(self, equation: Equation) -> Equation:
        """The equation with its regions rewritten."""
        return with_regions(equation, [self.region(region) for region in equation.regions])


class _Changing(Rewriter):
    def __init__(self, change: Callable[[Equation], Change]) -> None:
        super().__init__()
        self.change = change

    def rewrite(self, equation: Equation) -> None:
        match self.change(self.with_inner(equation)):
            case Equation() as changed:
                self.out.append(changed)
            case Instead(equations, results):
                self.out += equations
                self.replaced.update(zip(equation.results, results, strict=bool(results)))


class _Substitution(Rewriter):
    def rewrite(self, equation: Equation) -> None:
        self.out.append(self.with_inner(equation))

    def bound(self, variables: tuple[Var, ...]) -> tuple[Var, ...]:
        new = self.atoms(variables)
        return variables if new is variables else tuple(a for a in new if isinstance(a, Var))


class _Instance(_Substitution):
    def bound(self, variables: tuple[Var, ...]) -> tuple[Var, ...]:
        self.replaced.update((var, Var(var.type, var.name)) for var in variables)
        return super().bound(variables)


# ---- other parts, the rest as it is


def same_things(a: Sequence[object], b: Sequence[object]) -> bool:
    """Whether two sequences hold the very same objects in one order."""
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))


def with_parts(
    equation: Equation, operands: tuple[Atom, ...], regions: tuple[Region, ...], results: tuple[Var, ...] | None = None
) -> Equation:
    """The equation on other operands, with other regions, for other results."""
    results = equation.results if results is None else results
    return Equation(equation.op, operands, results, equation.params, regions, equation.span, equation.role)


def with_regions(equation: Equation, regions: Sequence[Region]) -> Equation:
    if same_things(regions, equation.regions):
        return equation
    return with_parts(equation, equation.operands, tuple(regions))


def with_equations(region: Region, equations: Sequence[Equation]) -> Region:
    if same_things(equations, region.equations):
        return region
    return Region(region.parameters, tuple(equations), region.results)


def with_body(trace: Trace, body: Region) -> Trace:
    return trace if body is trace.body else replace(trace, body=body)
