"""The children-sum, spelled out: for each variable, the terms whose sum its adjoint is.

    v̄_i = sum over the children j of i of  v̄_j ∂v_j/∂v_i

This is the reverse sweep for people to read, as a textbook's table has it; nothing is generated from it. So that such a
table reads from the simple to the composed, `levelled` puts the equations of one line of the user's in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from srcad.analysis.activity import Activity, activity, carries
from srcad.analysis.children import ChildrenSums, ReversedBlock, Sum, SumRow, Term
from srcad.errors import NotYetSupported
from srcad.ops.catalogue import operation, result_types
from srcad.rules.catalogue import lookup
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var, variables
from srcad.trace.rewrite import reordered
from srcad.trace.slots import BRANCHES, LOOPS
from srcad.trace.types import FLOAT, is_differentiable, is_numeric
from srcad.transform.sweeps.sweep import rule_of
from srcad.transform.sweeps.unbroadcast import Bar, accumulate, unbroadcast, whole


@dataclass(frozen=True)
class _Shared:
    """What the sweeps of all regions share: the builder of terms, what is active, the adjoints' variables."""

    b: Builder
    activity: Activity
    bars: dict[Var, Var] = field(default_factory=dict)

    def bar(self, variable: Var) -> Var:
        return self.bars.setdefault(variable, Var(variable.type))


def seeded_sums(trace: Trace, wrt: Sequence[int]) -> tuple[ChildrenSums, tuple[int, ...]]:
    """The children-sums with all results seeded, and the numbers of those that depend on the inputs.

    A single one is seeded with 1; of several, each adjoint is a variable.
    """
    results = trace.body.results
    inputs = (trace.inputs[k].var for k in wrt)
    active = activity(trace.body, inputs, results, _is_flat).active
    numbers = tuple(k for k, result in enumerate(results) if active(result) and is_differentiable(result.type))
    if len(numbers) == 1:
        return children_sums(trace, wrt, [const(1.0) if k in numbers else None for k in range(len(results))]), numbers
    seeds = {Var(FLOAT): k for k in numbers}
    by_number = {k: var for var, k in seeds.items()}
    sums = children_sums(trace, wrt, [by_number.get(k) for k in range(len(results))])
    return replace(sums, seeds=seeds), numbers


def children_sums(trace: Trace, wrt: Sequence[int], seeds: Sequence[Atom | None]) -> ChildrenSums:
    """The adjoint of each variable between the differentiated inputs and the results.

    `seeds`: the adjoint that each result is given; None: none.
    """
    inputs = tuple(trace.inputs[k].var for k in wrt)
    seeded = [(result, seed) for result, seed in zip(trace.body.results, seeds, strict=True) if seed is not None]
    shared = _Shared(Builder(result_types), activity(trace.body, inputs, (r for r, _ in seeded), _is_flat))
    sweep = _ChildrenSums(shared, trace.body, inputs)
    for result, seed in seeded:
        sweep.add(result, seed)
    sweep.run()
    return ChildrenSums(tuple(sweep.rows), tuple(shared.b.equations), shared.bars)


def _is_flat(op: str) -> bool:
    rule = lookup(op)
    return rule is not None and rule.flat


class _ChildrenSums:
    """The reverse sweep through one region."""

    def __init__(
        self,
        shared: _Shared,
        region: Region,
        parameters: tuple[Var, ...],
        around: tuple[_ChildrenSums, Equation] | None = None,
    ) -> None:
        self.shared = shared
        self.region = region
        self.parameters = parameters
        self.around = around
        self.own = {*parameters, *(r for e in region.equations for r in e.results)}
        self.rows: list[SumRow] = []
        self.terms: dict[Var, list[Term]] = {}
        self.inside: dict[Var, list[Equation]] = {}

    # ---- terms

    def add(self, target: Atom, value: Atom | None, first: Atom | None = None, child: Equation | None = None) -> None:
        """Add a term to the adjoint of a variable; to one from outside of this region, in a row by itself."""
        if value is None or not isinstance(target, Var) or not self.shared.activity.active(target):
            return
        term = Term(value, first, child)
        if target in self.own or self.around is None:
            self.terms.setdefault(target, []).insert(0, term)
        else:
            self.rows.append(Sum(target, self.shared.bar(target), (term,), adds=True))
            outer, equation = self.around
            outer.adds_inside(target, equation)

    def adds_inside(self, target: Var, equation: Equation) -> None:
        """Remember that an equation's regions add to the adjoint of a variable."""
        if target not in self.own and self.around is not None:
            outer, equation = self.around
            outer.adds_inside(target, equation)
        elif equation not in self.inside.setdefault(target, []):
            self.inside[target].insert(0, equation)

    def has_bar(self, atom: Atom) -> bool:
        return atom.is_variable and (atom in self.terms or atom in self.inside)

    # ---- rows

    def run(self) -> None:
        for equation in reversed(self.region.equations):
            self.complete(equation.results)
            if any(map(self.has_bar, equation.results)):
                self.reverse(equation)
        self.complete(self.parameters)

    def complete(self, results: Sequence[Var]) -> None:
        """The sums of variables whose children have all been met."""
        for result in reversed(results):
            if self.has_bar(result):
                terms = tuple(self.terms.get(result, ()))
                bar = self.shared.bar(result)
                self.rows.append(Sum(result, bar, terms, inside=tuple(self.inside.get(result, ()))))
                self.define(result, bar, terms)

    def define(self, variable: Var, bar: Var, terms: tuple[Term, ...]) -> None:
        """Make the sum computable, in the shape of the variable."""
        if not terms:
            return
        b = self.shared.b
        total = Bar(terms[0].value)
        for term in terms[1:]:
            total = accumulate(b, total, Bar(term.value))
        value = whole(b, total, variable)
        if bar.type.is_list:
            b.append(Equation("list_slice", (value, const(None), const(None)), (bar,)))
        else:
            b.append(Equation("positive", (value,), (bar,)))

    def reverse(self, equation: Equation) -> None:
        if equation.op in LOOPS:
            self.loop(equation)
        elif equation.op in BRANCHES:
            self.branches(equation)
        else:
            self.operation(equation)

    def operation(self, equation: Equation) -> None:
        wanted = tuple(map(self.shared.activity.active, equation.operands))
        if not any(wanted):
            return
        refuse_recursion(equation)
        rule = rule_of(equation)
        b = self.shared.b
        bars = tuple(self.shared.bar(r) if self.has_bar(r) else None for r in equation.results)
        given = rule.pullback(b, equation, bars, wanted)
        for operand, value in zip(equation.operands, given, strict=True):
            if value is not None and rule.pointwise and is_numeric(equation.result.type):
                value = unbroadcast(b, value, operand, equation.result)
            self.add(operand, value, child=equation)

    # ---- regions

    def branches(self, equation: Equation) -> None:
        """What a branch yields has the adjoint of the result."""
        blocks = []
        for region in equation.regions:
            sweep = _ChildrenSums(self.shared, region, (), (self, equation))
            for given, result in zip(region.results, equation.results, strict=False):
                if self.has_bar(result):
                    sweep.add(given, self.shared.bar(result))
            sweep.run()
            blocks.append(tuple(sweep.rows))
        self.rows.append(ReversedBlock(equation, tuple(blocks)))

    def loop(self, equation: Equation) -> None:
        """What a round yields has the adjoint of the result first, then that of what the next round was given."""
        initial, parameters, yields, results = carries(equation)
        body = equation.regions[-1]
        sweep = _ChildrenSums(self.shared, body, body.parameters, (self, equation))
        for given, parameter, result in zip(yields, parameters, results, strict=True):
            if self.shared.activity.active(parameter):
                first = self.shared.bar(result) if self.has_bar(result) else const(0.0)
                sweep.add(given, self.shared.bar(parameter), first)
        sweep.run()
        self.rows.append(ReversedBlock(equation, (tuple(sweep.rows),)))
        for start, parameter in zip(initial, parameters, strict=True):
            if sweep.has_bar(parameter):
                self.add(start, self.shared.bar(parameter))


def refuse_recursion(equation: Equation) -> None:
    """A table has no rows for a function that calls itself."""
    if equation.op == "recurse":
        raise NotYetSupported(
            "the table of derivatives of a function that calls itself",
            equation.span,
            why="how deep it goes is settled by the run, and a table is written before it",
            do="show the generated source (srcad show, or .source of the derivative), or trace without derivatives",
        )


# ---- the order of a table


def levelled(region: Region) -> Region:
    """The region with the equations of each line of the user's from simple to composed."""
    return reordered(region, _levelled)


def _levelled(equations: Sequence[Equation]) -> Sequence[Equation]:
    ordered: list[Equation] = []
    for (_, movable), group in groupby(equations, _place):
        run = list(group)
        ordered += _by_level(run) if movable else run
    return ordered


def _place(equation: Equation) -> tuple[object, bool]:
    """The line of an equation, and whether it may change places with others."""
    line = (equation.span.path, equation.span.line) if equation.span else None
    facts = operation(equation)
    return line, not (facts.effect or facts.control)


def _by_level(equations: list[Equation]) -> list[Equation]:
    levels: dict[Var, int] = {}
    for equation in equations:
        level = 1 + max((levels.get(v, 0) for v in variables(equation.operands)), default=0)
        levels.update(dict.fromkeys(equation.results, level))
    return sorted(equations, key=lambda e: levels.get(e.results[0], 0) if e.results else 0)
