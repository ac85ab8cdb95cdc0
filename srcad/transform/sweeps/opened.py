"""Calls of rules in a trace that is differentiated once more: their source stands in the place of the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from srcad.trace.nodes import Equation, Region, Trace
from srcad.trace.rewrite import Change, Instead, instance, rewritten, with_body


def opened(trace: Trace) -> Trace:
    """The trace with the sources of rules in the place of their calls, where they are known."""
    return with_body(trace, _opened(trace.body, _region))


def inlined(trace: Trace, always: bool = False) -> Trace:
    """The trace with the sources of functions and rules in the place of their calls, where the user wants it so.

    `always`: wherever they are known.
    """
    return with_body(trace, _opened(trace.body, partial(_inline, always=always)))


def _region(equation: Equation) -> Region | None:
    source = equation.params["custom"].source if equation.op == "custom" else None
    return None if source is None else source.region


def _inline(equation: Equation, always: bool) -> Region | None:
    if equation.op != "custom" or not (always or equation.params["custom"].inline):
        return None
    primal: Region | None = equation.params["custom"].primal
    return primal or _region(equation)


def _opened(region: Region, chosen: Callable[[Equation], Region | None]) -> Region:
    """`chosen`: the region for an equation, if it is to be opened. What is in the region is opened as well."""

    def change(equation: Equation) -> Change:
        source = chosen(equation)
        if source is None:
            return equation
        given = dict(zip(source.parameters, equation.operands[1:], strict=True))
        equations, results = instance(_opened(source, chosen), given)
        return Instead([replace(e, span=e.span or equation.span, role=equation.role) for e in equations], results)

    return rewritten(region, change)
