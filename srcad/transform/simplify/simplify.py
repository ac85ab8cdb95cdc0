"""Simplification: folding, common subexpressions and dead code, in turn until nothing changes; then code motion."""

from __future__ import annotations

from srcad.trace.nodes import Trace
from srcad.trace.passes import PLAIN, Runner
from srcad.trace.procedures import reached, with_procedures
from srcad.transform.simplify.common import merge_common
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.folding import fold
from srcad.transform.simplify.hoist import hoist

ROUNDS = 10  # deep nests settle from the inside out, one level a round; the rest takes two or three


def simplify(trace: Trace, across: bool = False, run: Runner = PLAIN, last: bool = True) -> Trace:
    """An equivalent trace that does less.

    With `across`, an `if` of the primal and its adjoint may become one: only for traces that won't be split in two.
    `last`: it isn't differentiated any more. Else nothing leaves its loop, as choices keep adjoints out of slopes that
    are infinite, and what comes together over a loop is of many choices.
    """
    if trace.procedures:
        trace = with_procedures(reached(trace), lambda procedure: simplify(procedure, run=run.within))
    trace = run(eliminate, trace)
    for _ in range(ROUNDS):
        before = trace
        trace = run(eliminate, run(merge_common, run(fold, trace, across)))
        if trace is before:
            break
    return run(eliminate, run(merge_common, run(hoist, trace))) if last else trace
