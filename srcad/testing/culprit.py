"""The first statement whose derivative is wrong.

The trace is run by the reference interpreter, tangents beside values. Each equation is judged alone, where it stands,
with the values and tangents that come in: its rule's tangent by divided differences of the operation, its rule's
adjoint by its tangent. So one wrong rule doesn't make all that follows look wrong, and no branch may go another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from srcad.calls.arguments import Binder
from srcad.calls.programs import program_of
from srcad.calls.structures import map_leaves
from srcad.compile.program import Program
from srcad.compile.requests import Call, Request
from srcad.ops.catalogue import builder, operation
from srcad.rules.catalogue import lookup
from srcad.show.values import fetch, input_values
from srcad.testing.differences import kink, largest, negligible, slope
from srcad.testing.directions import CanMove, Point, Vector, flat, flat_like, inner, moved, moves, size, weights
from srcad.testing.here import Measure
from srcad.testing.meanings import meanings
from srcad.testing.report import Fault
from srcad.trace.evaluate import Interpreter, Meaning
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var
from srcad.trace.walk import walk
from srcad.transform.sweeps.branches import bar_type
from srcad.transform.sweeps.push import Push
from srcad.transform.sweeps.tangent import prepared
from srcad.transform.sweeps.unbroadcast import fit_dtype

IN_DOUBT = 1e-4  # differences that are known no better accuse nobody


def first_wrong(measure: Measure, point: Point, kind: str) -> tuple[Fault | None, str]:
    """The first wrong statement of the program ("primal"), or of its "gradient" or "tangent"; else what can be said."""
    function = measure.function
    call = Binder(function).bind(point.args, {})
    try:
        program = program_of(function, call, Request(kind, point.active, single=False))
        names = [p.name for p in program.primal.parameters]
        first, second = (dict(zip(names, point.tangents(point.direction(measure.rng)), strict=False)) for _ in range(2))
        inputs = _inputs(program, call, first)
        return judge(program.traces[0], inputs, _moving(program, second), measure)
    except Exception as error:  # whatever happens here, the report of what is wrong must come out
        return None, f"the first wrong statement couldn't be found ({type(error).__name__}: {error})"


def _inputs(program: Program, call: Call, directions: Mapping[str, object]) -> list[object]:
    """The values of a trace's inputs; the tangents that a tangent's trace takes follow those of the function."""
    primal, trace = program.primal, program.traces[0]
    values = dict(
        zip(
            (entry.path for entry in primal.inputs),
            input_values(primal, call.flat, program.reading.roots),
            strict=True,
        )
    )
    sources = iter(program.reading.wrt)
    given = []
    for entry in trace.inputs:
        if entry.path in values:
            given.append(values[entry.path])
        else:
            path = primal.inputs[next(sources)].path
            given.append(fetch(path, directions[path.root]))
    return given


def _moving(program: Program, directions: Mapping[str, object]) -> dict[Var, object]:
    """The tangent of each input of the trace that moves."""
    paths = {program.primal.inputs[k].path for k in program.reading.wrt}
    entries = [entry for entry in program.traces[0].inputs if entry.path in paths]
    return {entry.var: fetch(entry.path, directions[entry.path.root]) for entry in entries}


def judge(
    trace: Trace, inputs: Sequence[object], moving: Mapping[Var, object], measure: Measure
) -> tuple[Fault | None, str]:
    """Run a trace with tangents until an equation is wrong; else what else there is to say of its equations."""
    dots = {var: Var(bar_type(var.type)) for var in moving}
    push, procedures = prepared(trace, dots, trace.body.results, lambda _: False)
    push.equations(trace.body.equations)
    judging = _Judge(meanings(trace), replace(trace, procedures=procedures), push, measure)
    judging.bind([entry.var for entry in trace.inputs], inputs)
    judging.bind(list(dots.values()), [moving[var] for var in dots])
    try:
        with np.errstate(all="ignore"):
            judging.region(Region((), tuple(push.b.equations), ()))
    except _Guilty as guilty:
        return guilty.fault, ""
    return None, judging.said()


class _Guilty(Exception):  # noqa: N818  (it isn't an error that it is found)
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class _Judge(Interpreter):
    """Runs a trace with tangents, and judges each equation of the trace without them."""

    def __init__(self, meaning: Meaning, trace: Trace, push: Push, measure: Measure) -> None:
        super().__init__(meaning, trace.procedures)
        self.push = push
        self.own = {result for equation in walk(trace.body) for result in equation.results}
        self.rng, self.allowed, self.modes = measure.rng, measure.allowed, measure.modes
        self.kinks: list[Equation] = []
        self.unjudged: list[Equation] = []

    def said(self) -> str:
        """Why nothing is wrong, and the whole is."""
        if not self.kinks and self.unjudged:
            places = [f"`{named(e)}`" + (f" at {e.span.path}:{e.span.line}" if e.span else "") for e in self.unjudged]
            return f"no statement of numbers and arrays is wrong; not judged was {', '.join(dict.fromkeys(places))}"
        if not self.kinks:
            return (
                "no single statement is wrong: either rounding errors add up, for which a larger rtol allows, or the "
                "fault is in how srcad puts them together; please report it then"
            )
        first = self.kinks[0]
        where = f" at {first.span.path}:{first.span.line}, {first.span.text.strip()!r}" if first.span else ""
        return (
            f"no rule is wrong, but `{named(first)}` is at a kink of its own{where}, though the function isn't: "
            "its derivative there is a convention, and what is made of it isn't the function's"
        )

    def operation(self, equation: Equation) -> tuple[object, ...]:
        results = super().operation(equation)
        if self.is_judged(equation):
            dots = tuple(self.dot(a) for a in equation.operands)
            self.bind(equation.results, results)
            if any(dot is not None for dot in dots):
                tangent = self.tangent(equation, dots, results)
                if "reverse" in self.modes:
                    self.adjoint(equation, dots, tangent)
        return results

    def is_judged(self, equation: Equation) -> bool:
        """Whether it has a rule, and moves; by a rule that says that nothing moves, too, which may be wrong."""
        known, rule = operation(equation), lookup(equation.op)
        if (known.effect and equation.op != "call") or rule is None:
            return False
        if (
            known is not None and known.solution
        ):  # which move by what is known of them, not by what they are computed from
            return False
        if not any(r in self.own for r in equation.results):
            return False
        return any(map(self.push.active, equation.results)) or (
            rule.flat and known.elementwise and any(map(self.moves, equation.operands))
        )

    def moves(self, a: Atom) -> bool:
        return isinstance(a, Var) and self.push.active(a)

    def dot(self, a: Atom) -> object:
        dot = self.push.dots.get(a) if isinstance(a, Var) else None
        return self.values.get(dot) if isinstance(dot, Var) else None if dot is None else self.atom(dot)

    # ---- judgements

    def tangent(self, equation: Equation, dots: tuple[object, ...], results: tuple[object, ...]) -> tuple[object, ...]:
        """The tangents of the results, by the rule, which must be what differences give."""
        rule = lookup(equation.op)
        assert rule is not None
        found = self.by_rule(equation, dots)
        used = [self.push.active(r) or rule.flat for r in equation.results]
        got = np.concatenate(
            [flat_like(value, dot) for value, dot, use in zip(results, found, used, strict=True) if use]
        )
        operands = self.read(equation.operands)
        length = max((size_of(dot) / size_of(v) for v, dot in zip(operands, dots, strict=True)), default=1.0) or 1.0

        def curve(t: float) -> Vector:
            values = [v if d is None else moved(v, d, t / length) for v, d in zip(operands, dots, strict=True)]
            return flat([value for value, use in zip(self.again(equation, values), used, strict=True) if use])

        due = slope(curve)
        if got.shape != due.value.shape or not np.all(np.isfinite(due.value)):
            return found
        if kink(curve) is not None:
            self.kinks.append(equation)
            return found
        floor = negligible(flat(list(results)), 1e-9)
        scale = max(largest(due.value), largest(np.where(np.isfinite(got), got, 0.0) / length), floor)
        off = np.abs(got / length - due.value)
        if due.error <= IN_DOUBT * scale and not largest(off) <= (self.allowed + 10 * due.error / scale) * scale:
            k = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
            due_here = float(np.real(due.value[k] * length))
            raise _Guilty(Fault("tangent", named(equation), equation.span, float(np.real(got[k])), due_here))
        if "forward" in self.modes or not all(used):
            return found
        return self.as_due(due.value * length, results)

    def as_due(self, due: Vector, results: tuple[object, ...]) -> tuple[object, ...]:
        """The tangents that differences give, in the form of the results."""
        rest = iter(due)
        made = [map_leaves(lambda leaf: _taken(leaf, rest), value) for value in results]
        return tuple(made)

    def again(self, equation: Equation, values: Sequence[object]) -> tuple[object, ...]:
        """The equation with other operands."""
        value = self.meaning[equation.op](*values, **equation.params)
        return (value,) if len(equation.results) == 1 else tuple(value)

    def by_rule(self, equation: Equation, dots: tuple[object, ...]) -> tuple[object, ...]:
        rule, b = lookup(equation.op), builder()
        assert rule is not None
        given = [None if d is None else Var(bar_type(a.type)) for a, d in zip(equation.operands, dots, strict=True)]
        pushed = rule.pushforward(b, equation, tuple(given))
        fitted = [d if d is None else fit_dtype(b, d, r) for d, r in zip(pushed, equation.results, strict=True)]
        return self.evaluated(b.equations, fitted, dict(zip(given, dots, strict=True)))

    def adjoint(self, equation: Equation, dots: tuple[object, ...], tangents: tuple[object, ...]) -> None:
        """The dot-product test of one equation: of numbers and arrays, as adjoints of lists may be of many forms."""
        wanted = [self.push.active(r) for r in equation.results]
        values = [self.values[r] if use else None for r, use in zip(equation.results, wanted, strict=True)]
        moving = [v for v, d in zip(self.read(equation.operands), dots, strict=True) if d is not None]
        if not all(map(_is_number, (*(v for v, use in zip(values, wanted, strict=True) if use), *moving))):
            self.unjudged.append(equation)
            return
        rule, b = lookup(equation.op), builder()
        assert rule is not None
        bars = [weights(self.rng, value) if used else None for value, used in zip(values, wanted, strict=True)]
        given = tuple(
            Var(bar_type(r.type)) if bar is not None else None for r, bar in zip(equation.results, bars, strict=True)
        )
        pulled = rule.pullback(b, equation, given, tuple(d is not None for d in dots))
        found = self.evaluated(b.equations, pulled, {v: bar for v, bar in zip(given, bars, strict=True) if v})
        shape = _shape_of_result(values) if rule.pointwise else None
        parts = [_product(p, d, shape) for p, d in zip(found, dots, strict=True) if p is not None and d is not None]
        got, due = sum(parts), inner(list(tangents), bars)
        scale = max(sum(map(abs, parts)), abs(due), 1e-9)
        if np.isfinite(due) and not abs(got - due) <= max(self.allowed, 1e-9) * scale:
            raise _Guilty(Fault("adjoint", named(equation), equation.span, got, due))

    def evaluated(
        self, equations: Sequence[Equation], wanted: Sequence[Atom | None], given: Mapping[Var | None, object]
    ) -> tuple[object, ...]:
        """What a rule's equations give, at the values of now."""
        apart = Interpreter(self.meaning, self.procedures)
        apart.values = {**self.values, **{var: value for var, value in given.items() if var is not None}}
        apart.region(Region((), tuple(equations), ()))
        return tuple(None if a is None else apart.atom(a) for a in wanted)


def _shape_of_result(values: Sequence[object]) -> tuple[int, ...]:
    """The shape of the one result of an elementwise operation."""
    return np.asarray(values[0]).shape if values[0] is not None else ()


def _is_number(value: object) -> bool:
    return not isinstance(value, (list, tuple, dict)) and moves(value)


def _taken(leaf: object, rest: Iterator[complex | np.inexact]) -> CanMove | None:
    """The next numbers of a vector, in the form of a leaf."""
    if not moves(leaf):
        return None
    numbers = np.array([next(rest) for _ in range(np.size(leaf))])
    alone: CanMove = numbers[0]
    return numbers.reshape(np.shape(leaf)) if isinstance(leaf, np.ndarray) else alone


def _product(bar: object, dot: object, shape: tuple[int, ...] | None) -> float:
    """The inner product of an operand's adjoint, which may be smaller or not yet summed over what was stretched."""
    one, other = np.asarray(bar), np.asarray(dot)
    full = np.broadcast_shapes(one.shape, other.shape, other.shape if shape is None else shape)
    return float(np.sum(np.real(np.broadcast_to(one, full) * np.broadcast_to(other, full)), dtype=float))


def named(equation: Equation) -> str:
    """What is called: the operation, or the function with rules of its own."""
    return str(equation.params.get("custom", equation.op))


def size_of(value: object) -> float:
    """A length by which to choose steps; 0 for what doesn't move."""
    parts = flat(value)
    return float(size(parts)) if parts.size and np.any(parts) else 0.0 if value is None else 1.0
