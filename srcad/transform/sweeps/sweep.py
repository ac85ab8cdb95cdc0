"""The reverse sweep: the children-sum over the equations of a region, backwards.

Zeros are structural: a variable has no adjoint until its first contribution, which then *is* the adjoint; further ones
are accumulated. The sweep reads primal variables wherever it likes, also those of inner regions that are long gone;
what that means for the forward sweep is settled afterwards, by `record`.

What an equation becomes depends on those behind it, so this goes through regions by itself, and doesn't rewrite them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from srcad.analysis.activity import Activity
from srcad.errors import NotYetSupported
from srcad.rules.catalogue import lookup
from srcad.rules.table import Rule
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var
from srcad.trace.types import is_numeric, rank_of
from srcad.trace.walk import defined, free_variables, walk
from srcad.transform.sweeps.unbroadcast import Bar, accumulate, fit_dtype, unbroadcast_bar, whole


class Sweep:
    """The state of a reverse sweep: the builder that it writes to, and the adjoint of each variable so far.

    `reversals`: for operations whose reverse takes more than their rule, what builds it.
    """

    def __init__(self, b: Builder, activity: Activity, primal: Trace, reversals: Reversals) -> None:
        self.b = b
        self.active = activity.active
        self.reversals = reversals
        self.bars: dict[Var, Bar] = {}
        self.names: dict[Var, str] = {}  # of adjoints, given in the end
        self.makers = {v: equation for equation in walk(primal.body) for v in equation.results}
        self.primal = frozenset(_variables(primal))

    # ---- adjoints

    def add(self, target: Atom, g: Atom | None, *, whole: bool = False) -> None:
        """Add a contribution to the adjoint of a variable."""
        if g is None or not isinstance(target, Var) or not self.active(target):
            return
        new = Bar(fit_dtype(self.b, g, target), whole)
        old = self.bars.get(target)
        self.put(target, accumulate(self.b, old, new) if old else new)

    def put(self, target: Var, bar: Bar) -> None:
        self.bars[target] = bar
        if not target.type.is_scalar:
            self.christen(target, bar.value)

    def take(self, var: Var) -> Bar | None:
        """The adjoint of a variable, which is complete."""
        bar = self.bars.pop(var, None)
        if bar is not None:
            self.christen(var, bar.value)
        return bar

    def whole(self, bar: Bar | None, like: Atom) -> Atom:
        """An adjoint in the shape and dtype of its variable; zero where there is none."""
        return whole(self.b, bar, like)

    def christen(self, var: Var, value: Atom) -> None:
        """Name an adjoint after its variable, unless it is another one's already."""
        if var.name and isinstance(value, Var) and value not in self.primal and not value.name:
            self.names.setdefault(value, f"{var.name}_bar")

    # ---- equations

    def reverse(self, equations: tuple[Equation, ...]) -> None:
        for equation in reversed(equations):
            bars = [self.take(result) for result in equation.results]
            if any(bars):
                with self.b.blaming(equation.span):
                    self.equation(equation, bars)

    def equation(self, equation: Equation, bars: list[Bar | None]) -> None:
        reversal = self.reversals.get(equation.op, Sweep.operation)
        reversal(self, equation, bars)

    def operation(self, equation: Equation, bars: Sequence[Bar | None]) -> None:
        wanted = tuple(self.active(a) for a in equation.operands)
        if not any(wanted):
            return
        rule = rule_of(equation)
        given = rule.pullback(self.b, equation, self.fitting(rule, equation, bars), wanted)
        for operand, g, want in zip(equation.operands, given, wanted, strict=True):
            if g is None or not want:
                continue
            if rule.pointwise and is_numeric(equation.result.type):
                self.contribution(equation, operand, g, bars[0])
            else:
                self.add(operand, g)

    def fitting(self, rule: Rule, equation: Equation, bars: Sequence[Bar | None]) -> tuple[Atom | None, ...]:
        """The adjoints of the results as the rule takes them."""
        if rule.pointwise or rule.takes_small:
            return tuple(None if bar is None else bar.value for bar in bars)
        pairs = zip(bars, equation.results, strict=True)
        return tuple(None if bar is None else self.whole(bar, result) for bar, result in pairs)

    def contribution(self, equation: Equation, operand: Atom, g: Atom, bar: Bar | None) -> None:
        """A contribution of an elementwise operation, to be un-broadcast."""
        full = bar is not None and bar.whole
        stretched = full or _stretches(equation, bar)
        if _is_sole(equation, operand):
            self.add(operand, g, whole=full or (stretched and _rank_is(g, operand)))
        else:
            summed = unbroadcast_bar(self.b, Bar(g, full), operand, equation.result, stretched=stretched)
            self.add(operand, summed.value, whole=summed.whole)

    # ---- regions

    @contextmanager
    def region(self, bars: Mapping[Var, Bar]) -> Iterator[list[Equation]]:
        """Collect what is emitted meanwhile as the equations of an inner region, where these adjoints stand."""
        before, self.bars = self.bars, dict(bars)
        try:
            with self.b.nested() as equations:
                yield equations
        finally:
            self.bars = before

    @contextmanager
    def within(self, equations: list[Equation]) -> Iterator[None]:
        """Emit more into the equations of an inner region."""
        before, self.b.equations = self.b.equations, equations
        try:
            yield
        finally:
            self.b.equations = before

    def outer(self, *regions: Region) -> list[Var]:
        """The active variables that regions use and do not define."""
        used = [v for region in regions for v in free_variables(region)]
        return [v for v in dict.fromkeys(used) if self.active(v)]


Reversal = Callable[[Sweep, Equation, Sequence[Bar | None]], None]  # with the adjoints of the results
Reversals = Mapping[str, Reversal]


def _variables(trace: Trace) -> Iterator[Var]:
    """All primal variables."""
    yield from (entry.var for entry in trace.inputs)
    yield from defined(trace.body)


def rule_of(equation: Equation) -> Rule:
    """The rule of an equation that something active enters."""
    rule = lookup(equation.op)
    if rule is None:
        raise NotYetSupported(
            f"no derivative is known for {_called(equation)}",
            equation.span,
            why="a value that is differentiated enters it, and it has neither a rule nor Python source to read",
            do="write it with NumPy functions, or register a rule for it",
        )
    return rule


def _called(equation: Equation) -> str:
    """The name of what an equation calls, as a person knows it."""
    if equation.op != "call" or not equation.operands:
        return f"`{equation.op}`"
    callee = getattr(equation.operands[0], "value", None)
    name = getattr(callee, "__qualname__", None) or getattr(callee, "__name__", None)
    return f"`{name}`" if name else "this call"


def _others(equation: Equation) -> list[Atom]:
    """The operands that are not scalars: those that decide the shape of an elementwise result."""
    return [a for a in equation.operands if not a.type.is_scalar]


def _is_sole(equation: Equation, operand: Atom) -> bool:
    """Whether the operand alone gives an elementwise result its shape."""
    others = _others(equation)
    return (len(others) == 1 and others[0] is operand) or not others


def _stretches(equation: Equation, bar: Bar | None) -> bool:
    """Whether the axes that contributions of an elementwise operation have are as long as the result's.

    With a scalar adjoint they come from the slope, which has the shape of the one operand that is no scalar.
    """
    return bar is not None and bar.value.type.is_scalar and len(_others(equation)) <= 1


def _rank_is(g: Atom, operand: Atom) -> bool:
    return g.type.is_array and operand.type.is_array and rank_of(g.type) == rank_of(operand.type)
