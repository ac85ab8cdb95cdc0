"""The first statement whose derivative is wrong.

The trace is run by the reference interpreter, tangents beside values. Each equation is judged alone, where it stands,
with the values and tangents that come in: its rule's tangent by divided differences of the operation, its rule's
adjoint by its tangent. So one wrong rule doesn't make all that follows look wrong, and no branch may go another way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from srcad.analysis.activity import activity
from srcad.arguments import Binder
from srcad.ops.catalogue import OPS, builder
from srcad.ops.meaning import Meanings
from srcad.ops.solvers import SOLUTIONS
from srcad.pipeline import Request, compile_call
from srcad.report.values import fetch, input_values
from srcad.rules import lookup
from srcad.testing.differences import kink, largest, slope
from srcad.testing.directions import Point, draw, flat, flat_like, inner, is_float, moved, size
from srcad.testing.report import Fault
from srcad.trace.evaluate import _Interpreter
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var, walk
from srcad.transform.adjoint import is_flat
from srcad.transform.branches import bar_type
from srcad.transform.push import Push
from srcad.transform.unbroadcast import fit_dtype

IN_DOUBT = 1e-4  # differences that are known no better accuse nobody


def first_wrong(
    function: Callable[..., Any], point: Point, kind: str, rng: np.random.Generator, allowed: float
) -> tuple[Fault | None, str]:
    """The first wrong statement of the program ("primal") or of its gradient; else what can be said instead."""
    call = Binder(function).bind(point.args, {})
    try:
        program = compile_call(function, call, Request(kind, point.active, single=False))
        inputs = input_values(program.primal, call.flat, program.reading.roots)
        names = [p.name for p in program.primal.parameters]
        directions = dict(zip(names, point.tangents(point.direction(rng)), strict=False))
        found = judge(program.traces[0], program.primal, program.reading.wrt, inputs, directions, (rng, allowed))
    except Exception as error:  # whatever happens here, the report of what is wrong must come out
        return None, f"the first wrong statement couldn't be found ({type(error).__name__}: {error})"
    said = "no single statement is wrong: the fault is in how srcad puts them together; please report it"
    return found, "" if found else said


def judge(
    trace: Trace,
    primal: Trace,
    wrt: Sequence[int],
    inputs: Sequence[Any],
    directions: Mapping[str, Any],
    measure: tuple[np.random.Generator, float],
) -> Fault | None:
    """Run a trace with tangents until an equation is wrong."""
    places = {entry.path: k for k, entry in enumerate(primal.inputs)}
    entries = [(entry, places[entry.path]) for entry in trace.inputs]
    moving = {entry.var: fetch(entry.path, directions[entry.path.root]) for entry, k in entries if k in wrt}
    dots = {var: Var(bar_type(var.type)) for var in moving}
    push = Push(builder(), activity(trace.body, moving, trace.body.results, is_flat), dots)
    push.equations(trace.body.equations)
    judging = _Judge(Meanings(trace.bindings), trace, push, measure)
    judging.bind([entry.var for entry, _ in entries], [inputs[k] for _, k in entries])
    judging.bind(list(dots.values()), [moving[var] for var in dots])
    try:
        judging.region(Region((), tuple(push.b.equations), ()))
    except _Guilty as guilty:
        return guilty.fault
    return None


class _Guilty(Exception):  # noqa: N818  (it isn't an error that it is found)
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class _Judge(_Interpreter):
    """Runs a trace with tangents, and judges each equation of the trace without them."""

    def __init__(self, meaning: Meanings, trace: Trace, push: Push, measure: tuple[np.random.Generator, float]) -> None:
        self.tables = (trace.procedures,) if hasattr(trace, "procedures") else ()
        super().__init__(meaning, *self.tables)
        self.push = push
        self.own = {result for equation in walk(trace.body) for result in equation.results}
        self.rng, self.allowed = measure

    def operation(self, equation: Equation) -> tuple[Any, ...]:
        results = super().operation(equation)
        if self.is_judged(equation):
            dots = tuple(self.dot(a) for a in equation.operands)
            self.bind(equation.results, results)
            if any(dot is not None for dot in dots):
                tangent = self.tangent(equation, dots, results)
                self.adjoint(equation, dots, tangent)
        return results

    def is_judged(self, equation: Equation) -> bool:
        known = OPS.get(equation.op)
        if known is None or (known.effect and equation.op != "call") or lookup(equation.op) is None:
            return False
        if equation.op in SOLUTIONS:  # which move by what is known of them, not by what they are computed from
            return False
        return any(r in self.own and self.push.active(r) for r in equation.results)

    def dot(self, a: Atom) -> Any:
        dot = self.push.dots.get(a) if isinstance(a, Var) else None
        return self.values.get(dot) if isinstance(dot, Var) else None if dot is None else self.atom(dot)

    # ---- judgements

    def tangent(self, equation: Equation, dots: tuple[Any, ...], results: tuple[Any, ...]) -> tuple[Any, ...]:
        """The tangents of the results, by the rule, which must be what differences give."""
        found = self.by_rule(equation, dots)
        got = np.concatenate([flat_like(value, dot) for value, dot in zip(results, found, strict=True)])
        operands = self.read(equation.operands)
        length = max((size_of(dot) / size_of(v) for v, dot in zip(operands, dots, strict=True)), default=1.0) or 1.0

        def curve(t: float) -> Any:
            values = [v if d is None else moved(v, d, t / length) for v, d in zip(operands, dots, strict=True)]
            return flat(self.again(equation, values))

        due = slope(curve)
        scale = max(largest(due.value), largest(got / length), 1e-9)
        if due.error > IN_DOUBT * scale or got.shape != due.value.shape or kink(curve) is not None:
            return found
        off = np.abs(got / length - due.value)
        if largest(off) > (self.allowed + 10 * due.error / scale) * scale:
            k = int(np.argmax(off))
            due_here = float(np.real(due.value[k] * length))
            raise _Guilty(Fault("tangent", equation.op, equation.span, float(np.real(got[k])), due_here))
        return found

    def again(self, equation: Equation, values: Sequence[Any]) -> tuple[Any, ...]:
        """The equation with other operands."""
        value = self.meaning[equation.op](*values, **equation.params)
        return (value,) if len(equation.results) == 1 else tuple(value)

    def by_rule(self, equation: Equation, dots: tuple[Any, ...]) -> tuple[Any, ...]:
        rule, b = lookup(equation.op), builder()
        assert rule is not None
        given = [None if d is None else Var(bar_type(a.type)) for a, d in zip(equation.operands, dots, strict=True)]
        pushed = rule.pushforward(b, equation, tuple(given))
        fitted = [d if d is None else fit_dtype(b, d, r) for d, r in zip(pushed, equation.results, strict=True)]
        return self.evaluated(b.equations, fitted, dict(zip(given, dots, strict=True)))

    def adjoint(self, equation: Equation, dots: tuple[Any, ...], tangents: tuple[Any, ...]) -> None:
        """The dot-product test of one equation: of numbers and arrays, as adjoints of lists may be of many forms."""
        values = [self.values[r] for r in equation.results]
        moving = [v for v, d in zip(self.read(equation.operands), dots, strict=True) if d is not None]
        if not all(map(is_float, (*values, *moving))):
            return
        rule, b = lookup(equation.op), builder()
        assert rule is not None
        bars = [draw(self.rng, value) for value in values]
        given = tuple(Var(bar_type(r.type)) for r in equation.results)
        pulled = rule.pullback(b, equation, given, tuple(d is not None for d in dots))
        found = self.evaluated(b.equations, pulled, dict(zip(given, bars, strict=True)))
        shape = np.shape(values[0]) if rule.pointwise else None
        parts = [_product(p, d, shape) for p, d in zip(found, dots, strict=True) if p is not None and d is not None]
        got, due = sum(parts), inner(list(tangents), bars)
        scale = max(sum(map(abs, parts)), abs(due), 1e-9)
        if not abs(got - due) <= max(self.allowed, 1e-9) * scale:
            raise _Guilty(Fault("adjoint", equation.op, equation.span, got, due))

    def evaluated(
        self, equations: Sequence[Equation], wanted: Sequence[Atom | None], given: Mapping[Any, Any]
    ) -> tuple[Any, ...]:
        """What a rule's equations give, at the values of now."""
        apart = _Interpreter(self.meaning, *self.tables)
        apart.values = {**self.values, **{var: value for var, value in given.items() if var is not None}}
        apart.region(Region((), tuple(equations), ()))
        return tuple(None if a is None else apart.atom(a) for a in wanted)


def _product(bar: Any, dot: Any, shape: tuple[int, ...] | None) -> float:
    """The inner product of an operand's adjoint, which may be smaller or not yet summed over what was stretched."""
    shape = np.shape(dot) if shape is None else shape
    full = np.broadcast_shapes(np.shape(bar), np.shape(dot), shape)
    return float(np.sum(np.real(np.broadcast_to(bar, full) * np.broadcast_to(dot, full)), dtype=float))


def size_of(value: Any) -> float:
    """A length by which to choose steps; 0 for what doesn't move."""
    parts = flat(value)
    return float(size(parts)) if parts.size and np.any(parts) else 0.0 if value is None else 1.0
