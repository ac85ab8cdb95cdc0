"""Calls of rules in a trace that is differentiated once more: their source stands in the place of the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from srcad.trace.instance import instance
from srcad.trace.nodes import Equation, Region, Trace, walk
from srcad.transform.simplify.rewrite import Rewriter


def opened(trace: Trace) -> Trace:
    """The trace with the sources of rules in the place of their calls, where they are known."""
    if not any(_region(equation) for equation in walk(trace.body)):
        return trace
    return replace(trace, body=_Opening(_region).region(trace.body))


def inlined(trace: Trace, always: bool = False) -> Trace:
    """The trace with the sources of functions and rules in the place of their calls, where the user wants it so.

    `always`: wherever they are known.
    """
    chosen = [_inline(equation, always) for equation in walk(trace.body)]
    return replace(trace, body=_Opening(partial(_inline, always=always)).region(trace.body)) if any(chosen) else trace


def _region(equation: Equation) -> Region | None:
    source = equation.params["custom"].source if equation.op == "custom" else None
    return None if source is None else source.region


def _inline(equation: Equation, always: bool) -> Region | None:
    if equation.op != "custom" or not (always or equation.params["custom"].inline):
        return None
    primal: Region | None = equation.params["custom"].primal
    return primal or _region(equation)


class _Opening(Rewriter):
    """`chosen`: the region for an equation, if it is to be opened. What is in the region is opened as well."""

    def __init__(self, chosen: Callable[[Equation], Region | None]) -> None:
        super().__init__()
        self.chosen = chosen

    def rewrite(self, equation: Equation) -> None:
        region = self.chosen(equation)
        if region is None:
            self.out.append(self.with_inner(equation))
            return
        equations, results = instance(region, dict(zip(region.parameters, equation.operands[1:], strict=True)))
        for e in equations:
            self.equations((replace(e, span=e.span or equation.span, role=equation.role),))
        for var, atom in zip(equation.results, results, strict=True):
            self.replace(var, self.atoms((atom,))[0])
