"""Which way a program goes: whether a branch or a loop turns out otherwise near a point.

A function that bisects, or that iterates until something is small, goes another way wherever its argument goes. Its
derivative is that of one way, and differences that reach across several of them are about something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

import numpy as np

from srcad.calls.arguments import Binder
from srcad.calls.programs import program_of
from srcad.compile.requests import Request
from srcad.errors import Span, SrcadError
from srcad.ops.catalogue import operation
from srcad.show.values import input_values
from srcad.testing.differences import LEAVES_DOMAIN
from srcad.testing.directions import Point
from srcad.testing.meanings import meanings
from srcad.trace.evaluate import Interpreter, Meaning
from srcad.trace.nodes import Equation, Trace
from srcad.trace.walk import walk

Way = list[tuple[Span | None, object]]
FAILS = (*LEAVES_DOMAIN, SrcadError, TypeError, KeyError, IndexError, AssertionError)


def turning(function: Callable[..., object], point: Point, direction: Sequence[object], reach: float) -> str:
    """What turns out otherwise within reach of the point, in words; "" if nothing does, or nothing can be said."""
    try:
        call = Binder(function).bind(point.args, {})
        program = program_of(function, call, Request("primal", point.active, single=False))
        ways = []
        for t in (0.0, reach, -reach, 1e-2 * reach, -1e-2 * reach):
            moved = Binder(function).bind(point.moved(direction, t), {})
            ways.append(way(program.primal, input_values(program.primal, moved.flat, program.reading.roots)))
    except FAILS:
        return ""
    for other in ways[1:]:
        for here, there in zip_longest(ways[0], other):
            if here is None or there is None or here[1] != there[1]:
                span = (here or there)[0]
                where = f" at {span.path}:{span.line}, {span.text.strip()!r}" if span else ""
                return f"a branch or a loop turns out otherwise nearby{where}"
    return ""


def one_triangle_read(function: Callable[..., object], point: Point) -> str:
    """An operation of the function that reads one triangle of a matrix; "" if there is none, or nothing can be said."""
    try:
        call = Binder(function).bind(point.args, {})
        primal = program_of(function, call, Request("primal", point.active, single=False)).primal
    except FAILS:
        return ""
    bodies = (primal.body, *(procedure.body for procedure in primal.procedures.values()))
    return next((e.op for body in bodies for e in walk(body) if operation(e).one_triangle), "")


def way(trace: Trace, inputs: Sequence[object]) -> Way:
    """All decisions of a run, in order: branches taken, and how often loops turned."""
    walking = _Walking(meanings(trace), trace.procedures, [])
    walking.bind([entry.var for entry in trace.inputs], list(inputs))
    with np.errstate(all="ignore"):
        walking.region(trace.body)
    return walking.decisions


class _Walking(Interpreter):
    def __init__(self, meaning: Meaning, procedures: Mapping[str, Trace], decisions: Way) -> None:
        super().__init__(meaning, procedures)
        self.decisions = decisions

    def apart(self) -> Interpreter:
        return _Walking(self.meaning, self.procedures, self.decisions)

    def branch(self, equation: Equation) -> tuple[object, ...]:
        self.decisions.append((equation.span, bool(self.atom(equation.operands[0]))))
        return super().branch(equation)

    def for_loop(self, equation: Equation) -> tuple[object, ...]:
        results = super().for_loop(equation)
        if equation.params.get("breaks", False):
            self.decisions.append((equation.span, results[-1]))
        return results

    def while_loop(self, equation: Equation) -> tuple[object, ...]:
        results = super().while_loop(equation)
        self.decisions.append((equation.span, results[-1]))
        return results
