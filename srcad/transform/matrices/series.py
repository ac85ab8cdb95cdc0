"""The derivatives of a trace along a direction, up to some order: Taylor mode.

Beside each variable v(t) stand its derivatives v', v'', ..., where the inputs move as x + t x_dot:

    z = x * y           z'  = x' y + x y'           Leibniz' rule
                        z'' = x'' y + 2 x' y' + x y''
    w = exp(z)          w'  = w z'                  the tangent of the operation, which is
                        w'' = w' z' + w z''         itself differentiated by these rules

A tangent rule says z' as a program of x, x' and z; what it computes is never emitted as such, but is known by its own
derivatives, on demand, like the variables of the program. Equal programs are one: the cosine that sin asks for, asks
for that very sine. So n derivatives of a product take about n**2 / 2 products, where n tangents of one another would
take 2**n (Griewank and Walther, Evaluating Derivatives, chapter 13, has the recurrences that come out of this).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Hashable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from math import comb

from srcad.analysis.activity import Activity, activity
from srcad.errors import NotYetSupported
from srcad.ops.catalogue import builder, operation
from srcad.trace.builder import Builder
from srcad.trace.nodes import UNDEF, Atom, Equation, Input, Node, Region, Trace, Var
from srcad.trace.passes import PLAIN, Runner
from srcad.trace.slots import Slot
from srcad.trace.types import is_differentiable
from srcad.transform.simplify.common import params_key
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.rename import rename
from srcad.transform.simplify.similar import atom_key
from srcad.transform.sweeps.adjoint import is_flat
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.forward import Forward
from srcad.transform.sweeps.settle import settle
from srcad.transform.sweeps.sweep import rule_of
from srcad.transform.sweeps.tangent import beside, inline_rules, moved, with_directions
from srcad.transform.sweeps.unbroadcast import Bar, entering, fit_dtype, fit_exactly, whole, zero

Atoms = tuple[Atom | None, ...]

_TIMES = Equation("multiply", (), ())


def is_product(eq: Equation) -> bool:
    """Whether an equation is linear in its first operand and in its second."""
    return operation(eq).bilinear or (eq.op == "einsum" and len(eq.operands) == 2)


def series(trace: Trace, wrt: Sequence[int], order: int, run: Runner = PLAIN) -> Trace:
    """The trace of the results and their derivatives up to an order, when the inputs `wrt` move along a direction.

    Each of these inputs has its direction as a further one, as in `tangent`. The output is a tuple of the primal's
    output and, for each order from 1 on, the same structure with None where a result has no derivative.
    """
    made = run(expand, run(inline_rules, trace), wrt, order)
    return run(eliminate, run(settle, made))


def expand(trace: Trace, wrt: Sequence[int], order: int) -> Trace:
    """The equations of a trace, and behind each those of its derivatives up to an order."""
    results = trace.body.results
    directions = beside(trace, tuple(dict.fromkeys(wrt)))
    moving = [k for k, result in enumerate(results) if is_differentiable(result.type)]
    active = activity(trace.body, directions, (results[k] for k in moving), is_flat)
    sweep = Series(builder(), active, directions, order)
    sweep.equations(trace.body.equations)
    with sweep.deriving():
        found = [[sweep.exactly(results[k], n) for k in moving] for n in range(1, order + 1)]
    body = Region((), tuple(sweep.b.equations), (*results, *(atom for one in found for atom in one)))
    further = tuple(directions.values())
    return replace(
        trace,
        name=f"{trace.name}_taylor",
        inputs=(*trace.inputs, *further),
        parameters=with_directions(trace.parameters, further),
        body=rename(body, sweep.names),
        output=_output(trace, moving, order),
    )


def _output(trace: Trace, moving: Sequence[int], order: int) -> Node:
    start, count = len(trace.body.results), len(moving)
    places = [{k: start + n * count + place for place, k in enumerate(moving)} for n in range(order)]
    return Node("tuple", (trace.output, *(moved(trace.output, numbers) for numbers in places)))


@dataclass
class Scope:
    """What is known of the variables of a region and of those around it.

    known     (variable, n) -> its n-th derivative as it was emitted; None: zero
    makers    the equation that defines a variable: of the program, or of a rule
    computed  the results of an operation on operands
    slopes    what a rule says the derivatives of an equation's results are (by the first of these results)
    """

    known: MutableMapping[tuple[Var, int], Atom | None]
    makers: MutableMapping[Var, Equation]
    computed: MutableMapping[Hashable, tuple[Var, ...]]
    slopes: MutableMapping[Var, Atoms]

    def inner(self) -> Scope:
        return Scope(*(ChainMap({}, part) for part in (self.known, self.makers, self.computed, self.slopes)))


class Series(Forward[Scope]):
    """What is known of the derivatives, in each region."""

    def __init__(self, b: Builder, active: Activity, directions: Mapping[Var, Input], order: int) -> None:
        given = (entry.var for entry in directions.values())
        super().__init__(b, active, range(1, order + 1), given, Scope({}, {}, {}, {}))
        self.moving: set[Var] = set()  # of the variables of rules
        self.slope_of: dict[Var, Var] = {}  # a variable that stands for the derivative of another one
        self.slopes: dict[Var, Var] = {}
        for var, entry in directions.items():
            self.put(var, 0, var)
            self.put(var, 1, entry.var)
            for n in range(2, order + 1):
                self.put(var, n, None)

    def put(self, var: Var, n: int, found: Atom | None) -> None:
        self.scope.known[var, n] = found
        if n:
            self.christen(var, n, found)

    def moves(self, a: Atom) -> bool:
        return self.active(a) or a in self.moving

    # ---- derivatives on demand

    def derivative(self, a: Atom, n: int) -> Atom | None:
        """The n-th derivative of a value (the value itself for 0); None: zero."""
        if not isinstance(a, Var):
            return None if n else a
        if (a, n) in self.scope.known:
            return self.scope.known[a, n]
        if a in self.slope_of:
            return self.derivative(self.slope_of[a], n + 1)
        maker = self.scope.makers.get(a)
        if maker is None or (n and not self.moves(a)):
            return None if n else a
        for result, found in zip(maker.results, self.computed(maker, n), strict=True):
            self.put(result, n, None if found is None else fit_dtype(self.b, found, result))
        return self.scope.known[a, n]

    def value(self, a: Atom) -> Atom:
        """A value, as an atom even where it is zero."""
        found = self.derivative(a, 0)
        if found is not None:
            return found
        assert isinstance(a, Var)
        if a in self.slope_of:
            return zero(self.b, self.value(self.slope_of[a]))
        maker = self.scope.makers[a]
        return self.emitted(maker)[maker.results.index(a)]

    def computed(self, eq: Equation, n: int) -> Atoms:
        """The n-th derivatives of an equation's results."""
        if n == 0:
            return self.first(eq)
        if not any(map(self.moves, eq.operands)):
            return (None,) * len(eq.results)
        if is_product(eq):
            return (self.product(eq, n),)
        if eq.op == "divide":
            return (self.quotient(eq, n),)
        if operation(eq).linear:
            return self.again(eq, n)
        return tuple(None if slope is None else self.derivative(slope, n - 1) for slope in self.slope(eq))

    def first(self, eq: Equation) -> Atoms:
        """What an equation of a rule computes. A product with zero, and a sum of zeros, are zero."""
        zeros = [self.derivative(a, 0) is None for a in eq.operands]
        if is_product(eq) and any(zeros[:2]):
            return (None,)
        if (eq.op in ("divide", "negative") and zeros[0]) or (eq.op in ("add", "subtract") and all(zeros)):
            return (None,)
        return self.emitted(eq)

    def emitted(self, eq: Equation) -> tuple[Atom, ...]:
        return self.b.emit_many(eq.op, *map(self.value, eq.operands), **eq.params)

    def product(self, eq: Equation, n: int) -> Atom | None:
        """Leibniz: sum over k of n choose k times x^(k) y^(n-k)."""
        x, y = eq.operands[:2]
        half = x is y and eq.op == "multiply"  # each pair stands twice in the sum
        total: Atom | None = None
        for k in range(n + 1):
            if half and 2 * k > n:
                break
            count = comb(n, k) * (2 if half and 2 * k != n else 1)
            total = self.plus(total, self.times(eq, count, self.derivative(x, n - k), self.derivative(y, k)))
        return total

    def quotient(self, eq: Equation, n: int) -> Atom | None:
        """z = x / y: by Leibniz, x^(n) is the sum of n choose k times z^(k) y^(n-k), of which z^(n) y is one."""
        x, y = eq.operands
        rest: Atom | None = None
        for k in range(n):
            rest = self.plus(
                rest, self.times(_TIMES, comb(n, k), self.derivative(eq.result, k), self.derivative(y, n - k))
            )
        top, below = self.derivative(x, n), self.value(y)
        if rest is None:
            return None if top is None else self.like(eq.result, self.b.emit("divide", top, below))
        if top is None:
            return self.b.emit("negative", self.b.emit("divide", rest, below))
        return self.b.emit("divide", self.b.emit("subtract", top, rest), below)

    def times(self, eq: Equation, count: int, x: Atom | None, y: Atom | None) -> Atom | None:
        """The product of that kind, count times."""
        if x is None or y is None:
            return None
        product = self.b.emit(eq.op, x, y, *map(self.value, eq.operands[2:]), **eq.params)
        return product if count == 1 else self.b.emit("multiply", float(count), product)

    def plus(self, total: Atom | None, more: Atom | None) -> Atom | None:
        if total is None or more is None:
            return more if total is None else total
        return self.b.emit("add", total, more)

    def like(self, var: Var, found: Atom) -> Atom:
        """In the shape of a variable, with which it broadcasts."""
        return whole(self.b, Bar(found), self.value(var))

    def again(self, eq: Equation, n: int) -> Atoms:
        """The derivatives of order n of what a linear operation gives: the operation, done to those of its operands."""
        dots = tuple(self.derivative(a, n) if self.moves(a) else None for a in eq.operands)
        if all(dot is None for dot in dots):
            return (None,) * len(eq.results)
        values = tuple(map(self.value, eq.operands))
        results = tuple(map(self.value, eq.results))
        here = replace(eq, operands=values, results=results)  # type: ignore[arg-type]
        return rule_of(eq).pushforward(self.b, here, dots)

    # ---- what rules say

    def slope(self, eq: Equation) -> Atoms:
        """The first derivatives of an equation's results, as variables of the rule's program."""
        known = self.scope.slopes.get(eq.results[0])
        if known is not None:
            return known
        scratch = builder()
        dots = tuple(self.slope_variable(a) if self.moves(a) else None for a in eq.operands)
        with scratch.at(eq.span):
            found = rule_of(eq).pushforward(scratch, eq, dots)
        same: dict[Atom, Atom] = {}
        for equation in scratch.equations:
            self.adopt(equation, same)
        self.scope.slopes[eq.results[0]] = tuple(None if a is None else same.get(a, a) for a in found)
        return self.scope.slopes[eq.results[0]]

    def slope_variable(self, a: Atom) -> Var:
        """A variable that stands for the derivative of another one."""
        assert isinstance(a, Var)
        if a not in self.slopes:
            self.slopes[a] = Var(bar_type(a.type))
            self.slope_of[self.slopes[a]] = a
            self.moving.add(self.slopes[a])
        return self.slopes[a]

    def adopt(self, equation: Equation, same: dict[Atom, Atom]) -> None:
        """An equation of a rule's program, unless there is one like it."""
        operands = tuple(same.get(a, a) for a in equation.operands)
        equation = replace(equation, operands=operands)
        earlier = self.scope.computed.get(self.key(equation))
        if earlier is not None:
            same.update(zip(equation.results, earlier, strict=True))
            return
        if equation.regions:
            raise NotYetSupported("the higher derivatives of this operation", equation.span)
        if any(map(self.moves, operands)) and not is_flat(equation.op):
            self.moving.update(equation.results)
        self.enter(equation)

    def enter(self, equation: Equation) -> None:
        self.scope.makers.update(dict.fromkeys(equation.results, equation))
        self.scope.computed[self.key(equation)] = equation.results

    def key(self, equation: Equation) -> Hashable:
        key = (equation.op, tuple(map(atom_key, equation.operands)), params_key(equation.params))
        try:
            hash(key)
        except TypeError:
            return id(equation)
        return key

    # ---- the equations of the program

    def operation(self, equation: Equation) -> None:
        self.b.append(equation)
        for result in equation.results:
            self.put(result, 0, result)
        if not any(map(self.active, equation.results)):
            return
        if equation.op == "recurse":
            raise NotYetSupported(
                "the derivatives along a direction of a function that calls itself",
                equation.span,
                do="write the recursion as a loop, or nest srcad.jvp and srcad.grad",
            )
        self.enter(equation)
        with self.deriving(equation.role):
            for n in self.orders:
                for result in filter(self.active, equation.results):
                    self.derivative(result, n)

    def exactly(self, result: Atom, n: int) -> Atom:
        found = self.derivative(result, n)
        return fit_exactly(self.b, None if found is None else Bar(found, whole=True), result)

    # ---- regions

    def flowing(self, a: Atom, n: int, like: Var) -> Atom:
        if a.type.is_undefined:
            return UNDEF
        if a.is_none:
            return a
        found = self.derivative(a, n)
        made = whole(self.b, None if found is None else Bar(found, whole=True), a)
        return entering(self.b, fit_dtype(self.b, made, like), bar_type(like.type))

    def beside(self, var: Var, n: int) -> Var:
        dot = Var(bar_type(var.type))
        self.put(var, 0, var)
        self.put(var, n, dot)
        return dot

    def yields_derivatives(self, slot: Slot) -> bool:
        return True

    def inner(self) -> Scope:
        return self.scope.inner()


__all__ = ["series"]
